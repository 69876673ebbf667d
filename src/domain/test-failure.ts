/**
 * How a test did not pass, by what its report says of it.
 *
 * A test proves something by failing itself: an assertion, or an error out of the code it calls. A file that cannot be
 * loaded fails too, and every report puts that in the form of a test; but then no test ran.
 */
export interface TestFailure {
  /** The first line of what the report says. */
  readonly message: string;
  /** Why this says nothing about the code under test; null where the test itself failed. */
  readonly noTest: string | null;
}

/** What a report says of one case that did not pass. */
export interface ReportedFailure {
  readonly name: string;
  readonly className: string;
  /** The suites around it, and their file. */
  readonly suites: readonly string[];
  readonly file: string;
  readonly type: string;
  readonly message: string;
  readonly text: string;
  /** What the test printed; Rust tells nowhere else why it failed. */
  readonly output: string;
}

const maxMessageLength = 300;

export const readFailure = (failure: ReportedFailure): TestFailure => ({
  message: messageOf(failure),
  noTest: isLoading(failure) ? 'it could not be loaded' : isImporting(failure) ? 'it lacks what it imports' : null,
});

/** A line that ends in a colon is told with the next. */
function messageOf({ message, text, type, output }: ReportedFailure): string {
  const told = firstTold([message, text]) ?? lines(afterPanic(output));
  const end = told.findIndex((line) => !line.endsWith(':'));
  const said = told.slice(0, end < 0 ? 1 : Math.min(end, 3) + 1).join(' ') || type;
  return said.slice(0, maxMessageLength).toWellFormed();
}

const firstTold = (texts: readonly string[]): string[] | undefined => texts.map(lines).find((one) => one.length > 0);

/** What follows the line `thread 'adds' panicked at src/lib.rs:2:5:`. Linear, since any test prints what it likes. */
function afterPanic(output: string): string {
  const all = output.split('\n');
  const panic = all.findIndex(
    (line) => line.startsWith("thread '") && line.includes("' ") && line.includes('panicked at '),
  );
  return panic < 0 ? '' : all.slice(panic + 1).join('\n');
}

const maxLines = 20;
const lines = (text: string): string[] =>
  text
    .split('\n', maxLines)
    .map((line) => line.trim())
    .filter(Boolean);

/**
 * The forms in which runners report what is no test:
 *
 * - pytest: `<error message="collection failure">`, and `failed on setup with …` for a fixture;
 * - unittest: a class `unittest.loader._FailedTest`; JUnit: a case `initializationError`, or one without a name;
 * - jest-junit: a class `Test suite failed to run`; gotestsum: a case `TestMain` for a package that does not build;
 * - node:test, vitest: a case named like its file; vitest also one named like a suite, for a hook of it.
 */
function isLoading({ name, className, suites, file, message, text }: ReportedFailure): boolean {
  if (/^(?:collection failure|failed on (?:setup|teardown) with)/i.test(message)) return true;
  if (/(?:^|\.)_FailedTest$/.test(className) || /test suite failed to run/i.test(`${className}\n${message}`))
    return true;
  if (name === '' || name === 'initializationError') return true;
  if (name === 'TestMain' || /\[(?:build|setup) failed\]/.test(`${message}\n${text}`)) return true;
  return looksLikeFile(name) || name === file || (name === className && suites.includes(name));
}

/** Whether a case stands for a whole file, by its name. */
export const looksLikeFile = (name: string): boolean =>
  /(?:^|[\\/])[^\\/\s]+\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|php|exs?|dart)$/i.test(name);

/** Written against what the base does not have: that it cannot be imported says nothing about how it behaves. */
const isImporting = ({ type, message, text }: ReportedFailure): boolean =>
  importFaults.some((pattern) => pattern.test(`${type}\n${message}\n${text}`));

const importFaults: readonly RegExp[] = [
  /\b(?:ModuleNotFoundError|ImportError)\b/,
  /\bERR_(?:MODULE_NOT_FOUND|PACKAGE_PATH_NOT_EXPORTED|UNSUPPORTED_DIR_IMPORT)\b/,
  /\b(?:Cannot find (?:module|package)|Failed to (?:load|resolve) (?:url|import)|does not provide an export named)\b/i,
  /\b(?:NoClassDefFoundError|ClassNotFoundException|NoSuchMethodError|NoSuchFieldError)\b/,
  /\b(?:LoadError: cannot load such file|uninitialized constant)\b/,
];
