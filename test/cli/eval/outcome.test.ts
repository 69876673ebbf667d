import { describe, expect, test } from 'vitest';
import { type HiddenVerdict, outcomeOf, type Tried, triedSchema } from '../../../src/cli/eval/outcome.ts';
import type { TryResult } from '../../../src/cli/try/result.ts';
import { asSha } from '../../../src/domain/ids.ts';

const tried = (changes: Partial<Tried> = {}): Tried => ({
  version: 1,
  outcome: 'solved',
  why: null,
  endedAt: null,
  commit: 'c'.repeat(40),
  attempts: [{ number: 1, verdict: 'passed' }],
  turns: 5,
  tokens: 100,
  usd: 0.1,
  hasUnknownPrice: false,
  models: [],
  tookMs: 1,
  workedMs: 1,
  events: [],
  ...changes,
});
const hidden = (conclusion: HiddenVerdict['conclusion']): HiddenVerdict => ({ conclusion, tookMs: 1, tail: '' });
const ended = (event: Tried['events'][number]['event'], changes: Partial<Tried> = {}): Tried =>
  tried({
    outcome: 'not-solved',
    commit: null,
    events: [{ event: { type: 'labelled' } }, { event }, { event: { type: 'farewell-said' } }],
    ...changes,
  });

describe('a task', () => {
  test('is solved when the fix is complete and the hidden tests pass', () => {
    expect(outcomeOf(tried(), hidden('passed'))).toEqual({ kind: 'solved' });
  });

  test.each([
    ['failed', 'its checks pass, the hidden tests fail'],
    ['timed-out', 'the hidden tests did not end in time'],
  ] as const)('is a false green when the fix is complete and the hidden tests %s', (conclusion, why) => {
    expect(outcomeOf(tried(), hidden(conclusion))).toEqual({ kind: 'false-green', at: 'hidden', why });
  });

  test('is never solved by a fix that is not complete, whatever the hidden tests would say', () => {
    const given = ended({ type: 'reviewed', opinion: 'veto' }, { why: 'the reviewer vetoed it' });

    expect(outcomeOf(given, hidden('passed'))).toEqual({
      kind: 'unsolved',
      at: 'review',
      why: 'the reviewer vetoed it',
    });
  });

  test('that claims to be solved without a commit is an error', () => {
    expect(outcomeOf(tried({ commit: null }), null)).toMatchObject({ kind: 'error', at: 'crash' });
  });
});

test.each([
  ['refused', ended({ type: 'refused' }, { outcome: 'refused' })],
  ['gate', ended({ type: 'asked' }, { outcome: 'waiting' })],
  ['review', ended({ type: 'reviewed', opinion: 'send-back' }, { outcome: 'waiting' })],
  ['gate', ended({ type: 'reviewed', opinion: 'accept' }, { outcome: 'waiting' })],
  ['time', ended({ type: 'stop-requested' }, { outcome: 'stopped' })],
  ['budget', ended({ type: 'budget-reached', limit: 'usd' })],
  ['sandbox', ended({ type: 'judged', verdict: 'void' })],
  ['models', ended({ type: 'outage', of: 'models' })],
  ['sandbox', ended({ type: 'outage', of: 'ai-fix' })],
  ['profile', ended({ type: 'faulted' }, { endedAt: 'open' })],
  ['plan', ended({ type: 'faulted' }, { endedAt: 'plan' })],
  ['patch', ended({ type: 'faulted' }, { endedAt: 'attempt' })],
  ['review', ended({ type: 'faulted' }, { endedAt: 'review' })],
  ['crash', ended({ type: 'faulted' }, { endedAt: 'something new' })],
] as const)('what was not solved failed at %s', (at, given) => {
  expect(outcomeOf(given, null)).toMatchObject({ kind: 'unsolved', at });
});

test('all attempts used up is red checks where there were verdicts, and no patch where there were none', () => {
  const limit = { type: 'budget-reached', limit: 'attempts' };
  const red = [
    { number: 1, verdict: 'failed' as const },
    { number: 2, verdict: null },
  ];

  expect(outcomeOf(ended(limit, { attempts: red }), null)).toMatchObject({ at: 'checks' });
  expect(outcomeOf(ended(limit, { attempts: [{ number: 1, verdict: null }] }), null)).toMatchObject({ at: 'patch' });
});

test('what ai-fix try tells can be read, and what a newer one adds is not minded', () => {
  const told: TryResult = {
    ...{
      version: 1,
      outcome: 'not-solved',
      why: 'the reviewer vetoed it',
      endedAt: 'review',
      state: 'abandoned',
      fix: null,
    },
    ...{ title: 'sum', base: { branch: 'main', commit: asSha('b'.repeat(40)) }, branch: null, commit: null, files: [] },
    ...{ checks: [{ name: 'test', command: 'make', from: '--check' }], documents: [], reviews: [], runs: [] },
    attempts: [{ number: 1, verdict: null, text: '', summary: null, testsAdded: [], candidate: null }],
    ...{ turns: 3, tokens: 10, usd: 0.1, hasUnknownPrice: false, models: ['m'], tookMs: 5, workedMs: 4, stateMs: {} },
    events: [{ sequence: 1, atMs: 5, event: { type: 'reviewed', attempt: 1, opinion: 'veto', feedback: 'no' } }],
    fixers: null,
    report: '',
  };

  const read = triedSchema.parse(JSON.parse(JSON.stringify({ ...told, mood: 'good' })));

  expect(outcomeOf(read, null)).toEqual({ kind: 'unsolved', at: 'review', why: 'the reviewer vetoed it' });
});
