import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FixEvent, WaitReason } from '../../src/domain/event.ts';
import { advance } from '../../src/domain/fix.ts';
import { type BurstKind, type Fix, isOver, reproductionNumber, reviveFix } from '../../src/domain/fix-facts.ts';
import { awaitedRun, limits, runsOf } from '../../src/domain/turning-points.ts';
import {
  sampleCandidate,
  sampleFailing,
  sampleFix,
  sampleFixAtWork,
  sampleGround,
  sampleIssue,
  samplePullRequest,
  sampleRecipeRun,
  sampleTestsRun,
  sampleTicket,
  sha,
} from '../support/sample-fix.ts';

const number = fc.integer({ min: 1, max: 5 });
const text = fc.string({ maxLength: 8 });
const event = (type: FixEvent['type'], fields: Record<string, fc.Arbitrary<unknown>> = {}): fc.Arbitrary<FixEvent> =>
  fc.record({ type: fc.constant(type), ...fields }) as fc.Arbitrary<FixEvent>;

/** Any event whatever, whether or not it makes sense where it arrives. */
const anyEvent: fc.Arbitrary<FixEvent> = fc.oneof(
  event('labelled', { issue: fc.constant(sampleIssue), by: text }),
  event('refused', { reason: text, message: text }),
  event('opened', {
    ticket: fc.constant(sampleTicket),
    ground: fc.constant(sampleGround),
    pullRequest: fc.constant(samplePullRequest),
    keepsReports: fc.boolean(),
  }),
  event('planned', { digest: fc.constantFrom('a', 'b'), waitsBecause: fc.option(text) }),
  event('approved', { by: text, digest: fc.constantFrom('a', 'b') }),
  event('reproduction-begun', { number }),
  event('reproduction-dispatched', {
    ground: fc.constant(sampleGround),
    run: fc.constant(sampleTestsRun),
    base: fc.constant(null),
  }),
  event('reproduced', {
    reproduced: fc.record({
      tests: fc.constant([]),
      runUrl: text,
      digest: fc.constantFrom('a', 'b'),
      base: fc.constant(sha('a')),
    }),
  }),
  event('reproduction-failed', { ground: fc.constant(sampleGround), feedback: text }),
  event('reproduction-void', { reason: text }),
  event('unreproducible', { reason: text }),
  event('partly-passed', { attempt: number, results: fc.constant([]), word: text }),
  event('attempt-started', { attempt: number }),
  event('patched', { attempt: number, asks: fc.constant([]) }),
  event('asked', {
    gate: fc.constantFrom('input', 'patch'),
    digest: fc.constantFrom('a', 'b'),
    reasons: fc.constant([]),
    words: fc.option(text),
  }),
  event('attempt-failed', { attempt: number, ground: fc.constant(sampleGround), feedback: text }),
  event('validation-started', {
    attempt: number,
    ground: fc.constant(sampleGround),
    candidate: fc.record({
      sha: fc.constant(sha('c')),
      runId: number,
      runUrl: text,
      dispatchedAtMs: fc.constant(0),
    }),
  }),
  event('run-finished', { runId: number }),
  event('judged', {
    attempt: number,
    verdict: fc.constantFrom('passed', 'failed', 'void'),
    results: fc.constant([]),
    reason: text,
    feedback: text,
  }),
  event('still-running', { remainingMs: fc.nat(60_000) }),
  event('reviewed', { attempt: number, opinion: fc.constantFrom('accept', 'send-back', 'veto'), feedback: text }),
  event('proposed', { sha: fc.constant(sha('c')) }),
  event('outage', { of: fc.constantFrom('models', 'github', 'ai-fix'), reason: text, retryInMs: fc.nat(60_000) }),
  event('deadline-passed', { waitingFor: fc.constantFrom('approval', 'run', 'outage', 'merge') }),
  event('farewell-said'),
  event('rejected', { by: text, why: text }),
  event('plan-asked', { by: text, notes: fc.option(text) }),
  event('revision-asked', { by: text, what: text }),
  event('rebase-asked', { by: text }),
  event('retry-asked', { by: text }),
  event('resume-asked', { by: text }),
  event('budget-changed', { by: text, budget: fc.record({ attempts: number }) }),
  event('review-submitted', { review: number, by: text }),
  event('words-changed', { reason: text, words: fc.option(text) }),
  event('revision-begun', {
    ground: fc.constant(sampleGround),
    feedback: text,
    threads: fc.constant([]),
    reviews: fc.constant([]),
  }),
  event('left-alone', { note: fc.constant(null) }),
  event('moved', { ground: fc.constant(sampleGround) }),
  event('reopened', { ground: fc.constant(sampleGround), pullRequest: fc.constant(samplePullRequest) }),
  event('reminded'),
);

/** Rarer, for each of these ends the walk. */
const anyEnd: fc.Arbitrary<FixEvent> = fc.oneof(
  event('stop-requested', { by: text, reason: text }),
  event('budget-reached', { limit: fc.constantFrom('usd', 'tokens', 'attempts', 'minutes') }),
  event('faulted', { reason: text }),
  event('pull-request-closed', { isMerged: fc.boolean(), by: text }),
);

const anyHistory = fc.array(
  fc.record({
    event: fc.oneof({ weight: 30, arbitrary: anyEvent }, { weight: 1, arbitrary: anyEnd }),
    passedMs: fc.nat(100_000),
  }),
  { maxLength: 120 },
);

/** Every change along a history: the fix before and after it, and when it came. */
function changesOf(history: readonly { event: FixEvent; passedMs: number }[], start: Fix = sampleFix()) {
  const changes: {
    before: Fix;
    after: Fix;
    event: FixEvent;
    nowMs: number;
    hasBurst: boolean;
    hasWait: boolean;
    keepsWait: boolean;
  }[] = [];
  let fix = start;
  let nowMs = fix.createdAtMs;
  for (const step of history) {
    nowMs += step.passedMs;
    const advanced = advance(fix, step.event, nowMs);
    if (advanced === null) continue;
    const { burst, wait, keepsWait = false } = advanced.next;
    changes.push({
      before: fix,
      after: advanced.fix,
      event: step.event,
      nowMs,
      hasBurst: burst !== undefined,
      hasWait: wait !== undefined,
      keepsWait,
    });
    fix = advanced.fix;
  }
  return changes;
}

const holdsAlways = (check: (changes: ReturnType<typeof changesOf>) => void): void =>
  fc.assert(fc.property(anyHistory, (history) => check(changesOf(history))));

describe('whatever happens to a fix, in any order', () => {
  it('it comes back from an end only when a person says so, and never from a merge', () => {
    holdsAlways((changes) => {
      for (const { before, after, event, hasBurst } of changes.filter((change) => isOver(change.before.state))) {
        if (event.type === 'resume-asked' || event.type === 'retry-asked') {
          expect(before.state).not.toBe('archived');
          continue;
        }
        // Somebody merged what was given up.
        if (event.type === 'pull-request-closed') {
          expect([before.state, after.state]).toEqual(['abandoned', 'archived']);
          continue;
        }
        expect(after.state).toBe(before.state);
        expect(hasBurst).toBe(event.type === 'deadline-passed' && before.wait?.for === 'outage');
      }
    });
  });

  it('it never wants a burst and waits at the same time', () => {
    holdsAlways((changes) => {
      for (const { before, after, hasBurst, hasWait, keepsWait } of changes) {
        expect(hasBurst && hasWait).toBe(false);
        if (!keepsWait) expect(after.wait !== null).toBe(hasWait);
        else expect(after.wait).toBe(before.wait);
      }
    });
  });

  it('its attempts are counted upwards only', () => {
    holdsAlways((changes) => {
      for (const { before, after } of changes) expect(after.attempt).toBeGreaterThanOrEqual(before.attempt);
    });
  });

  it('runs without a verdict, send-backs and outages stay within their limits while work goes on', () => {
    holdsAlways((changes) => {
      for (const { after } of changes.filter((change) => !isOver(change.after.state))) {
        expect(after.voidRuns).toBeLessThan(limits.voidRuns);
        expect(after.sendBacks).toBeLessThanOrEqual(limits.sendBacks);
        expect(after.outages).toBeLessThan(limits.outages);
      }
    });
  });

  it('who ordered it, what was ordered and under which policy never change, but for the budget', () => {
    holdsAlways((changes) => {
      for (const { before, after } of changes) {
        const { id, repository, issue, requester, createdAtMs } = before;
        const { budget: _before, ...policy } = before.policy;
        expect(after).toMatchObject({ id, repository, issue, requester, policy, createdAtMs });
      }
    });
  });
});

/** How each burst may end, as src/workflows/bursts says; `pick` chooses. */
const endings: Readonly<Record<BurstKind, (fix: Fix, pick: number) => FixEvent>> = {
  diagnose: (_fix, pick) => ({
    type: 'checks-diagnosed',
    issue: sampleIssue,
    ...(pick % 4 === 0 ? {} : { recipe: { fixers: ['format'], isFirst: pick % 2 === 1 } }),
  }),
  mend: (_fix, pick) =>
    pick % 4 === 2
      ? { type: 'recipe-fruitless', reason: 'r' }
      : { type: 'recipe-dispatched', ground: sampleGround, run: sampleRecipeRun },
  harvest: (_fix, pick) =>
    pick % 4 === 2 ? { type: 'recipe-fruitless', reason: 'r' } : { type: 'patched', attempt: 0, asks: [] },
  tell: () => ({ type: 'told', reason: 'r' }),
  open: (_fix, pick) =>
    pick % 5 === 0
      ? { type: 'outage', of: 'models', reason: '', retryInMs: 1 }
      : {
          type: 'opened',
          ticket: sampleTicket,
          ground: sampleGround,
          pullRequest: samplePullRequest,
          keepsReports: pick % 2 === 0,
        },
  plan: (_fix, pick) =>
    pick % 5 === 0
      ? { type: 'outage', of: 'models', reason: '', retryInMs: 1 }
      : { type: 'planned', digest: 'a', waitsBecause: pick % 5 === 1 ? 'it is large' : null },
  reproduce: (_fix, pick) =>
    pick % 5 === 0
      ? { type: 'outage', of: 'models', reason: '', retryInMs: 1 }
      : pick % 5 === 1
        ? { type: 'unreproducible', reason: 'r' }
        : pick % 5 === 2
          ? { type: 'reproduction-failed', ground: sampleGround, feedback: '' }
          : { type: 'reproduction-dispatched', ground: sampleGround, run: sampleTestsRun, base: null },
  observe: (_fix, pick) =>
    pick % 3 === 0
      ? { type: 'reproduced', reproduced: { tests: [], runUrl: '', digest: 'd', base: sha('a') } }
      : pick % 3 === 1
        ? { type: 'reproduction-failed', ground: sampleGround, feedback: '' }
        : { type: 'reproduction-void', reason: 'r' },
  attempt: (fix, pick) =>
    pick % 5 === 0
      ? { type: 'outage', of: 'models', reason: '', retryInMs: 1 }
      : pick % 5 === 1
        ? { type: 'attempt-failed', attempt: fix.attempt, ground: sampleGround, feedback: '' }
        : { type: 'patched', attempt: fix.attempt, asks: [] },
  validate: (fix, pick) =>
    pick % 5 === 0
      ? { type: 'attempt-failed', attempt: fix.attempt, ground: sampleGround, feedback: '' }
      : { type: 'validation-started', attempt: fix.attempt, ground: sampleGround, candidate: sampleCandidate },
  judge: (fix, pick) =>
    pick % 7 === 6
      ? { type: 'partly-passed', attempt: fix.attempt, results: [], word: '' }
      : {
          type: 'judged',
          attempt: fix.attempt,
          verdict: (['passed', 'failed', 'void'] as const)[pick % 3] ?? 'void',
          results: [],
          reason: '',
          feedback: '',
        },
  review: (fix, pick) =>
    pick % 5 === 0
      ? { type: 'outage', of: 'models', reason: '', retryInMs: 1 }
      : {
          type: 'reviewed',
          attempt: fix.attempt,
          opinion: (['accept', 'send-back', 'veto'] as const)[pick % 3] ?? 'veto',
          feedback: '',
        },
  propose: (_fix, pick) =>
    pick % 5 === 0
      ? { type: 'asked', gate: 'patch', digest: 'a', reasons: [], words: null }
      : { type: 'proposed', sha: sha('c') },
  revise: (_fix, pick) =>
    pick % 3 === 0
      ? { type: 'left-alone', note: null, reviews: _fix.pendingReviews }
      : { type: 'revision-begun', ground: sampleGround, feedback: 'f', threads: [], reviews: _fix.pendingReviews },
  rebase: () => ({ type: 'moved', ground: sampleGround }),
  'ask-again': () => ({ type: 'asked', gate: 'plan', digest: 'a', reasons: [], words: null }),
  remind: () => ({ type: 'reminded' }),
  reopen: () => ({ type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest }),
  conclude: () => ({ type: 'farewell-said' }),
};

const beginsAnew = (fix: Fix, attempts: number): FixEvent =>
  attempts > fix.policy.budget.attempts
    ? { type: 'budget-reached', limit: 'attempts' }
    : { type: 'attempt-started', attempt: attempts };

/** Lets bursts end and deadlines pass, and nothing come from outside; how many bursts it took to come to rest. */
function walk(
  picks: readonly number[],
  first: FixEvent = { type: 'labelled', issue: sampleIssue, by: 'alice' },
): { readonly rest: Fix; readonly bursts: number } {
  let fix = sampleFix();
  let nowMs = 0;
  let wanted: BurstKind | undefined;
  let bursts = 0;
  let isAttemptOpen = false;
  const tell = (event: FixEvent) => {
    const advanced = advance(fix, event, nowMs);
    if (advanced === null) throw new TypeError(`${event.type} means nothing in ${fix.state}, so the fix would hang`);
    fix = advanced.fix;
    wanted = advanced.next.burst;
  };
  tell(first);
  while (wanted !== undefined || fix.wait !== null) {
    nowMs += 1;
    if (wanted === undefined && fix.wait !== null) {
      nowMs = fix.wait.untilMs;
      const waitingFor: WaitReason = fix.wait.for;
      tell({ type: 'deadline-passed', waitingFor });
      continue;
    }
    if (wanted === undefined) break;
    const kind: BurstKind = wanted;
    bursts += 1;
    if (kind === 'attempt') {
      tell(beginsAnew(fix, isAttemptOpen ? fix.attempt : fix.attempt + 1));
      if (isOver(fix.state)) continue;
    }
    if (kind === 'reproduce') tell({ type: 'reproduction-begun', number: 1 });
    const ending = endings[kind](fix, picks[bursts % picks.length] ?? 0);
    if (kind === 'attempt') isAttemptOpen = ending.type === 'outage';
    tell(ending);
    if (bursts > 1_000) break;
  }
  return { rest: fix, bursts };
}

const checksFail: FixEvent = { type: 'checks-failed', failing: sampleFailing };
const anyFirst = fc.constantFrom<FixEvent>(checksFail, { type: 'labelled', issue: sampleIssue, by: 'alice' });

describe('a fix that is left alone', () => {
  it('comes to rest, however its bursts end', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(29), { minLength: 1, maxLength: 40 }), anyFirst, (picks, first) => {
        const { rest, bursts } = walk(picks, first);

        expect(isOver(rest.state)).toBe(true);
        expect(bursts).toBeLessThan(200);
      }),
      { numRuns: 500 },
    );
  });

  it('rests as expired when everything goes well and nobody merges', () => {
    const { rest, bursts } = walk([3]);

    expect(rest).toMatchObject({ state: 'expired', attempt: 1, pullRequest: { isDraft: false } });
    expect(bursts).toBe(8);
  });

  it('rests with a patch of fixers that pass, and no attempt was made', () => {
    const { rest, bursts } = walk([3], checksFail);

    expect(rest).toMatchObject({ state: 'expired', attempt: 0, recipe: { end: { kind: 'patched' } } });
    expect(bursts).toBe(8);
  });

  it('has its test seen failing first where reports are kept', () => {
    const { rest, bursts } = walk([18]);

    expect(rest).toMatchObject({ state: 'expired', reproduction: { end: { kind: 'reproduced' } } });
    expect(bursts).toBe(10);
  });
});

describe('the facts that a fix remembers', () => {
  const at = (fix: Fix, ...events: FixEvent[]): Fix =>
    events.reduce((sum, happened) => advance(sum, happened, 2_000)?.fix ?? sum, fix);

  it('a refusal keeps the reason for people and what they can do about it', () => {
    const fix = at(sampleFix(), { type: 'refused', reason: 'the repository is empty', message: 'Push a commit.' });

    expect(fix).toMatchObject({ state: 'stopped', epilogue: 'the repository is empty', advice: 'Push a commit.' });
  });

  it('a new validation forgets the results of the last one', () => {
    const results = [{ check: 'test', jobId: 1, conclusion: 'failure', failedSteps: [] }];
    const candidate = { ...sampleCandidate, runId: 100 };

    const fix = at(sampleFixAtWork({ results }), {
      type: 'validation-started',
      attempt: 1,
      ground: sampleGround,
      candidate,
    });

    expect(fix).toMatchObject({ results: [], candidate: { runId: 100 } });
  });

  it('a run without a verdict teaches the debugger nothing', () => {
    const judgedVoid = {
      type: 'judged',
      attempt: 1,
      verdict: 'void',
      results: [],
      reason: 'cancelled',
      feedback: '',
    } as const;

    const fix = at(sampleFixAtWork({ feedback: 'the last failure' }), judgedVoid);

    expect(fix).toMatchObject({ feedback: 'the last failure', voidRuns: 1, epilogue: 'cancelled' });
  });

  it('a patch starts the count of runs without a verdict anew', () => {
    const fix = at(sampleFixAtWork({ voidRuns: 2 }), { type: 'patched', attempt: 1, asks: [] });

    expect(fix.voidRuns).toBe(0);
  });

  it.each([
    ['usd', /\$5\.00/],
    ['tokens', /3,000,000 tokens/],
    ['attempts', /4 attempts/],
    ['minutes', /60 minutes/],
  ] as const)('a budget of %s that is spent is named with its limit', (limit, words) => {
    const fix = at(sampleFixAtWork(), { type: 'budget-reached', limit });

    expect(fix.epilogue).toMatch(words);
  });

  it.each([
    [
      'in-progress',
      { isShare: true },
      'the money limit of $5.00 is reached, but for the part that is kept for the work after this',
    ],
    [
      'review',
      {},
      'the money limit of $5.00 is reached; the patch passed the checks, but could not be reviewed any more',
    ],
  ] as const)('a budget that ends in %s says what it means there', (state, facts, words) => {
    const fix = at(sampleFixAtWork({ state }), { type: 'budget-reached', limit: 'usd', ...facts });

    expect(fix.epilogue).toBe(words);
  });

  it('a proposal leaves no trace of earlier troubles', () => {
    const fix = at(sampleFixAtWork({ state: 'review', epilogue: 'no model answered' }), {
      type: 'proposed',
      sha: sha('c'),
    });

    expect(fix).toMatchObject({ state: 'complete', epilogue: null, pullRequest: { isDraft: false } });
  });

  it('an approval of something else than what the gate shows opens nothing and is not kept', () => {
    const gate = { kind: 'patch', digest: 'shown', reasons: [], words: null } as const;
    const waiting = sampleFixAtWork({ state: 'awaiting-approval', gate });

    const wrong = advance(waiting, { type: 'approved', by: 'bob', digest: 'another' }, 2_000);
    const right = at(waiting, { type: 'approved', by: 'bob', digest: 'shown' });

    expect(wrong).toBeNull();
    expect(right).toMatchObject({ gate: null, approvals: [{ gate: 'patch', digest: 'shown', by: 'bob' }] });
  });

  it('an approval confirms the words of the issue that stood there when it was asked for', () => {
    const gate = { kind: 'input', digest: 'd', reasons: [], words: 'words of now' } as const;

    const fix = at(sampleFix({ state: 'awaiting-approval', gate }), { type: 'approved', by: 'bob', digest: 'd' });

    expect(fix).toMatchObject({ state: 'created', confirmedWords: 'words of now' });
  });

  it('a new patch forgets what the last one asked about; its verdict adds to it', () => {
    const old = sampleFixAtWork({ asks: [{ path: 'old', why: 'old' }] });
    const judged = {
      type: 'judged',
      attempt: 1,
      verdict: 'passed',
      results: [],
      reason: '',
      feedback: '',
      asks: [{ path: 'the checks', why: 'lost a test' }],
    } as const;

    const fix = at(old, { type: 'patched', attempt: 1, asks: [{ path: 'package.json', why: 'a manifest' }] }, judged);

    expect(fix.asks).toEqual([
      { path: 'package.json', why: 'a manifest' },
      { path: 'the checks', why: 'lost a test' },
    ]);
  });

  const planWaits = { type: 'planned', digest: 'd', waitsBecause: 'asked for' } as const;
  const revise = { type: 'revision-asked', by: 'bob', what: 'rename it' } as const;

  it('a plan that was rejected is written anew, whatever was ordered of the patch before', () => {
    const planned = at(sampleFixAtWork(), revise, { type: 'plan-asked', by: 'bob', notes: null }, planWaits);

    const rejected = advance(planned, { type: 'rejected', by: 'bob', why: 'too wide' }, 2_000);
    const revised = advance(planned, revise, 2_000);

    expect(planned).toMatchObject({ state: 'awaiting-approval', gate: { kind: 'plan' } });
    expect([rejected?.next.burst, revised?.next.burst]).toEqual(['plan', 'plan']);
  });

  it('a rebase walks past no plan that nobody approved', () => {
    const planned = at(sampleFixAtWork(), { type: 'plan-asked', by: 'bob', notes: null }, planWaits);

    expect(advance(planned, { type: 'rebase-asked', by: 'bob' }, 2_000)).toBeNull();
  });

  const complete = sampleFixAtWork({ state: 'complete', burst: 'propose', attempt: 4, published: sha('c') });

  it('attempts after a rebase of the finished patch are counted anew', () => {
    const fix = at(complete, { type: 'rebase-asked', by: 'bob' });

    expect(fix).toMatchObject({ state: 'in-progress', attempt: 4, attemptsBefore: 4 });
  });

  it('a finished fix that is stopped and resumed is finished again, however it came to be', () => {
    const stop = { type: 'stop-requested', by: 'bob', reason: '' } as const;
    const reopened = { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest } as const;

    const fix = at({ ...complete, burst: 'attempt' }, stop, { type: 'resume-asked', by: 'bob' }, reopened);

    expect(fix).toMatchObject({ state: 'complete', wait: { for: 'merge' } });
  });

  it('a pull request that is about to be opened again is no news when it is closed', () => {
    const stopped = sampleFixAtWork({ state: 'stopped', burst: 'conclude', halted: 'attempt' });
    const resumed = at(stopped, { type: 'resume-asked', by: 'bob' });

    expect(advance(resumed, { type: 'pull-request-closed', isMerged: false, by: 'bob' }, 2_000)).toBeNull();
    expect(at(resumed, { type: 'pull-request-closed', isMerged: true, by: 'bob' }).state).toBe('archived');
  });

  it('an order that comes while orders are gathered is gathered with them', () => {
    const gathering = at(complete, revise, { type: 'revision-asked', by: 'bob', what: 'and test it' });

    expect(gathering).toMatchObject({ state: 'in-progress', burst: 'revise', revision: null });
    expect(gathering.orders).toHaveLength(2);
  });

  it('what an older version finished is known to be on the branch', () => {
    const { published: _published, ...stored } = complete;

    expect(reviveFix(stored as Fix)).toMatchObject({
      published: sampleCandidate.sha,
      ground: { tip: sampleCandidate.sha },
    });
  });

  it('a fix that an older version wrote waits at the gate of its plan', () => {
    const { gate: _gate, approvals: _approvals, ...stored } = sampleFixAtWork({ state: 'awaiting-approval' });

    const fix = at(reviveFix(stored as Fix), { type: 'approved', by: 'bob', digest: 'digest' });

    expect(fix.state).toBe('approved');
  });

  it('a fix that an older version wrote knows no fixers', () => {
    const failing = sampleFix({ origin: { kind: 'checks', failing: sampleFailing } });
    const { recipe: _recipe, policy, ...stored } = failing;
    const { fixers: _fixers, ...older } = policy;

    const revived = reviveFix({ ...stored, policy: older } as unknown as Fix);
    const opened = at(revived, {
      ...{ type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest },
    });

    expect(revived).toMatchObject({ recipe: null, policy: { fixers: { when: 'auto' } } });
    expect(opened).toMatchObject({ state: 'planning', burst: 'plan' });
  });

  describe('of fixers', () => {
    const diagnosed: FixEvent = {
      type: 'checks-diagnosed',
      issue: sampleIssue,
      recipe: { fixers: ['format'], isFirst: true },
    };
    const opened: FixEvent = {
      ...{ type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest },
    };
    const dispatched: FixEvent = { type: 'recipe-dispatched', ground: sampleGround, run: sampleRecipeRun };
    const patched: FixEvent = { type: 'patched', attempt: 0, asks: [{ path: 'package.json', why: 'w' }] };
    const started: FixEvent = {
      ...{ type: 'validation-started', attempt: 0, ground: sampleGround, candidate: sampleCandidate },
    };
    const judgedOf = (verdict: 'passed' | 'failed'): FixEvent => ({
      ...{ type: 'judged', attempt: 0, verdict, results: [], reason: '', feedback: 'a test fails' },
    });
    const mended = at(sampleFix({ state: 'created' }), diagnosed, opened, dispatched, patched, started);

    it('a patch that passes is offered to people, as no attempt of the budget', () => {
      const fix = at(mended, judgedOf('passed'));

      expect(fix).toMatchObject({
        state: 'review',
        burst: 'propose',
        attempt: 0,
        recipe: { end: { kind: 'patched' } },
      });
    });

    it('a patch that fails is forgotten, so that models begin without it and without its log', () => {
      const fix = at(mended, judgedOf('failed'));

      expect(fix).toMatchObject({
        ...{ state: 'created', burst: 'open', feedback: null, candidate: null, asks: [], attempt: 0 },
        recipe: { end: { kind: 'none', reason: 'the checks fail with what they changed' } },
      });
      expect(at(fix, opened)).toMatchObject({ state: 'planning', burst: 'plan' });
    });

    it('their run is waited for by its number, whatever else ran before', () => {
      const waiting = at(sampleFix({ state: 'created', candidate: sampleCandidate }), diagnosed, opened, dispatched);

      expect(awaitedRun(waiting)).toMatchObject({ runId: sampleRecipeRun.runId });
      expect(runsOf(waiting).map(({ runId }) => runId)).toContain(sampleRecipeRun.runId);
      expect(at(waiting, { type: 'run-finished', runId: sampleRecipeRun.runId })).toMatchObject({ burst: 'harvest' });
    });

    it.each<[string, FixEvent]>([
      ['rejects', { type: 'rejected', by: 'bob', why: 'this is no bug of the formatter' }],
      ['wants to have changed', { type: 'revision-asked', by: 'bob', what: 'this is no bug of the formatter' }],
      ['wants a plan instead of', { type: 'plan-asked', by: 'bob', notes: 'this is no bug of the formatter' }],
    ])('a patch that a person %s is planned from the start, with their words', (_what, order) => {
      const question: FixEvent = { type: 'asked', gate: 'patch', digest: 'd', reasons: ['r'], words: null };
      const waiting = at(mended, judgedOf('passed'), question);

      const fix = at(waiting, order);

      expect(fix).toMatchObject({
        ...{ state: 'created', burst: 'open', gate: null, candidate: null, asks: [], revision: null },
        planNotes: [expect.stringContaining('this is no bug of the formatter')],
        recipe: { end: { kind: 'none', reason: 'a person wants another patch' } },
      });
      expect(at(fix, opened)).toMatchObject({ state: 'planning', burst: 'plan' });
    });

    it('a patch that people have is changed by the coder, on top of it', () => {
      const complete = at(mended, judgedOf('passed'), { type: 'proposed', sha: sampleCandidate.sha });

      const fix = at(complete, { type: 'revision-asked', by: 'bob', what: 'rename it' });

      expect(fix).toMatchObject({ burst: 'revise', recipe: { end: { kind: 'patched' } } });
    });

    it('only those that were sent to work have to report', () => {
      const fix = at(sampleFix({ state: 'created' }), diagnosed, opened, { ...dispatched, fixers: [] } as FixEvent);

      expect(fix.recipe?.fixers).toEqual([]);
    });

    it('an outage of the models calls them in once, before anything is planned', () => {
      const late: FixEvent = { ...diagnosed, recipe: { fixers: ['format'], isFirst: false } } as FixEvent;
      const away: FixEvent = { type: 'outage', of: 'models', reason: 'r', retryInMs: 60_000 };

      const planning = at(sampleFix({ state: 'created' }), late, opened);
      const calledIn = at(planning, away, opened);
      const waiting = at(calledIn, dispatched, { type: 'recipe-fruitless', reason: 'r' }, opened, away);

      expect(planning).toMatchObject({ state: 'planning', burst: 'plan' });
      expect(calledIn).toMatchObject({ state: 'created', burst: 'mend' });
      expect(waiting).toMatchObject({ state: 'planning', wait: { for: 'outage', untilMs: 62_000 } });
    });
  });

  it('a fix that an older version wrote goes on to its patch, without a test that comes first', () => {
    const plain = sampleFixAtWork({ state: 'planning', attempt: 0, candidate: null });
    const { keepsReports: _reports, reproduction: _none, chosenChecks: _checks, soFar: _soFar, ...stored } = plain;

    const advanced = advance(reviveFix(stored as Fix), { type: 'planned', digest: 'd', waitsBecause: null }, 2_000);

    expect(advanced?.next).toMatchObject({ state: 'approved', burst: 'attempt' });
  });

  const testFirst = sampleFixAtWork({ attempt: 0, candidate: null, keepsReports: true, burst: 'reproduce' });
  const dispatched: FixEvent = {
    type: 'reproduction-dispatched',
    ground: sampleGround,
    run: sampleTestsRun,
    base: null,
  };

  it('a test that was not seen failing teaches the next one, and the second ends the tries', () => {
    const first = at(testFirst, dispatched, {
      type: 'reproduction-failed',
      ground: sampleGround,
      feedback: 'it passes',
    });
    const second = at(first, dispatched, { type: 'reproduction-failed', ground: sampleGround, feedback: 'it passes' });

    expect(first.reproduction).toMatchObject({ failures: 1, feedback: 'it passes', run: null, end: null });
    expect(second.reproduction?.end).toMatchObject({ kind: 'none', reason: expect.stringContaining('in 2 tries') });
    expect(second).toMatchObject({ attempt: 0, attemptsBefore: 0 });
  });

  it('runs of the test without a verdict are repeated, and then it goes on without', () => {
    const empty: FixEvent = { type: 'reproduction-void', reason: 'it was cancelled' };

    const once = at(testFirst, dispatched, empty);
    const often = at(once, dispatched, empty, dispatched, empty);

    expect(once.reproduction).toMatchObject({ failures: 0, run: null, end: null });
    expect(often.reproduction?.end).toEqual({
      kind: 'none',
      reason: 'its runs gave no verdict: it was cancelled',
    });
    expect(often.voidRuns).toBe(0);
  });

  it('runs of the test that were cancelled by a stop are not waited for after it', () => {
    const stopped = at(testFirst, dispatched, { type: 'stop-requested', by: 'bob', reason: 'bob asked for it' });

    const again = at(
      stopped,
      { type: 'resume-asked', by: 'bob' },
      {
        type: 'reopened',
        ground: sampleGround,
        pullRequest: samplePullRequest,
      },
    );

    expect(again).toMatchObject({ state: 'in-progress', burst: 'reproduce', reproduction: { run: null } });
  });

  const seen: FixEvent = {
    type: 'reproduced',
    reproduced: { tests: [], runUrl: '', digest: 'd', base: sha('a') },
  };
  const replan: FixEvent = { type: 'plan-asked', by: 'bob', notes: 'in the other file' };
  const planned: FixEvent = { type: 'planned', digest: 'e', waitsBecause: null };

  it.each([
    ['while it is written', testFirst],
    ['while it runs', at(testFirst, dispatched)],
    ['once it was seen failing', at(testFirst, dispatched, seen)],
  ])('another plan makes the test that comes first void, %s', (_when, fix) => {
    const begun = at(fix, { type: 'reproduction-begun', number: 1 });

    const again = at(begun, replan, planned);

    expect(again).toMatchObject({ burst: 'reproduce', reproduction: { run: null, end: null } });
    expect(reproductionNumber(again)).toBe(2);
    expect(reproductionNumber(at(again, dispatched, replan, planned))).toBe(3);
  });

  it('an order before the first attempt makes the test void; a later one does not', () => {
    const begun = at(testFirst, { type: 'reproduction-begun', number: 1 }, dispatched);

    expect(reproductionNumber(at(begun, revise))).toBe(2);
    const writing = at(begun, seen, { type: 'attempt-started', attempt: 1 });
    expect(at(writing, revise).reproduction?.end).toMatchObject({ kind: 'reproduced' });
    expect(at(writing, replan).reproduction?.end).toBeNull();
  });

  it('why there is no test outlives another plan once there are attempts', () => {
    const none = at(testFirst, { type: 'unreproducible', reason: 'it needs a printer' });
    const writing = at(none, { type: 'attempt-started', attempt: 1 });

    expect(at(writing, replan).reproduction?.end).toEqual({ kind: 'none', reason: 'it needs a printer' });
  });

  it('a disputed patch that is resumed goes back to the person, not to the writer', () => {
    const sendBack: FixEvent = { type: 'reviewed', attempt: 3, opinion: 'send-back', feedback: 'leave the menu' };
    const disputed = at(sampleFixAtWork({ state: 'review', burst: 'review', sendBacks: limits.sendBacks }), sendBack, {
      type: 'asked',
      gate: 'patch',
      digest: 'd',
      reasons: ['the review'],
      words: null,
    });
    const expired = at({ ...disputed, isReminded: true }, { type: 'deadline-passed', waitingFor: 'approval' });

    const reviewedAgain = at(
      expired,
      { type: 'resume-asked', by: 'bob' },
      { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest },
      { type: 'validation-started', attempt: 3, ground: sampleGround, candidate: sampleCandidate },
      { type: 'run-finished', runId: sampleCandidate.runId },
      { type: 'judged', attempt: 3, verdict: 'passed', results: [], reason: '', feedback: '' },
      sendBack,
    );

    expect(expired.state).toBe('expired');
    expect(reviewedAgain).toMatchObject({ state: 'review', burst: 'propose' });
  });

  it('chosen checks that pass cost no attempt, a few times', () => {
    const partly = (attempt: number): FixEvent => ({
      type: 'partly-passed',
      attempt,
      results: [],
      word: 'unit passed',
    });
    const fix = sampleFixAtWork({ feedback: 'a test fails', chosenChecks: ['unit'] });

    const once = at(fix, partly(1));
    const often = at(once, partly(2), partly(3), partly(4));

    expect(once).toMatchObject({ attemptsBefore: 1, feedback: 'a test fails', soFar: 'unit passed', burst: 'attempt' });
    expect(often.attemptsBefore).toBe(limits.partial);
    expect(at(once, { type: 'patched', attempt: 2, asks: [] })).toMatchObject({ chosenChecks: null, soFar: null });
    // Whatever that attempt edited, nothing ran with it.
    const fruitless: FixEvent = { type: 'attempt-failed', attempt: 2, ground: sampleGround, feedback: 'stuck' };
    expect(at(once, fruitless)).toMatchObject({ feedback: 'stuck', soFar: null });
  });

  it('an event that means nothing leaves nothing behind', () => {
    const advanced = advance(sampleFix({ state: 'archived' }), { type: 'faulted', reason: 'too late' }, 2_000);

    expect(advanced).toBeNull();
  });
});
