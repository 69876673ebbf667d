import type { Line } from './changed-lines.ts';
import { type DeclaredTest, type TestChanges, testChanges } from './declared-tests.ts';
import { type Finding, linesText, type Rule } from './finding.ts';
import { isAssertion, isValueRow, limitsIn } from './judging-lines.ts';
import { isProse, type TextChange, textChange } from './patched-file.ts';
import { sidestepped } from './sidestepped-assertions.ts';
import { languageOf, type TestLanguage } from './test-language.ts';

/**
 * What judges less after a change of tests than before: every finding asks a person.
 *
 * Lines are compared as sets, so that what is only added, moved or indented anew is no finding. An assertion that was
 * there and is not there in these words any more is one, whatever took its place: whether the new one judges as much
 * is for a person to see. Lines that only arrange a test may change; the judge's tree has the base's tests anyway.
 */
export function weakenedTests(change: TextChange): Finding[] {
  if (isSnapshot.test(change.path)) return changedInput(change, 'changed-snapshot', 'a recorded result');
  if (!change.kinds.has('test')) return inlineTests(change);
  if (isFixture(change)) return changedInput(change, 'changed-fixture', 'what tests are given or compare with');
  const language = languageOf(change.path);
  if (language === null) return [];
  if (change.after === null) return [deletedTest(change.path)];
  return inLanguage(change, language);
}

const isSnapshot = /(?:^|\/)__(?:image_)?snapshots__\/|\.(?:snap|ambr|snapshot|golden)$|\.(?:approved|verified)\.\w+$/;
const fixtureFolder = /(?:^|\/)(?:fixtures?|__fixtures__|testdata|test[-_](?:data|fixtures)|goldens?|expected)\//i;

/** What has a name of its own for a steering file is asked about as that. */
function isFixture({ path, kinds }: TextChange): boolean {
  if (fixtureFolder.test(path)) return true;
  const isSteering = (['test-config', 'lint-config', 'manifest', 'lockfile', 'script', 'ci-script'] as const).some(
    (kind) => kinds.has(kind),
  );
  return languageOf(path) === null && !isSteering && !isProse({ path, kinds });
}

function changedInput({ path, after, lines }: TextChange, rule: Rule, what: string): Finding[] {
  if (after === null) return [deletedTest(path)];
  if (lines.lost.length === 0) return [];
  return [asked(rule, path, `${what} is not the same any more (old ${numbersText(lines.lost)})`)];
}

const deletedTest = (path: string): Finding =>
  asked('deleted-test', path, 'a test, or what tests stand on, is deleted');

/** Rust and some others hold tests in the files of the product: only that part is looked at. */
function inlineTests({ path, before, after }: TextChange): Finding[] {
  const language = languageOf(path);
  if (language === null || language.inline === null) return [];
  const testsBefore = before === null ? null : fromMatch(before, language.inline);
  if (testsBefore === null) return [];
  if (after === null) return [deletedTest(path)];
  return inLanguage(textChange(path, testsBefore, fromMatch(after, language.inline) ?? ''), language);
}

/** The text from a match on, with the lines before it empty, so that line numbers stay; null without a match. */
function fromMatch(text: string, pattern: RegExp): string | null {
  const start = text.search(pattern);
  return start === -1 ? null : text.slice(0, start).replaceAll(/[^\n]+/g, '') + text.slice(start);
}

function inLanguage(change: TextChange, language: TestLanguage): Finding[] {
  const tests = testChanges(change.lines, language);
  const found: (readonly [Rule, string, readonly Pick<DeclaredTest, 'line'>[]])[] = [
    ['removed-test', 'tests are gone or have other names (old $)', tests.gone],
    ...lostLines(change, language),
    ...gainedLines(change, language, tests),
    ['sidestepped-assertion', 'assertions are caught, made conditional or left out ($)', sidestepped(change, language)],
  ];
  return found.flatMap(([rule, why, lines]) =>
    lines.length === 0 ? [] : [asked(rule, change.path, why.replace('$', linesText(lines.map(({ line }) => line))))],
  );
}

type Found = (readonly [Rule, string, readonly { readonly line: number }[]])[];

function lostLines({ lines }: TextChange, language: TestLanguage): Found {
  const isLoosened = limitsIn(lines.gained);
  const loosened: { line: number }[] = [];
  const assertions: { line: number }[] = [];
  const rows: { line: number }[] = [];
  for (const { number, text } of lines.lost) {
    if (language.comment.test(text)) continue;
    if (isLoosened(text)) loosened.push({ line: number });
    else if (isAssertion(text, language)) assertions.push({ line: number });
    else if (isValueRow(text)) rows.push({ line: number });
  }
  return [
    ['loosened-limit', 'a limit of a test lets more through (old $)', loosened],
    ['changed-assertion', 'assertions are gone or changed (old $)', assertions],
    ['changed-expectation', 'values that a test expects or is given are gone or changed (old $)', rows],
  ];
}

function gainedLines({ lines }: TextChange, language: TestLanguage, tests: TestChanges): Found {
  const { trivial, skip, condition, focus, comment } = language;
  const holding = (patterns: readonly RegExp[], among: readonly Line[]) =>
    among.filter(({ text }) => patterns.some((pattern) => pattern.test(text)) && !comment.test(text));
  const isFresh = (line: Line) => {
    const test = markedTest(line, tests.now);
    return test !== undefined && tests.fresh.has(test);
  };
  const skips = [skip, condition].flatMap((patterns) => {
    const marked = new Set(holding(patterns, lines.lost).map((line) => markedTest(line, tests.old)?.name));
    const isNews = (line: Line) => !marked.has(markedTest(line, tests.now)?.name);
    return holding(patterns, lines.gained).filter((line) => isNews(line) && !(patterns === condition && isFresh(line)));
  });
  return [
    ['trivial-assertion', 'an assertion cannot fail ($)', placed(holding(trivial, lines.gained))],
    ['skipped-test', 'tests are skipped, expected to fail, or repeated until they pass ($)', placed(skips)],
    ['focused-test', 'all tests but some are taken out ($)', placed(holding(focus, lines.gained))],
  ];
}

/** A marker above a test is about the next one, within a test about the last one before it. */
function markedTest({ number, text }: Line, tests: readonly DeclaredTest[]): DeclaredTest | undefined {
  const isAbove = /^(?:@|#\[|\[|\/\/)/.test(text);
  return isAbove ? tests.find(({ line }) => line >= number) : tests.findLast(({ line }) => line <= number);
}

const placed = (lines: readonly Line[]): { line: number }[] => lines.map(({ number }) => ({ line: number }));
const numbersText = (lines: readonly Line[]): string => linesText(lines.map(({ number }) => number));

const asked = (rule: Rule, path: string, why: string): Finding => ({ grade: 'ask', rule, path, why });
