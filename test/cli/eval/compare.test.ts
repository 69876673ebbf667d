import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, comparisonText, mcNemar } from '../../../src/cli/eval/compare.ts';
import type { Result } from '../../../src/cli/eval/results.ts';
import { summarize, wilson } from '../../../src/cli/eval/summary.ts';
import { resultColumns, resultsPage, sayTime, summaryLines } from '../../../src/cli/eval/tables.ts';
import { textTable } from '../../../src/cli/text-table.ts';
import { sampleResult } from '../../support/sample-tasks.ts';

const solved = (task: string, changes: Partial<Result> = {}): Result => sampleResult({ task, ...changes });
const failed = (task: string, changes: Partial<Result> = {}): Result =>
  sampleResult({
    task,
    outcome: 'unsolved',
    at: 'checks',
    why: 'checks red after 4 attempts',
    hidden: null,
    ...changes,
  });
const falseGreen = (task: string): Result =>
  failed(task, { outcome: 'false-green', at: 'hidden', why: 'the hidden tests fail' });

describe('two runs side by side', () => {
  test('show which tasks flipped, and that so few flips are within chance', () => {
    const first = [solved('a'), solved('b'), failed('c'), failed('d')];
    const second = [solved('a'), falseGreen('b'), solved('c'), solved('d')];

    const comparison = compare(first, second);
    const text = comparisonText(comparison, ['one', 'two']);

    expect(comparison).toMatchObject({ gained: ['c', 'd'], lost: ['b'], chance: 1, apart: [] });
    expect(text).toContain('A one: solved 2 of 4 (50%), false green 0');
    expect(text).toContain('B two: solved 3 of 4 (75%), false green 1');
    expect(text).toContain('gained: c, d\nlost: b');
    expect(text).toMatch(
      /2 gained, 1 lost; two equally good runs differ as much with a chance of 100% \(McNemar, exact\): this is within chance/,
    );
  });

  test('say a difference only where chance hardly makes it', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

    const comparison = compare(
      names.map((name) => failed(name)),
      names.map((name) => solved(name)),
    );

    expect(comparison.chance).toBeCloseTo(0.015625);
    expect(comparisonText(comparison, ['x', 'y']).split('\n').at(-1)).toBe(
      '7 gained, 0 lost; two equally good runs differ as much with a chance of 1.6% (McNemar, exact).',
    );
  });

  test('say so when nothing flipped', () => {
    expect(comparisonText(compare([solved('a')], [solved('a')]), ['x', 'y'])).toContain('No task flipped among 1.');
  });

  test('leave apart what only one has, and what has become another task', () => {
    const comparison = compare(
      [solved('a'), solved('b'), solved('c')],
      [solved('b', { digest: 'd2' }), solved('c'), solved('d')],
    );

    expect(comparison.rows.map(({ task }) => task)).toEqual(['c']);
    expect(comparison.apart).toEqual([
      'a: only in the first run',
      'b: it has changed between the runs',
      'd: only in the second run',
    ]);
  });

  test('count a repeated task by its majority', () => {
    const first = [1, 2, 3].map((repeat) => (repeat === 1 ? solved('a', { repeat }) : failed('a', { repeat })));
    const second = [1, 2, 3].map((repeat) => (repeat < 3 ? solved('a', { repeat }) : failed('a', { repeat })));

    expect(compare(first, second).gained).toEqual(['a']);
    expect(comparisonText(compare(first, second), ['x', 'y'])).toContain('1 of 3');
  });
});

test('the chance is that of the binomial test, and the same for both directions', () => {
  expect(mcNemar(0, 0)).toBe(1);
  expect(mcNemar(1, 0)).toBe(1);
  expect(mcNemar(10, 2)).toBeCloseTo(0.0386, 4);
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), (gained, lost) => {
      const chance = mcNemar(gained, lost);
      expect(chance).toBe(mcNemar(lost, gained));
      expect(chance).toBeGreaterThan(0);
      expect(chance).toBeLessThanOrEqual(1);
    }),
  );
});

test("Wilson's interval holds the share, and is whole where nothing was tried", () => {
  expect(wilson(0, 0)).toEqual([0, 1]);
  const [low, high] = wilson(10 / 15, 15);
  expect([low, high].map((share) => Math.round(share * 100))).toEqual([42, 85]);
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 50 }), (part, whole) => {
      const share = Math.min(part, whole) / whole;
      const [least, most] = wilson(share, whole);
      expect(least).toBeLessThanOrEqual(share + 1e-9);
      expect(most).toBeGreaterThanOrEqual(share - 1e-9);
    }),
  );
});

describe('a summary', () => {
  const results = [
    solved('a'),
    failed('b', { language: 'go', attempts: 4, usd: 0.5, tookMs: 90_000, hasUnknownPrice: true }),
    falseGreen('c'),
    sampleResult({ task: 'd', outcome: 'error', at: 'crash', why: 'killed' }),
  ];

  test('counts outcomes, places, languages and costs', () => {
    const summary = summarize(results, [{ task: 'e', why: 'needs go: not found' }]);

    expect(summary).toMatchObject({
      tasks: 4,
      solved: 1,
      falseGreen: 1,
      unsolved: 1,
      errors: 1,
      attempts: 7,
      solvedShare: 0.25,
    });
    expect(summary.failedAt).toEqual({ checks: 1, hidden: 1, crash: 1 });
    expect(summary.byLanguage).toEqual({ go: { results: 1, solved: 0 }, shell: { results: 3, solved: 1 } });
    expect(summary.usdPerSolved).toBeCloseTo(0.53);
    const lines = summaryLines(summary).join('\n');
    expect(lines).toContain('solved 1 of 4 (25%, 95% interval 5% to 70%)');
    expect(lines).toContain('left out: e: needs go: not found');
    expect(lines).toContain('≥ $0.5300');
  });

  test('tells how far repeats lie apart', () => {
    const repeated = [1, 2].flatMap((repeat) => [
      solved('a', { repeat }),
      repeat === 1 ? solved('b', { repeat }) : failed('b', { repeat }),
    ]);

    const summary = summarize(repeated, []);

    expect(summary).toMatchObject({ tasks: 2, repeats: 2, results: 4, solvedShare: 0.75, spread: [0.5, 1] });
    expect(summaryLines(summary)[0]).toContain('repeats from 50% to 100%');
  });

  test('of nothing has no share and no cost for each', () => {
    expect(summarize([], [])).toMatchObject({
      results: 0,
      solvedShare: 0,
      usdPerSolved: null,
      medianMs: 0,
      spread: [0, 0],
    });
  });
});

test('no word of a model or a test breaks the table', () => {
  const odd = failed('a', { why: 'it said | <b>\u001b[2J\nnext `line`' });

  const text = textTable(resultColumns(false, 60), [odd]);
  const page = resultsPage([odd], summarize([odd], []), 'a run');

  expect(text.split('\n')).toHaveLength(3);
  expect(text).not.toContain('\u001b');
  expect(page).toContain('checks: it said \\| \\<b\\> \\[2J next \\`line\\`');
});

test('times are said in seconds, then in minutes', () => {
  expect([0, 59_940, 59_960, 125_400].map(sayTime)).toEqual(['0.0 s', '59.9 s', '1 min 00 s', '2 min 05 s']);
});
