import { beforeEach, describe, expect, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import { type Fix, subjectOfFix } from '../../src/domain/fix-facts.ts';
import type { DeliveryId, FixId } from '../../src/domain/ids.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import type { Actor } from '../../src/domain/who.ts';
import type { WantedCheckRun } from '../../src/ports/check-runs.ts';
import type { PolicyAnswer } from '../../src/ports/ports.ts';
import type { BeginAnswer } from '../../src/ports/stores.ts';
import { onChecksConcluded } from '../../src/workflows/signals/checks.ts';
import type { SignalOf } from '../../src/workflows/signals/outcome.ts';
import { type FakeChecks, fakeChecks, sampleOffer } from '../support/fake-checks.ts';
import { type FakeCommits, fakeCommits } from '../support/fake-commits.ts';
import { fakeOnboardings } from '../support/fake-onboardings.ts';
import { type FakeRepositoriesFacts, fakeRepositories } from '../support/fake-repositories.ts';
import { type FakeThread, fakeThread } from '../support/fake-thread.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import {
  sampleCheck,
  sampleFailing,
  sampleFix,
  samplePullRequest,
  sampleRepository,
  sha,
} from '../support/sample-fix.ts';

const failed = sha('f');
const newer = sha('e');
const watching = (checks: Partial<Policy['triggers']['failingChecks']>, more: Partial<Policy> = {}): Policy => ({
  ...defaultPolicy,
  triggers: { ...defaultPolicy.triggers, failingChecks: { ...defaultPolicy.triggers.failingChecks, ...checks } },
  ...more,
});
const concluded = (facts: Partial<SignalOf<'checks-concluded'>> = {}): SignalOf<'checks-concluded'> => ({
  type: 'checks-concluded',
  repository: sampleRepository,
  sha: failed,
  branches: ['main'],
  hasFailed: true,
  app: null,
  workflowPath: null,
  ...facts,
});
const alice: Actor = { login: 'alice', id: 3, isBot: false };

let answer: PolicyAnswer;
let checks: FakeChecks;
let commits: FakeCommits;
let thread: FakeThread;
let live: Fix | null;
let begun: BeginAnswer;
let began: Fix[];
let appended: { id: FixId; event: FixEvent }[];
let checkRuns: WantedCheckRun[];
let ignoredThreads: number[];
let repositories: FakeRepositoriesFacts;

beforeEach(() => {
  answer = { kind: 'valid', policy: watching({ branches: ['main'] }) };
  checks = fakeChecks();
  commits = fakeCommits();
  commits.refs.set('refs/heads/main', failed);
  commits.refs.set('refs/heads/topic', failed);
  commits.known.set(failed, { tree: sha('1'), parents: [], message: 'Break it' });
  commits.known.set(newer, { tree: sha('1'), parents: [failed], message: 'Break it more' });
  thread = fakeThread();
  live = null;
  begun = { kind: 'begun' };
  began = [];
  appended = [];
  checkRuns = [];
  ignoredThreads = [];
  repositories = {};
});

function tell(signal = concluded()) {
  const ports = portsForTest({
    policyOf: async () => answer,
    checks,
    commits,
    thread,
    repositories: fakeRepositories(repositories),
    onboardings: fakeOnboardings([]),
    pullRequests: { state: async () => 'open' },
    checkRuns: { put: async (_repository: unknown, check: WantedCheckRun) => void checkRuns.push(check) },
    ignoredThreads: { has: async (_repository: unknown, number: number) => ignoredThreads.includes(number) },
    fixes: {
      findLive: async (_repository: unknown, subject: string) =>
        live !== null && subjectOfFix(live) === subject ? live : null,
      find: async (id: FixId) => (live?.id === id ? live : null),
      begin: async (fix: Fix) => {
        began.push(fix);
        return begun;
      },
      append: async (id: FixId, event: FixEvent) => {
        appended.push({ id, event });
        return true;
      },
      take: async () => null,
    },
    ownLogin: async () => 'ai-fix[bot]',
    fixesPerHour: 100,
    now: () => 5_000,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return onChecksConcluded(ports, 'd-1' as DeliveryId, signal);
}

const liveFix = (facts: Partial<Fix> = {}): Fix =>
  sampleFix({ id: 'f-live' as FixId, origin: { kind: 'checks', failing: sampleFailing }, ...facts });

describe('a failure on a branch that is configured', () => {
  it('begins a fix in the name of the App, with the author of the commit beside it', async () => {
    expect(await tell()).toEqual({ kind: 'told', fix: began[0]?.id, stopped: null });
    expect(began).toMatchObject([
      {
        requester: 'ai-fix[bot]',
        issue: { number: 0, title: 'Failing checks on main at fffffff' },
        origin: { failing: { branch: 'main', sha: failed, orderedBy: null, author: { login: 'bob', id: 5 } } },
      },
    ]);
  });

  it('begins the same fix for the same commit, whatever tells of it', async () => {
    await tell();
    await tell(concluded({ app: 'circle-ci' }));

    expect(new Set(began.map(({ id }) => id)).size).toBe(1);
  });

  it.each<[string, () => void, Partial<SignalOf<'checks-concluded'>>]>([
    [
      'the configuration is not valid and there was none before',
      () => {
        answer = { kind: 'invalid', problems: [], lastValid: null };
      },
      {},
    ],
    [
      'ai-fix is switched off',
      () => {
        answer = { kind: 'valid', policy: watching({ branches: ['main'] }, { isEnabled: false }) };
      },
      {},
    ],
    ['the sandbox failed', () => undefined, { workflowPath: '.github/workflows/ai-fix-sandbox.yml' }],
    ['our own check failed', () => undefined, { app: 'ai-fix' }],
    ['nobody watches the branch', () => undefined, { branches: ['other'] }],
    ['the branch has moved on', () => void commits.refs.set('refs/heads/main', newer), {}],
    ['the commit is none of this repository', () => undefined, { branches: [] }],
  ])('begins nothing where %s', async (_why, arrange, facts) => {
    arrange();

    expect(await tell(concluded(facts))).toMatchObject({ kind: 'ignored' });
    expect(began).toEqual([]);
  });

  it('goes by the last valid configuration where the newest is not', async () => {
    answer = { kind: 'invalid', problems: ['no'], lastValid: watching({ branches: ['main'] }) };

    expect(await tell()).toMatchObject({ kind: 'told' });
  });

  it('is the one of the branch that ends there, of many that a status names', async () => {
    answer = { kind: 'valid', policy: watching({ branches: ['**'] }) };
    commits.refs.set('refs/heads/main', newer);

    await tell(concluded({ branches: ['main', 'topic'] }));

    expect(began).toMatchObject([{ origin: { failing: { branch: 'topic' } } }]);
  });

  it('is left to people where a fix put the commit there itself', async () => {
    commits.known.set(failed, { tree: sha('1'), parents: [], message: 'fix: it\n\nAi-Fix: f-live' });
    live = liveFix({ published: failed, origin: { kind: 'issue' } });

    expect(await tell()).toMatchObject({ kind: 'ignored' });
  });

  it('but a commit that only quotes the trailer is like any other', async () => {
    commits.known.set(failed, { tree: sha('1'), parents: [], message: 'Merge\n\nAi-Fix: f-other' });

    expect(await tell()).toMatchObject({ kind: 'told' });
  });
});

describe('while a fix of the branch is under way', () => {
  it('another failure of its commit wakes it where it waits for the checks', async () => {
    live = liveFix({ wait: { for: 'checks', untilMs: 9 } });

    expect(await tell()).toEqual({ kind: 'told', fix: live.id });
    expect(appended).toEqual([{ id: live.id, event: { type: 'checks-changed' } }]);
    expect(began).toEqual([]);
  });

  it('another failure of its commit says nothing to one that is at work', async () => {
    live = liveFix({ state: 'in-progress' });

    expect(await tell()).toMatchObject({ kind: 'ignored' });
    expect(appended).toEqual([]);
  });

  it('a newer commit that fails stops it with the reason and begins the next', async () => {
    live = liveFix({ state: 'in-progress' });
    commits.refs.set('refs/heads/main', newer);

    expect(await tell(concluded({ sha: newer }))).toMatchObject({ kind: 'told', stopped: live.id });

    expect(appended).toMatchObject([
      { id: live.id, event: { type: 'stop-requested', reason: expect.stringContaining('eeeeeee') } },
    ]);
    expect(began).toMatchObject([{ origin: { failing: { sha: newer } } }]);
  });

  it('a finished pull request is not thrown away for a newer commit that fails', async () => {
    live = liveFix({ state: 'complete' });
    commits.refs.set('refs/heads/main', newer);

    expect(await tell(concluded({ sha: newer }))).toMatchObject({ kind: 'ignored' });
    expect(appended).toEqual([]);
  });

  it('a newer green commit ends it, once all of its checks are green', async () => {
    live = liveFix({ state: 'complete', pullRequest: samplePullRequest });
    commits.refs.set('refs/heads/main', newer);
    const passed = { ...sampleCheck, state: 'passed' } as const;
    checks.commit = { checks: [passed, { ...sampleCheck, id: 2, name: 'slow', state: 'pending' }], runs: [] };
    const green = concluded({ sha: newer, hasFailed: false });

    expect(await tell(green)).toMatchObject({ kind: 'ignored' });
    checks.commit = { checks: [passed], runs: [] };
    expect(await tell(green)).toEqual({ kind: 'told', fix: live.id });
    expect(appended).toMatchObject([
      { event: { type: 'stop-requested', reason: 'the checks pass again, at eeeeeee' } },
    ]);
  });
});

describe('a failure of a pull request with the label', () => {
  const labelled = sampleOffer({ labels: ['ai-fix'] });
  const ofTopic = concluded({ branches: ['topic'] });

  it('begins a fix on the order of whoever labelled it', async () => {
    checks = fakeChecks({ offers: [labelled], labelledBy: alice });

    expect(await tell(ofTopic)).toMatchObject({ kind: 'told' });
    expect(began).toMatchObject([{ requester: 'alice', requesterId: 3, issue: { number: 31 } }]);
  });

  it.each<[string, Actor | null, () => void]>([
    [
      'the labeller may not start a fix',
      alice,
      () => {
        repositories = { standings: { alice: 'read' } };
      },
    ],
    ['GitHub does not tell who labelled it', null, () => undefined],
    ['a bot labelled it that is not on the list', { login: 'bot[bot]', id: 9, isBot: true }, () => undefined],
    ['somebody asked to leave it alone', alice, () => void ignoredThreads.push(31)],
  ])('begins nothing where %s', async (_why, labelledBy, arrange) => {
    checks = fakeChecks({ offers: [labelled], labelledBy });
    arrange();

    expect(await tell(ofTopic)).toMatchObject({ kind: 'ignored' });
    expect(began).toEqual([]);
  });

  it('says once in the thread that a day has had enough of it', async () => {
    checks = fakeChecks({ offers: [labelled], labelledBy: alice });
    begun = { kind: 'limited', by: 'subject' };

    await tell(ofTopic);
    await tell(ofTopic);

    expect([...thread.comments.values()].map(({ body }) => body)).toEqual([
      expect.stringContaining('3 times within a day'),
    ]);
  });
});

it('a branch that has had enough of it in a day is told on the commit', async () => {
  begun = { kind: 'limited', by: 'subject' };

  expect(await tell()).toMatchObject({ kind: 'ignored' });

  expect(checkRuns).toMatchObject([{ name: 'ai-fix', commit: failed, conclusion: 'neutral' }]);
  expect(checkRuns[0]?.summary).toContain('3 times within a day');
});
