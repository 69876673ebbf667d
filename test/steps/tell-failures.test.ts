import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/domain/failure.ts';
import { tellFailures } from '../../src/steps/tell-failures.ts';

const folder = new URL('../../fixtures/failure-logs/', import.meta.url);
const samples = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
const logOf = (name: string): string => readFileSync(new URL(`${name}.txt`, folder), 'utf8');

describe('the failing part of a known log', () => {
  it('sums up, then gives each failure its own part, then what else stands at the end', () => {
    const { text } = tellFailures(`${logOf('pytest')}\nCoverage is below 80 %`, 6_000);

    const [summary, ...parts] = text.split(/\n\n(?=###|The end)/);

    expect(summary).toMatch(/^4 of 6 tests failed: test_a\.py::test_rounds; /);
    expect(parts.filter((part) => part.startsWith('### '))).toHaveLength(4);
    expect(parts[0]).toContain('### test_a.py::test_rounds (test_a.py:5)');
    expect(parts.at(-1)).toContain('Coverage is below 80 %');
    expect(parts.at(-1)).not.toContain('assert f() == 99');
  });

  it('tells fewer failures where there is little room, and how many it left out', () => {
    const log = Array.from(
      { length: 300 },
      (_, index) => `src/a.ts(${index + 1},1): error TS2304: Cannot find name 'x${index}'.`,
    );

    const told = tellFailures(log.join('\n'), 2_000);

    expect(told.text.length).toBeLessThanOrEqual(2_000);
    expect(told.text).toMatch(/^300 errors where it does not build: /);
    expect(told.text).toMatch(/\d+ further failures are not shown\./);
    expect(told.count).toBe(300);
  });

  it('of a log that nobody knows is its head and tail, and its last words stand for the failure', () => {
    const told = tellFailures(
      'make: *** [all] Segmentation fault\n##[error]Process completed with exit code 2.',
      1_000,
    );

    expect(told.text).toContain('Segmentation fault');
    expect(told.failures).toEqual([expect.objectContaining({ message: 'make: *** [all] Segmentation fault' })]);
  });

  it('without a log says so', () => {
    expect(tellFailures(null, 1_000).text).toBe('GitHub has no log of this job.');
  });

  it('takes names from the reports and tells a failure of both once', () => {
    const report: Failure = {
      tool: 'JUnit',
      nature: 'test',
      test: 'a.test.ts › cart › rounds once',
      message: 'expected 98 to be 99',
      excerpt: '',
    };
    const other: Failure = { ...report, test: 'c.test.ts › is only in the report', message: 'no' };

    const { failures, text } = tellFailures(logOf('vitest'), 6_000, [report, other]);

    expect(failures.map(({ test }) => test)).toEqual([
      undefined,
      'a.test.ts › cart › rounds once',
      'c.test.ts › is only in the report',
      'a.test.ts › cart › objects',
    ]);
    expect(failures[1]).toMatchObject({ line: 3, message: 'expected 98 to be 99' });
    expect(text).toContain('- 99\n+ 98');
  });

  it('by the reports alone needs no log', () => {
    const report: Failure = { tool: 'JUnit', nature: 'test', test: 'adds', message: 'no', excerpt: 'at sum.js:1' };

    expect(tellFailures(null, 1_000, [report]).text).toBe('1 test failed: adds.\n\n### adds\nno\nat sum.js:1');
  });
});

describe('a hostile log', () => {
  const bytes = 2 * 1024 * 1024;
  const fill = (text: string) => text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes);
  const marks = [
    ' FAIL  a > b\n',
    '  ● a\n',
    'not ok 1 - a\n  ---\n',
    '# Subtest: a\n    not ok 1 - b\n',
    '--- FAIL: TestA (0.00s)\n',
    '    --- FAIL: TestA/b (0.00s)\n',
    '{"Action":"fail","Package":"p","Test":"T/a"}\n',
    '{"Action":"fail"\n',
    'panic: a\n',
    ' Exception during run: a\n',
    'not ok 1 - a {\n    not ok 1 - b\n',
    '---- a stdout ----\n',
    "thread 'a' panicked at 'b', ",
    'error[E0308]: a\n --> a.rs:1:1\n',
    'a.ts(1,1): error TS1: a\n',
    'a.ts:1:1 - error TS1: a\n',
    'a.js\n  1:1  error  a  b\n',
    '  1:1  error  ',
    '  1 failing\n  1) a\n',
    '= FAILURES =\n_ a _\n',
    '_ ',
    '= ',
    'FAILED a::b - c\n= short test summary info =\n',
    `${'='.repeat(70)}\nFAIL: a (b.C)\n`,
    '[ERROR] a.B.c -- Time elapsed: 0.1 s <<< FAILURE!\n',
    'a > b FAILED\n',
    'a > ',
    'a.java:1: error: b\n',
    'a.py:1:1: F401 b\n',
    'a.py:1:',
    'a.ts:1:1 lint/a/b ━━━━\n  × c\n',
    '✖ failing tests:\n\ntest at a.js:1:1\n✖ b (1ms)\n  c\n',
    `${'()'.repeat(950)} Time elapsed: 0.1 s <<< FAILURE!\n`,
    `${'()'.repeat(400)}x <<< FAILURE!\n`,
    `${'> '.repeat(290)} FAILED\n`,
    '    at ((((',
    '    at a (b:1:1',
    '⎯⎯⎯ Unhandled Errors ⎯⎯⎯\n',
    '1:1:1:',
  ];

  it.each(marks.map((mark) => [mark.slice(0, 80), mark]))(
    'of two megabytes of %j is told in less than two seconds',
    (_shown, mark) => {
      const everyMark = marks.join('\n');
      const before = process.cpuUsage();

      const told = tellFailures(`${everyMark}\n${fill(mark)}\n${everyMark}`, 24_000);

      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1_000).toBeLessThan(2_000);
      expect(told.text.length).toBeLessThanOrEqual(24_100);
      expect(told.failures.length).toBeLessThanOrEqual(500);
    },
  );

  it('of thousands of files of Node that could not be loaded is told in less than two seconds', () => {
    const one = (index: number) => `test at a${index}.test.js:1:1\n✖ a${index}.test.js (1ms)\n  'test failed'\n\n`;
    const log = `${fill('✖ a (1ms)\n')}✖ failing tests:\n\n${Array.from({ length: 600 }, (_, index) => one(index)).join('')}`;
    const before = process.cpuUsage();

    const told = tellFailures(log, 24_000);

    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(2_000);
    expect(told.failures.length).toBeGreaterThan(0);
  });

  it('of whatever kind is bounded plain text that no runner obeys', () => {
    const pieces = fc.constantFrom(
      ...marks,
      ...samples,
      '\n',
      '::error::x',
      '##[error]',
      '\x1b[31m',
      '\u202e',
      '\ud800',
      '\r',
      '    ',
    );
    const anyLog = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 20 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(anyLog, fc.integer({ min: 200, max: 8_000 }), (log, maxLength) => {
        const { text, failures } = tellFailures(log, maxLength);

        expect(text.length).toBeLessThanOrEqual(maxLength + 60);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\n\t]]/v);
        expect(text).not.toMatch(/^[^\S\n]*::/m);
        expect(text).not.toContain('##[');
        expect(failures.length).toBeGreaterThan(0);
        for (const { message } of failures) expect(message.length).toBeLessThanOrEqual(400);
      }),
      { numRuns: 300 },
    );
  });
});

it('of a log that nobody knows the last line that gives a reason stands for the failure', () => {
  const log = ['starting', 'TypeError: late boom', '    at file.js:3:1', '}', 'npm error code 1', 'Node.js v24.1.0'];

  expect(tellFailures(log.join('\n'), 2_000).failures).toMatchObject([
    { tool: 'log', message: 'TypeError: late boom' },
  ]);
});

it('the same test is known again whatever time it took', () => {
  const told = (took: string) =>
    tellFailures(`TAP version 13\n1..1\nnot ok 1 - adds # time=${took}ms\n`, 2_000).failures[0];

  expect(told('7.64')).toMatchObject({ test: 'adds' });
  expect(told('7.64')).toEqual(told('912'));
});
