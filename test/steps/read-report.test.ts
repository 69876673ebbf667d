import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeInventory } from '../../src/domain/inventory.ts';
import { reportNames } from '../../src/domain/report-names.ts';
import { readReport } from '../../src/steps/read-report.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/test-reports/${name}`, import.meta.url), 'utf8');

function read(name: string, text: string) {
  const reading = readReport(`reports/${name}`, text);
  if (!reading.ok) throw new Error(reading.reason);
  const { passed, failed, skipped } = takeInventory(reading.cases);
  const why = Object.fromEntries(
    reading.cases.flatMap(({ name: test, failure }) => (failure ? [[test, failure]] : [])),
  );
  return { passed, failed, skipped, why, failures: reading.failures };
}

describe('the events of go test -json', () => {
  test('tell each test by its package, and why it failed', () => {
    const { passed, failed, skipped, why, failures } = read(reportNames.go, fixture('go-test.jsonl'));

    expect(passed).toEqual(['example.com/m › TestZero']);
    expect(failed).toEqual([
      'example.com/m › TestAdd',
      'example.com/m › TestAdd/two_and_three',
      'example.com/m/sub › TestMain',
    ]);
    expect(skipped).toEqual(['example.com/m › TestAdd/skips']);
    expect(why['example.com/m › TestAdd/two_and_three']).toEqual({ message: 'Add(2, 3) = -1, want 5', noTest: null });
    // A package that does not build has no test that failed by itself.
    expect(why['example.com/m/sub › TestMain']?.noTest).toBe('it could not be loaded');
    expect(failures.map(({ test: name }) => name)).toContain('example.com/m › TestAdd/two_and_three');
  });

  test('a test whose process died has failed', () => {
    const begun =
      '{"Action":"run","Package":"m","Test":"TestA"}\n{"Action":"output","Package":"m","Test":"TestA","Output":"panic: no\\n"}\n';

    expect(read(reportNames.go, begun)).toMatchObject({ failed: ['m › TestA'], passed: [] });
  });
});

describe('the text of cargo test', () => {
  test('tells each test by its binary, and why it failed', () => {
    const { passed, failed, skipped, why } = read(reportNames.cargo, fixture('cargo-test.txt'));

    expect(passed).toEqual([
      'Doc-tests rs › src/lib.rs - add (line 1)',
      'src/lib.rs › tests::panics',
      'src/lib.rs › tests::zero',
      'tests/it.rs › outside',
    ]);
    expect(failed).toEqual(['src/lib.rs › tests::adds']);
    expect(skipped).toEqual(['src/lib.rs › tests::later']);
    expect(why['src/lib.rs › tests::adds']).toMatchObject({
      noTest: null,
      message: expect.stringContaining('it should add'),
    });
  });

  test.each([
    [
      'a line that something else was printed into',
      (text: string) => text.replace('test tests::zero ... ok', 'test tests::zero ... loudok'),
    ],
    ['a result that is not there', (text: string) => text.replaceAll(/^test result:.*$/gm, '')],
    [
      'a name that was printed by a test',
      (text: string) => text.replace('test tests::zero ... ok', 'test tests::zero ... ok\ntest forged ... ok'),
    ],
  ])('with %s is not believed', (_what, change) => {
    const reading = readReport(reportNames.cargo, change(fixture('cargo-test.txt')));

    expect(reading).toMatchObject({
      ok: false,
      isForeign: false,
      reason: expect.stringContaining('so what ran is not sure'),
    });
  });
});

describe('the file of jest --json', () => {
  const report = {
    numFailedTests: 1,
    testResults: [
      {
        name: '/workspace/src/sum.test.js',
        status: 'failed',
        message: 'x',
        assertionResults: [
          {
            ancestorTitles: ['sum'],
            title: 'adds',
            status: 'failed',
            failureMessages: [
              'Error: expect(received).toBe(expected)\n\nExpected: 5\nReceived: -1\n    at Object.<anonymous> (/workspace/src/sum.test.js:3:1)',
            ],
          },
          { ancestorTitles: ['sum'], title: 'is zero', status: 'passed', failureMessages: [] },
          { ancestorTitles: [], title: 'later', status: 'todo' },
        ],
      },
      { name: '/workspace/b.test.js', status: 'failed', message: "Cannot find module './b'", assertionResults: [] },
    ],
  };

  test('tells each test by its file, and why it failed', () => {
    const { passed, failed, skipped, why, failures } = read(reportNames.jest, JSON.stringify(report));

    expect(passed).toEqual(['src/sum.test.js › sum › is zero']);
    expect(failed).toEqual(['b.test.js › Test suite failed to run', 'src/sum.test.js › sum › adds']);
    expect(skipped).toEqual(['src/sum.test.js › later']);
    expect(why['src/sum.test.js › sum › adds']).toMatchObject({ noTest: null });
    expect(why['b.test.js › Test suite failed to run']?.noTest).toBe('it could not be loaded');
    expect(failures.map(({ nature }) => nature)).toEqual(['test', 'build']);
  });

  test('cut off it is no report', () => {
    expect(readReport(reportNames.jest, JSON.stringify(report).slice(0, 400))).toMatchObject({ ok: false });
  });
});

test('any other file is read as JUnit XML', () => {
  expect(read('a.xml', '<testsuite><testcase name="a"/></testsuite>')).toMatchObject({ passed: ['a'] });
});

test('no text of code under test breaks a reader', () => {
  const piece = fc.constantFrom(
    ...[
      'running 1 test\n',
      'test a ... ok\n',
      'test result: ok. 1 passed; 0 failed; 0 ignored;\n',
      '---- a stdout ----\n',
    ],
    ...[
      '{"Action":"fail","Package":"m","Test":"T"}\n',
      'FAIL\tm [build failed]\n',
      '{"testResults":[',
      '   Doc-tests x\n',
      '\0',
      '::error::',
    ],
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }))), (parts) => {
      for (const name of Object.values(reportNames)) readReport(name, parts.join(''));
    }),
  );
});
