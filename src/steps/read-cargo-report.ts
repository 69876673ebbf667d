import type { TestCase, TestOutcome } from '../domain/inventory.ts';
import { readFailure } from '../domain/test-failure.ts';
import { cargo } from './failure-readers/cargo.ts';
import { linesOf } from './failure-readers/reader.ts';
import { plainText } from './plain-log.ts';
import type { JunitReading } from './read-junit.ts';
import { bounded, stableName } from './stable-name.ts';

const maxCases = 50_000;
const maxLength = 16 * 1024 * 1024;
const maxOutput = 4_000;

const binary = /^ +(?:Running (?:unittests )?(\S{1,300}) \(.*\)|(Doc-tests \S{1,200}))$/;
const begun = /^running (\d{1,7}) tests?$/;
const told = /^test (.{1,500}) \.\.\. (ok|FAILED|ignored)(?:, .*)?$/;
const ended = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/;
const output = /^---- (.{1,500}) stdout ----$/;

/**
 * What ran, by the text of `cargo test --no-fail-fast` with standard error in it. Its grammar is libtest's, whose lines
 * are whole as long as it captures what tests print; so each binary's lines are held against its own count, and where
 * they differ nothing is believed.
 */
export function readCargoReport(text: string): JunitReading {
  if (text.length > maxLength) return { ok: false, reason: 'it is larger than 16 MB', isForeign: false };
  const lines = plainText(text).split('\n');
  const cases: TestCase[] = [];
  let suite: Suite | null = null;
  let place = '';
  for (const [index, line] of lines.entries()) {
    const [, file, docs] = binary.exec(line) ?? [];
    place = file ?? docs ?? place;
    const count = begun.exec(line)?.[1];
    if (count !== undefined) {
      if (suite !== null) return unsure(suite);
      suite = { place, count: Number(count), tests: [], outputs: new Map() };
    }
    if (suite === null) continue;
    const [, name, word] = told.exec(line) ?? [];
    if (name !== undefined && suite.tests.length < maxCases) suite.tests.push({ name, outcome: outcomeOf(word) });
    const failing = output.exec(line)?.[1];
    if (failing !== undefined) suite.outputs.set(failing, outputFrom(lines, index + 1));
    const result = ended.exec(line);
    if (result === null) continue;
    const over = suite;
    if (!isWhole(over, result)) return unsure(over);
    cases.push(...over.tests.map((test) => caseOf(test, over)));
    suite = null;
  }
  if (suite !== null) return unsure(suite);
  if (cases.length > maxCases)
    return { ok: false, reason: `it has more than ${maxCases.toLocaleString('en-US')} tests`, isForeign: false };
  return { ok: true, cases, failures: cargo.read(linesOf(text)).failures };
}

interface Suite {
  readonly place: string;
  readonly count: number;
  readonly tests: { readonly name: string; readonly outcome: TestOutcome }[];
  /** Of those that failed, by name. */
  readonly outputs: Map<string, string>;
}

const outcomeOf = (word: string | undefined): TestOutcome =>
  word === 'ok' ? 'passed' : word === 'ignored' ? 'skipped' : 'failed';

const isWhole = ({ count, tests }: Suite, [, passed, failed, ignored]: RegExpExecArray): boolean => {
  const of = (outcome: TestOutcome) => tests.filter((test) => test.outcome === outcome).length;
  return (
    tests.length === count &&
    of('passed') === Number(passed) &&
    of('failed') === Number(failed) &&
    of('skipped') === Number(ignored)
  );
};

const unsure = ({ place, count, tests }: Suite): JunitReading => ({
  ok: false,
  reason: `of ${stableName(place) || 'a test binary'} it names ${tests.length} of ${count} tests, so what ran is not sure`,
  isForeign: false,
});

function outputFrom(lines: readonly string[], start: number): string {
  let said = '';
  for (let index = start; index < lines.length && said.length < maxOutput; index += 1) {
    const line = lines[index] ?? '';
    if (output.test(line) || line === 'failures:') break;
    said += `${line}\n`;
  }
  return said;
}

/** `- should panic` stands in the line alone, not over the output. */
function caseOf({ name: said, outcome }: Suite['tests'][number], { place, outputs }: Suite): TestCase {
  const test = said.replace(/ - should panic$/, '');
  const name = bounded([stableName(place), stableName(test)].filter(Boolean).join(' › '));
  if (outcome !== 'failed') return { name, outcome };
  const told = outputs.get(test) ?? '';
  const failure = readFailure({
    name: test,
    className: '',
    suites: [],
    file: '',
    type: '',
    message: '',
    text: '',
    output: told,
  });
  return { name, outcome, failure };
}
