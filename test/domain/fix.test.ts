import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import { advance } from '../../src/domain/fix.ts';
import { type Fix, isOver } from '../../src/domain/fix-facts.ts';
import { limits } from '../../src/domain/next.ts';
import {
  sampleFix,
  sampleGround,
  sampleIssue,
  samplePullRequest,
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
