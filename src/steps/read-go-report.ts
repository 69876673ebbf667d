import type { Failure } from '../domain/failure.ts';
import type { TestCase, TestOutcome } from '../domain/inventory.ts';
import { readFailure } from '../domain/test-failure.ts';
import { goEventOf, goJson } from './failure-readers/go-json.ts';
import { linesOf } from './failure-readers/reader.ts';
import type { JunitReading } from './read-junit.ts';
import { bounded, stableName } from './stable-name.ts';

const maxCases = 50_000;
const maxLength = 64 * 1024 * 1024;
const maxOutput = 4_000;

/**
 * What ran, by the events of `go test -json` (https://pkg.go.dev/cmd/test2json). A test that began and never ended has
 * failed: its process died. A package that did not build says so in a line that is no event.
 */
export function readGoReport(text: string): JunitReading {
  if (text.length > maxLength) return { ok: false, reason: 'it is larger than 64 MB', isForeign: false };
  const tests = new Map<string, GoTest>();
  for (const line of text.split('\n')) {
    const broken = /^FAIL\s(\S{1,500}) \[(?:build|setup) failed\]$/.exec(line.trimEnd())?.[1];
    if (broken !== undefined) testOf(tests, broken, 'TestMain').output = '[build failed]';
    const event = goEventOf(line);
    if (event?.Package === undefined || event.Test === undefined) continue;
    const test = testOf(tests, event.Package, event.Test);
    if (event.Output !== undefined && !isMark.test(event.Output) && test.output.length < maxOutput)
      test.output += event.Output;
    test.outcome = outcomes[event.Action] ?? test.outcome;
    if (tests.size > maxCases)
      return { ok: false, reason: `it has more than ${maxCases.toLocaleString('en-US')} tests`, isForeign: false };
  }
  const failures: readonly Failure[] = goJson.read(linesOf(text)).failures;
  return { ok: true, cases: [...tests.values()].map(caseOf), failures };
}

interface GoTest {
  readonly className: string;
  readonly test: string;
  outcome: TestOutcome;
  output: string;
}

const outcomes: Readonly<Record<string, TestOutcome>> = { pass: 'passed', fail: 'failed', skip: 'skipped' };
const isMark = /^\s*(?:=== |--- )/;

function testOf(tests: Map<string, GoTest>, className: string, test: string): GoTest {
  const key = `${className}\0${test}`;
  const known = tests.get(key) ?? { className, test, outcome: 'failed', output: '' };
  tests.set(key, known);
  return known;
}

function caseOf({ className, test, outcome, output }: GoTest): TestCase {
  const name = bounded(`${stableName(className)} › ${stableName(test)}`);
  if (outcome !== 'failed') return { name, outcome };
  // `    sum_test.go:7: Add(2, 3) = -1`: the place changes with the file, the words tell.
  const said = output.replaceAll(/^\s*\S{1,300}\.go:\d+: /gm, '');
  const failure = readFailure({
    name: test,
    className,
    suites: [],
    file: '',
    type: '',
    message: '',
    text: said,
    output,
  });
  return { name, outcome, failure };
}
