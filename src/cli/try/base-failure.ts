import { calledFor, type FixerKind } from '../../domain/recipe.ts';
import type { BaseCheck } from '../../local/local-sandbox.ts';
import type { CheckEnd } from '../../local/run-check.ts';
import { readFailures } from '../../steps/failure-readers/all-readers.ts';
import { goEventOf } from '../../steps/failure-readers/go-json.ts';
import { failingStep, plainText } from '../../steps/plain-log.ts';
import { readReport } from '../../steps/read-report.ts';

/**
 * What a check that fails on the base says of the code.
 *
 * - `told`: a test that failed, a place that does not build, an error of a program, something that fixers of a known kind
 *   mend: something to mend.
 * - `cannot-run`: by the shell's own code there is no such program.
 * - `seems-unable`: by its words it never came to the code; a tool, a module or the network is missing. A guess.
 * - `untold`: nothing of these; nobody can tell why it fails.
 */
export type BaseFailure = 'told' | 'cannot-run' | 'seems-unable' | 'untold';

const maxLogBytes = 256 * 1024;

export function readBaseFailure(end: Pick<BaseCheck, 'name' | 'log' | 'reports'>): BaseFailure {
  const log = end.log.tail(maxLogBytes);
  if (/##\[error\]Process completed with exit code 12[67]\.\s*$/.test(log)) return 'cannot-run';
  if ((end.reports?.files ?? []).some(({ path, text }) => hasTests(path, text))) return 'told';
  const step = failingStep(log);
  const { failures } = readFailures(step);
  if (failures.some(({ nature, message }) => nature !== 'build' || !lacks(message))) return 'told';
  if (calledFor({ names: [], said: step }).size > 0) return 'told';
  if (cannotRun.some((form) => form.test(step))) return 'seems-unable';
  if (failures.length === 0 && errorOfProgram.test(step)) return 'told';
  // `gofmt -l` prints a bare list of files: only the name says what that means.
  return failures.length === 0 && calledFor({ names: [end.name], said: '' }).size > 0 ? 'told' : 'untold';
}

/** The kinds of fixers that a check on the base calls for by what it says. */
export const kindsSaidBy = ({ log }: Pick<CheckEnd, 'log'>): ReadonlySet<FixerKind> =>
  calledFor({ names: [], said: failingStep(log.tail(maxLogBytes)) });

/** Whether tests ran, by a report: a file that cannot be loaded is in the form of a test, and is none. */
function hasTests(path: string, text: string): boolean {
  const reading = readReport(path, text);
  return reading.ok && reading.cases.some(({ outcome, failure }) => outcome !== 'skipped' && failure?.noTest == null);
}

/**
 * How tools say that they could not begin, in lines of their own: Python's `-m`, make, cargo, Maven and Gradle without
 * network, npm, Go, and whoever else asked for an address.
 */
const cannotRun: readonly RegExp[] = [
  /^\S*python[\d.]*: (?:No module named \S+|can't open file )/m,
  /^make(?:\[\d+\])?: \*\*\* .{0,200} Error 12[67]$/m,
  /^make: \*\*\* No (?:rule to make target|targets specified)/m,
  /\byou're using offline mode \(--offline\)/,
  /\battempting to make an HTTP request, but --offline was specified/,
  /\bin offline mode and the artifact \S{1,300} has not been downloaded\b/,
  /\bNo cached version of \S{1,300} available for offline mode\b/,
  /\bmodule lookup disabled by GOPROXY=off\b/,
  /^npm (?:ERR!|error) (?:code (?:E404|ENOENT|ENOTCACHED|EAI_AGAIN|ENOTFOUND|ECONNREFUSED)|Missing script:)/m,
  /\b(?:getaddrinfo (?:EAI_AGAIN|ENOTFOUND)|dial tcp: lookup \S{1,300}|UnknownHostException)\b/,
  /\b(?:Could not resolve host|Temporary failure in name resolution|Name or service not known)\b/,
];

/** A module that is not installed, as it stands with the place that wants it. */
const lacks = (message: string): boolean =>
  /\b(?:ModuleNotFoundError|ImportError|Cannot find (?:module|package)|no required module provides|cannot find package|unresolved import|package \S{1,200} does not exist|dial tcp)\b/.test(
    message,
  );

/** An error that is no missing module: `AssertionError [ERR_ASSERTION]: …`, `java.lang.IllegalStateException: …`. */
const errorOfProgram =
  /^(?:Uncaught |Exception in thread "[^"\n]{1,100}" |E? {1,8})?(?!ModuleNotFoundError|ImportError|\S*\[ERR_MODULE_NOT_FOUND)[\w.]{0,200}(?:Error|Exception)\b(?!:? \[?(?:ERR_MODULE_NOT_FOUND|Cannot find (?:module|package)))/m;

/** The last lines that a check printed, without the runner's marks; of `go test -json` what its events say. */
export function lastLines({ log }: Pick<CheckEnd, 'log'>, max: number): readonly string[] {
  const lines = plainText(log.tail(16_000))
    .replaceAll(/^##\[\w+\].*\n?/gm, '')
    .split('\n')
    .map((line) => (line.startsWith('{"') ? (goEventOf(line)?.Output ?? '') : line))
    .filter((line) => line.trim() !== '');
  return lines.slice(-max).map((line) => line.trimEnd().slice(0, 300));
}
