import { describe, expect, it } from 'vitest';
import { saidStandstill, standstillNote, standstillOf } from '../../src/agent/standstill.ts';
import { paidTurns, reading } from './turns.ts';

const same = { calls: [reading('a.ts', 10)] };
const failing = (index: number) => ({ calls: [['edit_file', { index }, 'no', true] as const] });
const edit = (index: number) => ({ calls: [['edit_file', { index }, 'ok'] as const], edits: ['a.ts'] });

describe('a conversation', () => {
  it.each([
    { turns: 2, expected: null },
    { turns: 3, expected: { why: 'repeats', turns: 3, isOver: false } },
    { turns: 5, expected: { why: 'repeats', turns: 5, isOver: true } },
  ])('that makes the same call $turns times is $expected', ({ turns, expected }) => {
    expect(standstillOf(paidTurns(...Array(turns).fill(same)))).toEqual(expected);
  });

  it('whose same call changes something each time gets on', () => {
    const turns = paidTurns(...Array(6).fill(edit(0)));

    expect(standstillOf(turns, 10)).toBeNull();
  });

  it.each([
    { turns: 4, expected: null },
    { turns: 5, expected: { why: 'errors', turns: 5, isOver: false } },
    { turns: 10, expected: { why: 'errors', turns: 10, isOver: true } },
  ])('of which the last $turns turns failed is $expected', ({ turns, expected }) => {
    const failures = Array.from({ length: turns }, (_, index) => failing(index));

    expect(standstillOf(paidTurns(edit(0), ...failures))).toEqual(expected);
  });

  it.each([
    { turns: 5, expected: null },
    { turns: 6, expected: { why: 'idle', turns: 6, isOver: false } },
    { turns: 9, expected: { why: 'idle', turns: 9, isOver: true } },
  ])('that should write and has not for $turns of 9 turns is $expected', ({ turns, expected }) => {
    const readings = Array.from({ length: turns }, (_, index) => ({ calls: [reading(`f${index}`, 10)] }));

    expect(standstillOf(paidTurns(edit(0), ...readings), 9)).toEqual(expected);
    expect(standstillOf(paidTurns(edit(0), ...readings))).toBeNull();
  });

  it.each(['repeats', 'errors', 'idle'] as const)('that is at a standstill (%s) is told, and so are people', (why) => {
    const standstill = { why, turns: 7, isOver: false };

    expect(standstillNote(standstill, 'finish')).toMatch(/7 .*finish/s);
    expect(saidStandstill(standstill)).toMatch(/7/);
  });
});
