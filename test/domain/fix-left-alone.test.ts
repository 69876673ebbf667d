import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import { advance } from '../../src/domain/fix.ts';
import { type BurstKind, type Fix, isOver } from '../../src/domain/fix-facts.ts';
import type { WaitReason } from '../../src/domain/wait.ts';
import {
  sampleCandidate,
  sampleFailing,
  sampleFix,
  sampleGround,
  sampleIssue,
  samplePullRequest,
  sampleRecipeRun,
  sampleTestsRun,
  sampleTicket,
  sha,
} from '../support/sample-fix.ts';

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
