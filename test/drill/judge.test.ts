import { expect, test } from 'vitest';
import { sampleFix } from '../support/sample-fix.ts';
import type { Books } from './books.ts';
import type { Ask } from './fault-proxy.ts';
import { judge } from './judge.ts';
import { lanes } from './lanes.ts';

const fix = { ...sampleFix(), state: 'complete' as const };
const conversation = 'drill-0001 coder 12345678';
const azure = lanes.find(({ provider }) => provider === 'azure')?.model ?? 'none';

const ask = (serial: number, changes: Partial<Ask> = {}): Ask => ({
  ...{ serial, provider: 'azure', fix: 'drill-0001', conversation, turn: 0, fate: null, isStreamed: true },
  ...{ thoughtTurns: [], startedMs: 1_000, endedMs: 1_200 },
  ...{ tokens: { input: 90, output: 10 }, billed: { input: 90, output: 10 } },
  ...changes,
});
const spoiled = { fate: 'stream cut within an event', tokens: null, billed: { input: 90, output: 4 } } as const;

const reply = (serial: number | null, changes: Partial<Books['replies'][number]> = {}) => ({
  ...{ fix: fix.id, role: 'coder', turn: 0, modelId: azure, serial, tokens: 100, lostTokens: 0, usd: 0.1 },
  ...changes,
});

/** One fix of two turns; the second came after a stream that was cut. */
const asks = [ask(1), ask(2, { turn: 1, thoughtTurns: [0], ...spoiled }), ask(3, { turn: 1, thoughtTurns: [0] })];
const replies = [reply(1), reply(3, { turn: 1, lostTokens: 120 })];
const titled = { ...fix, issue: { ...fix.issue, title: 'drill-0001: a title' } };

function booksOf(kept: readonly Books['replies'][number][], holds: Books['holds'] = []): Books {
  const usd = kept.reduce((sum, one) => sum + (one.usd ?? 0), 0);
  const repository = `${fix.repository.owner}/${fix.repository.name}`;
  return {
    fixes: [{ fix: titled, events: [], spentUsd: usd }],
    replies: kept,
    days: [{ repository, replies: kept.length, usd }],
    holds,
  };
}

test('a drill without a fault of ours has no problem', () => {
  const verdict = judge(asks, booksOf(replies), [], 1);

  expect(verdict.problems).toEqual([]);
  expect(verdict).toMatchObject({
    ...{ ends: { complete: 1 }, calls: 3, failedCalls: 1, recorded: 2, recordedTokens: 200, deliveredTokens: 200 },
    ...{ billedTokens: 94, boundedTokens: 120, thoughtsBack: 2, lostOnTheWay: 1, lostByKills: 0 },
  });
});

const cases: readonly (readonly [string, readonly Ask[], readonly Books['replies'][number][], string])[] = [
  ['a reply that stands twice in the books', asks, [...replies, reply(3, { turn: 1 })], 'reply 3 stands 2 times'],
  ['a reply that nobody sent', asks, [...replies, reply(null)], 'of no call that was made'],
  ['a reply of a stream that was cut', asks, [...replies, reply(2, { turn: 1 })], 'reply 2 is in the books'],
  ['a whole reply that is not in the books', [...asks, ask(4)], replies, 'reply 4 (drill-0001 coder'],
  ['tokens that nobody counted', asks, [reply(1, { tokens: 101 }), ...replies.slice(1)], 'the providers counted 200'],
  ['less than is charged for a stream that was cut', asks, [reply(1), reply(3, { turn: 1 })], 'hold 0 tokens'],
  [
    'less than is charged for a reply without a count',
    [ask(1, { fate: 'usage missing' }), ...asks.slice(1)],
    [reply(1, { tokens: 99 }), ...replies.slice(1)],
    'hold 99 tokens',
  ],
  [
    'a model that did not get back what it thought',
    [...asks.slice(0, 2), ask(3, { turn: 1 })],
    replies,
    'turn 0 went back',
  ],
  [
    'a call that asked for no stream',
    [ask(1, { isStreamed: false }), ...asks.slice(1)],
    replies,
    '1 calls asked for no',
  ],
];

test.each(cases)('%s is told', (_name, sent, kept, words) => {
  expect(judge(sent, booksOf(kept), [], 1).problems.join('\n')).toContain(words);
});

test('a kill may lose what was in flight, one reply for each fix, and only then', () => {
  const caught = [...asks, ask(4, { turn: 2, thoughtTurns: [0, 1] })];
  const held = [{ fix: fix.id, role: 'coder', turn: 2, tokens: 500, isLost: true }];
  const judged = (killsMs: readonly number[]) => judge(caught, booksOf(replies, held), killsMs, 1);

  expect(judged([2_000])).toMatchObject({ problems: [], lostByKills: 1 });
  expect(judged([60_000]).problems).toHaveLength(1);
  expect(
    judge([...caught, ask(5, { turn: 3, thoughtTurns: [0, 1], billed: null })], booksOf(replies, held), [2_000], 1)
      .problems,
  ).toHaveLength(1);
});

test('a fix that spent a second attempt, or was given up without a word, is told', () => {
  const ended = (changes: object) => {
    const books = booksOf(replies);
    return judge(
      asks,
      { ...books, fixes: books.fixes.map((one) => ({ ...one, fix: { ...one.fix, ...changes } })) },
      [],
      1,
    );
  };

  expect(ended({ attempt: 2 }).problems).toEqual([expect.stringContaining('spent 2 attempts')]);
  expect(ended({ state: 'abandoned', epilogue: 'who knows' }).problems).toEqual([expect.stringContaining('ended as')]);
  expect(ended({ state: 'abandoned', epilogue: 'no model answers (all are down)' }).problems).toEqual([]);
});

test('a failover that takes longer than the policy lets it is told', () => {
  const slow = (atMs: number) => [
    ask(1, { fate: 'overloaded (529)', tokens: null, billed: null, provider: 'openai' }),
    ask(2, { startedMs: atMs, endedMs: atMs + 100 }),
  ];
  const books = booksOf([reply(2)]);

  expect(judge(slow(3_000), books, [], 1)).toMatchObject({ failovers: [2_000], slowFailover: null });
  expect(judge(slow(30_000), books, [], 1).slowFailover).toContain('29000 ms');
});
