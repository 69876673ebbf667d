import { beforeEach, describe, expect, it } from 'vitest';
import type { Fix } from '../../src/domain/fix-facts.ts';
import { noPurseLimits } from '../../src/domain/purse.ts';
import type { Signal } from '../../src/domain/signal.ts';
import type { PullRequestState } from '../../src/ports/pull-requests.ts';
import type { SubmittedReview } from '../../src/ports/reviews.ts';
import type { ThreadComment } from '../../src/ports/thread.ts';
import { noteHeard } from '../../src/steps/hear-once.ts';
import { noteOwed } from '../../src/steps/show-status.ts';
import { lookAgain } from '../../src/workflows/look-again.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { emptyPurses } from '../support/fake-purses.ts';
import { type FakeRepositoriesFacts, fakeRepositories } from '../support/fake-repositories.ts';
import { fakeThread } from '../support/fake-thread.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFixAtWork, sampleIssue } from '../support/sample-fix.ts';

const minuteMs = 60_000;
const nowMs = 100 * minuteMs;

interface OnGitHub extends FakeRepositoriesFacts {
  readonly pull?: PullRequestState['state'];
  readonly comments?: readonly Partial<ThreadComment>[];
  readonly reviews?: readonly Partial<SubmittedReview>[];
  readonly resumedAtMs?: number | null;
}

let accepted: Map<string, Signal>;
let started: string[];
let effects: ReturnType<typeof fakeEffects>;
let thread: ReturnType<typeof fakeThread>;
beforeEach(() => {
  accepted = new Map();
  started = [];
  effects = fakeEffects();
  thread = fakeThread();
});

const comment = (facts: Partial<ThreadComment>): ThreadComment => ({
  id: 200,
  author: 'bob',
  authorId: 4,
  isBot: false,
  createdAtMs: nowMs - 30 * minuteMs,
  editedAtMs: nowMs - 30 * minuteMs,
  body: '/ai-fix stop',
  ...facts,
});

const resumed = (atMs: number) => ({ sequence: 2, event: { type: 'resume-asked', by: 'bob' } as const, atMs });

async function look(
  fix: Fix,
  { pull = 'open', comments = [], reviews = [], resumedAtMs = null, ...facts }: OnGitHub = {},
) {
  const ports = portsForTest({
    fixes: {
      claimToLookAt: async () => [fix],
      events: async () => (resumedAtMs === null ? [] : [resumed(resumedAtMs)]),
    },
    pullRequests: { state: async () => pull },
    repositories: fakeRepositories(facts),
    thread: {
      ...thread,
      otherComments: async (_repository: unknown, number: number) =>
        number === fix.issue.number ? comments.map(comment) : [],
    },
    reviews: {
      submitted: async () =>
        reviews.map((facts) => ({ id: 7, author: 'bob', isBot: false, state: 'commented', body: '', ...facts })),
    },
    effects,
    documents: { list: async () => [] },
    turns: { spending: async () => ({ usd: 0, tokens: 0, hasUnknownPrice: false, workedMs: 0 }) },
    purses: { standings: async () => emptyPurses },
    purseLimitsOf: async () => noPurseLimits,
    modelHealth: () => [],
    writes: { lastHour: async () => ({ count: 0, eldestLeavesInMs: 0 }) },
    deliveries: {
      accept: async (id: string, signal: Signal) => {
        const answer = accepted.has(id) ? 'known' : 'new';
        accepted.set(id, signal);
        return answer;
      },
    },
    engine: { startDelivery: async ({ id }: { id: string }) => void started.push(id) },
    pace: { lookAgainEveryMs: 10 * minuteMs, thriftyFromWrites: 100 },
    now: () => nowMs,
    log: { info: () => undefined, warn: (details: object) => expect.fail(JSON.stringify(details)) },
  });
  await lookAgain(ports);
}

const types = (): string[] => [...accepted.values()].map(({ type }) => type);
const fix = sampleFixAtWork();

describe('a live fix', () => {
  it('that stands as it should gives the sweep nothing to tell', async () => {
    await look(fix, { comments: [{ body: 'Thanks!' }] });

    expect(types()).toEqual([]);
  });

  it.each<[string, OnGitHub]>([
    ['pull-request-closed', { pull: 'closed' }],
    ['pull-request-closed', { pull: 'merged' }],
    ['issue-closed', { issue: 'closed' }],
    ['issue-unlabelled', { labels: ['bug'] }],
    ['command', { comments: [{}] }],
    ['review-submitted', { reviews: [{ state: 'changes-requested' }] }],
  ])('is told of a lost %s once, however often the sweep looks', async (type, standing) => {
    await look(fix, standing);
    await look(fix, standing);

    expect(types()).toEqual([type]);
    expect(started).toHaveLength(1);
  });

  it('that was resumed after its end is told of the same end again', async () => {
    await look(fix, { pull: 'closed' });
    await look({ ...fix, lives: 1 }, { pull: 'closed' });

    expect(started).toHaveLength(2);
  });

  it.each<[string, Partial<ThreadComment>]>([
    ['from before the fix', { createdAtMs: 0 }],
    ['that may still be told', { createdAtMs: nowMs - minuteMs }],
    ['that orders nothing', { body: 'I would /ai-fix stop here.' }],
    ['that somebody has edited', { editedAtMs: nowMs - 20 * minuteMs }],
  ])('is not told of a comment %s', async (_which, said) => {
    await look(fix, { comments: [said] });

    expect(types()).toEqual([]);
  });

  it('is not told of what was said to an earlier life of it', async () => {
    await look(fix, { comments: [{}], resumedAtMs: nowMs - 15 * minuteMs });

    expect(types()).toEqual([]);
  });

  it('is not told of what it has heard', async () => {
    await noteHeard({ effects }, fix.id, 'comment:200');
    await noteHeard({ effects }, fix.id, 'review:7');

    await look(fix, { comments: [{}], reviews: [{ state: 'changes-requested' }] });

    expect(types()).toEqual([]);
  });

  it('is told of no review that only approves', async () => {
    await look(fix, { reviews: [{ state: 'approved' }] });

    expect(types()).toEqual([]);
  });

  it('that waits is told of words that were edited, once for each wording', async () => {
    const waiting = sampleFixAtWork({
      state: 'awaiting-approval',
      gate: { kind: 'plan', digest: 'd', reasons: [], words: null },
    });
    const edited = (body: string) => ({ issueNow: { ...sampleIssue, body, edited: { atMs: nowMs, by: 'carol' } } });

    await look(waiting, edited('one'));
    await look(waiting, edited('one'));
    await look(waiting, edited('two'));

    expect(types()).toEqual(['issue-edited', 'issue-edited']);
  });

  it('whose last status could not be shown shows it now, and then no more', async () => {
    const complete = sampleFixAtWork({ state: 'complete' });
    await look(complete);
    const before = thread.comments.size;
    await noteOwed({ effects }, complete.id);

    await look(complete);
    await look(complete);

    expect(before).toBe(0);
    expect([...thread.comments.values()].map(({ number }) => number)).toEqual([12, 13]);
    expect(thread.labels.get(12)).toEqual(['ai-fix:complete']);
  });
});
