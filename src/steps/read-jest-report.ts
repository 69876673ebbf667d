import { z } from 'zod';
import type { Failure } from '../domain/failure.ts';
import type { TestCase, TestOutcome } from '../domain/inventory.ts';
import { readFailure } from '../domain/test-failure.ts';
import { at, excerptOf, linesOf, messageOf } from './failure-readers/reader.ts';
import { plainText } from './plain-log.ts';
import type { JunitReading } from './read-junit.ts';
import { bounded, stableName } from './stable-name.ts';

/** https://jestjs.io/docs/cli#--json: what is used of it. */
const reportSchema = z.object({
  testResults: z
    .array(
      z.object({
        name: z.string().max(4_000),
        status: z.string(),
        message: z.string().default(''),
        assertionResults: z.array(
          z.object({
            ancestorTitles: z.array(z.string()).max(50).default([]),
            title: z.string(),
            status: z.string(),
            failureMessages: z.array(z.string()).nullish(),
          }),
        ),
      }),
    )
    .max(20_000),
});

const maxLength = 32 * 1024 * 1024;
const maxCases = 50_000;
const maxFailures = 200;
const maxReason = 8_000;

/** What ran, by the file of `jest --json --outputFile`. Its paths are those of the sandbox. */
export function readJestReport(text: string): JunitReading {
  if (text.length > maxLength) return { ok: false, reason: 'it is larger than 32 MB', isForeign: false };
  const report = reportSchema.safeParse(parsed(text));
  if (!report.success) return { ok: false, reason: 'it is not what jest --json writes', isForeign: false };
  const cases: TestCase[] = [];
  const failures: Failure[] = [];
  for (const { name, status, message, assertionResults } of report.data.testResults) {
    const file = stableName(name.replace(/^\/workspace\//, ''));
    if (status === 'failed' && assertionResults.length === 0) add(cases, failures, unloaded(file, message));
    for (const { ancestorTitles, title, status: word, failureMessages } of assertionResults) {
      const outcome = outcomeOf(word);
      const suites = ancestorTitles.map(stableName);
      const test = {
        file,
        suites,
        title: stableName(title),
        said: (failureMessages ?? []).join('\n').slice(0, maxReason),
      };
      add(cases, failures, { ...test, outcome });
      if (cases.length > maxCases)
        return { ok: false, reason: `it has more than ${maxCases.toLocaleString('en-US')} tests`, isForeign: false };
    }
  }
  return { ok: true, cases, failures };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut off, or something else.
    return null;
  }
}

interface JestTest {
  readonly file: string;
  readonly suites: readonly string[];
  readonly title: string;
  readonly said: string;
  readonly outcome: TestOutcome;
}

/** Jest makes no test of a file that it could not load; its reporters for JUnit do. */
const unloaded = (file: string, message: string): JestTest => ({
  ...{ file, suites: [], title: 'Test suite failed to run', outcome: 'failed' },
  said: `Test suite failed to run\n${message.slice(0, maxReason)}`,
});

const outcomeOf = (word: string): TestOutcome =>
  word === 'passed' ? 'passed' : word === 'failed' ? 'failed' : 'skipped';

function add(cases: TestCase[], failures: Failure[], { file, suites, title, said, outcome }: JestTest): void {
  const name = bounded([file, ...suites, title].filter(Boolean).join(' › '));
  if (outcome !== 'failed') {
    cases.push({ name, outcome });
    return;
  }
  const plain = plainText(said);
  const { noTest, message } = readFailure({
    ...{ name: title, className: said.startsWith('Test suite failed to run') ? 'Test suite failed to run' : '' },
    ...{ suites, file, type: '', message: '', text: plain, output: '' },
  });
  cases.push({ name, outcome, failure: { noTest, message } });
  if (failures.length === maxFailures) return;
  const told = { message: messageOf(message), excerpt: excerptOf(linesOf(plain)) };
  failures.push(
    noTest === null
      ? { tool: 'jest', nature: 'test', test: name, ...at(file, undefined), ...told }
      : { tool: 'jest', nature: 'build', ...at(file, undefined), ...told },
  );
}
