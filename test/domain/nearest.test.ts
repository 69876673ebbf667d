import { expect, it } from 'vitest';
import { nearestOf } from '../../src/domain/nearest.ts';

const known = ['label', 'limits', 'who', 'budget', 'branches', 'triggers', 'labelled', 'off'];

it.each([
  ['labl', 'label'],
  ['lable', 'label'],
  ['LABEL', 'label'],
  ['labeled', 'labelled'],
  ['budgets', 'budget'],
  ['branch', 'branches'],
  ['trigger', 'triggers'],
  ['limit', 'limits'],
  ['wo', 'who'],
])('%s is taken for %s', (word, meant) => {
  expect(nearestOf(word, known)).toBe(meant);
});

it.each(['', 'x', 'on', 'timeout', 'secrets', 'l'.repeat(41), 'label'.repeat(100_000)])(
  '%.20s is near to nothing',
  (word) => {
    expect(nearestOf(word, known)).toBeNull();
  },
);

it('nothing is near where nothing is known', () => {
  expect(nearestOf('label', [])).toBeNull();
});
