import { expect, test } from 'vitest';
import { sampleFix } from '../support/sample-fix.ts';
import type { Books } from './books.ts';
import { moneyProblems } from './judge-money.ts';

const fix = sampleFix();
const repository = `${fix.repository.owner}/${fix.repository.name}`;
const place = { fix: fix.id, role: 'coder', turn: 0 } as const;
const reply = (usd: number) => ({ ...place, modelId: 'fake/model', serial: 1, tokens: 10, lostTokens: 0, usd });
const hold = (isLost: boolean) => ({ ...place, tokens: 5, isLost });
const sound: Books = {
  fixes: [{ fix, events: [], spentUsd: 0.3 }],
  replies: [reply(0.1), reply(0.2)],
  days: [{ repository, replies: 2, usd: 0.3 }],
  holds: [hold(true)],
};

test('books that add up have no problem', () => {
  expect(moneyProblems(sound, 1)).toEqual([]);
});

test.each([
  ['a reply that the purse paid twice', { days: [{ repository, replies: 3, usd: 0.5 }] }, ['paid 3 replies', '$0.5']],
  ['a reply that no purse paid', { days: [] }, ['paid 0 replies', 'paid $0']],
  ['a fix that counts more than it paid', { fixes: [{ fix, events: [], spentUsd: 0.4 }] }, ['spent $0.4']],
  ['money that nobody waits for', { holds: [hold(false)] }, ['still set aside']],
  ['more lost calls than calls failed', { holds: [hold(true), hold(true)] }, ['2 calls count as lost']],
] as const)('%s is told', (_name, wrong, told) => {
  const problems = moneyProblems({ ...sound, ...wrong } as Books, 1);

  expect(problems).toHaveLength(told.length);
  for (const [index, words] of told.entries()) expect(problems[index]).toContain(words);
});
