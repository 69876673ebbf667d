import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownResults } from '../../src/agent/compact-turns.ts';
import type { PaidTurn } from '../../src/ports/stores.ts';
import { paidTurns, reading } from './turns.ts';

const lengths = (turns: readonly PaidTurn[]) =>
  shownResults(turns).map((results) => results.reduce((sum, { output }) => sum + output.length, 0));
const isDropped = (turns: readonly PaidTurn[]) =>
  shownResults(turns).map((results) => results.some(({ output }) => output.includes('was dropped')));

describe('the results of a conversation', () => {
  it('stand whole up to 200,000 characters', () => {
    const turns = paidTurns(...Array.from({ length: 8 }, (_, index) => ({ calls: [reading(`f${index}`, 25_000)] })));

    expect(lengths(turns)).toEqual(Array(8).fill(25_000));
  });

  it('beyond that lose the oldest large ones, and stand so until the next step', () => {
    const turns = paidTurns(
      ...Array.from({ length: 12 }, (_, index) => ({
        calls: [['search_text', { index }, 'x'.repeat(25_000)] as const],
      })),
    );

    const ninth = isDropped(turns.slice(0, 9));
    const twelfth = isDropped(turns);

    expect(ninth).toEqual([...Array(6).fill(true), ...Array(3).fill(false)]);
    expect(twelfth).toEqual([...ninth, false, false, false]);
  });

  it('keep errors, small answers and the newest readings that no edit made stale', () => {
    const turns = paidTurns(
      { calls: [reading('old.ts', 15_000), reading('edited.ts', 15_000), reading('kept.ts', 15_000)] },
      {
        calls: [
          ['search_text', {}, 'e'.repeat(5_000), true],
          ['list_files', {}, 'small'],
        ],
      },
      { calls: [['edit_file', { path: 'edited.ts' }, 'ok']], edits: ['edited.ts'] },
      ...Array.from({ length: 4 }, (_, index) => ({ calls: [['outline', { index }, 'x'.repeat(30_000)] as const] })),
      { calls: [reading('old.ts', 16_000)] },
      { calls: [['outline', {}, 'x'.repeat(30_000)]] },
    );

    const [first, second] = shownResults(turns);

    expect(first?.map(({ output }) => output.slice(0, 24))).toEqual([
      '[an old result of 15000 ',
      '[an old result of 15000 ',
      'x'.repeat(24),
    ]);
    expect(second?.map(({ output }) => output.length)).toEqual([5_000, 5]);
  });

  it('hold no reading that an edit made stale, however its path was written', () => {
    const turns = paidTurns(
      { calls: [reading('./edited.ts', 15_000), reading('./kept.ts', 15_000)] },
      { calls: [['edit_file', { path: 'edited.ts' }, 'ok']], edits: ['edited.ts'] },
      ...Array.from({ length: 7 }, (_, index) => ({ calls: [['outline', { index }, 'x'.repeat(30_000)] as const] })),
    );

    expect(shownResults(turns)[0]?.map(({ output }) => output.includes('was dropped'))).toEqual([true, false]);
  });

  it('keep what was told behind them when they are dropped themselves', () => {
    const turns = paidTurns(
      ...Array.from({ length: 12 }, (_, index) => ({ calls: [['outline', { index }, 'x'.repeat(25_000)] as const] })),
    ).map((turn) =>
      turn.index === 0
        ? { ...turn, results: turn.results.map((result) => ({ ...result, note: '[for files in lib/] Sort.' })) }
        : turn,
    );

    expect(shownResults(turns)[0]?.[0]).toEqual({
      callId: 'call-0',
      isError: false,
      output: expect.stringMatching(/^\[an old result of 25000 .*\n\[for files in lib\/\] Sort\.$/),
    });
  });

  it('never keep more readings than 40,000 characters beyond the newest turns', () => {
    const turns = paidTurns(...Array.from({ length: 20 }, (_, index) => ({ calls: [reading(`f${index}`, 20_000)] })));

    const kept = lengths(turns).filter((length) => length === 20_000);

    expect(kept.length * 20_000).toBeLessThanOrEqual(200_000 + 40_000);
  });

  it('are bounded and keep their beginning from request to request but for rare steps, whatever the turns', () => {
    const calls = fc.array(fc.tuple(fc.nat(5), fc.nat(30_000), fc.boolean()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(calls, { maxLength: 40 }), (plan) => {
        const turns = paidTurns(
          ...plan.map((called) => ({
            calls: called.map(([file, length]) => reading(`f${file}`, length)),
            edits: called.flatMap(([file, , isEdit]) => (isEdit ? [`f${file}`] : [])),
          })),
        );
        let steps = 0;
        for (let count = 1; count <= turns.length; count++) {
          const before = shownResults(turns.slice(0, count - 1));
          const after = shownResults(turns.slice(0, count));
          const large = after.flat().reduce((sum, { output }) => sum + (output.length > 2_000 ? output.length : 0), 0);
          expect(large).toBeLessThanOrEqual(200_000 + 40_000);
          if (JSON.stringify(after.slice(0, -1)) !== JSON.stringify(before)) steps += 1;
        }
        const total = turns.flatMap(({ results }) => results).reduce((sum, { output }) => sum + output.length, 0);
        // Each step frees at least as much as lies between the two marks.
        expect(steps).toBeLessThanOrEqual(Math.floor(total / 120_000));
      }),
      { numRuns: 60 },
    );
  });
});
