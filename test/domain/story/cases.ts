import type { FixEvent } from '../../../src/domain/event.ts';
import type { Fix } from '../../../src/domain/fix-facts.ts';
import { limits, moneyPatienceMs } from '../../../src/domain/next.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';
import type { WaitReason } from '../../../src/domain/wait.ts';
import {
  sampleCandidate,
  sampleFailing,
  sampleFixAtWork,
  sampleGround,
  samplePullRequest,
  sampleRecipe,
  sampleRecipeRun,
  sampleTestsRun,
  sampleTicket,
  sha,
} from '../../support/sample-fix.ts';
import { nowMs } from './situations.ts';

export interface Case {
  readonly event: FixEvent;
  /** Counters that the case is about. */
  readonly facts?: Partial<Fix>;
}

const judged = (verdict: 'passed' | 'failed' | 'void', attempt = 1): FixEvent => ({
  type: 'judged',
  attempt,
  verdict,
  results: [],
  reason: '',
  feedback: '',
});
const reviewed = (opinion: 'accept' | 'send-back' | 'veto', attempt = 1): FixEvent => ({
  type: 'reviewed',
  attempt,
  opinion,
  feedback: '',
});
export const short = {
  type: 'money-short',
  shortage: {
    purse: 'repository-day',
    limit: 'usd',
    amount: 20,
    spent: 19.9,
    held: 0.1,
    waitsFor: 'others',
    endsAtMs: nowMs,
  },
  atMs: nowMs,
  retryInMs: 15_000,
} as const satisfies FixEvent;
const noMoney: FixEvent = { ...short, shortage: { ...short.shortage, waitsFor: 'period' } };
const budgetReached: FixEvent = { type: 'budget-reached', limit: 'usd' };
const noModel: FixEvent = { type: 'faulted', of: 'models', reason: 'no model can be asked' };
const outage: FixEvent = { type: 'outage', of: 'models', reason: 'no model answers', retryInMs: 5_000 };
/** Fixers that were not to come first, before anything is written. */
const mayMend: Partial<Fix> = { attempt: 0, recipe: { ...sampleRecipe, isFirst: false } };
/** The newest patch is that of the fixers, and nobody has it yet. */
const ofFixers: Partial<Fix> = { attempt: 0, published: null, recipe: { ...sampleRecipe, end: { kind: 'patched' } } };
export const overdue = (waitingFor: WaitReason): FixEvent => ({ type: 'deadline-passed', waitingFor });

/** Every event there is, in every variant that the story tells apart. */
export const cases = {
  labelled: { event: { type: 'labelled', issue: sampleFixAtWork().issue, by: 'alice' } },
  'checks-failed': { event: { type: 'checks-failed', failing: sampleFailing } },
  'checks-changed': { event: { type: 'checks-changed' } },
  'checks-pending': { event: { type: 'checks-pending', againInMs: 7 } },
  'checks-repeated': { event: { type: 'checks-repeated', recheck: { runs: [], atMs: 0 }, againInMs: 7 } },
  'checks-diagnosed': { event: { type: 'checks-diagnosed', issue: sampleFixAtWork().issue } },
  'checks-recovered': { event: { type: 'checks-recovered', reason: 'flaky' } },
  'opened-for-words': {
    event: { type: 'opened-for-words', ticket: sampleTicket, ground: sampleGround, because: 'a fork' },
  },
  told: { event: { type: 'told', reason: 'told' } },
  delivered: { event: { type: 'delivered', sha: sha('c'), branch: 'main' } },
  refused: { event: { type: 'refused', reason: 'no sandbox', message: 'add one' } },
  opened: { event: { type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest } },
  'opened, with fixers that come first': {
    event: { type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest },
    facts: { recipe: sampleRecipe },
  },
  'recipe-dispatched': { event: { type: 'recipe-dispatched', ground: sampleGround, run: sampleRecipeRun } },
  'recipe-fruitless': { event: { type: 'recipe-fruitless', reason: 'they changed nothing' } },
  'run-finished, of the fixers': { event: { type: 'run-finished', runId: sampleRecipeRun.runId } },
  'outage, with fixers to call in': { event: outage, facts: mayMend },
  'outage of GitHub, with fixers to call in': { event: { ...outage, of: 'github' }, facts: mayMend },
  'outage, with a patch of the fixers': { event: outage, facts: ofFixers },
  'money-short, with fixers to call in': { event: noMoney, facts: mayMend },
  'money-short for a moment, with fixers to call in': { event: short, facts: mayMend },
  'budget-reached, with fixers to call in': { event: budgetReached, facts: mayMend },
  'faulted, no model can be asked, with fixers to call in': { event: noModel, facts: mayMend },
  'faulted, with fixers to call in': { event: { type: 'faulted', reason: 'a bug' }, facts: mayMend },
  'money-short, with a patch of the fixers': { event: noMoney, facts: ofFixers },
  'budget-reached, with a patch of the fixers': { event: budgetReached, facts: ofFixers },
  'faulted, no model can be asked, with a patch of the fixers': { event: noModel, facts: ofFixers },
  'faulted, with a patch of the fixers': { event: { type: 'faulted', reason: 'a bug' }, facts: ofFixers },
  'attempt-failed, of the fixers': {
    event: { type: 'attempt-failed', attempt: 0, ground: sampleGround, feedback: 'moved on' },
    facts: ofFixers,
  },
  'judged, passed, of the fixers': { event: judged('passed', 0), facts: ofFixers },
  'judged, passed, of the fixers, to be reviewed': {
    event: judged('passed', 0),
    facts: { ...ofFixers, policy: { ...defaultPolicy, fixers: { ...defaultPolicy.fixers, review: 'model' } } },
  },
  'judged, failed, of the fixers': { event: judged('failed', 0), facts: ofFixers },
  'judged, void, of the fixers': { event: judged('void', 0), facts: ofFixers },
  'judged, void too often, of the fixers': {
    event: judged('void', 0),
    facts: { ...ofFixers, voidRuns: limits.voidRuns - 1 },
  },
  'judged, failed, of the fixers after people have it': {
    event: judged('failed', 0),
    facts: { ...ofFixers, published: sha('c') },
  },
  'reviewed, accept, of the fixers': { event: reviewed('accept', 0), facts: ofFixers },
  'reviewed, send-back, of the fixers': { event: reviewed('send-back', 0), facts: ofFixers },
  'reviewed, veto, of the fixers': { event: reviewed('veto', 0), facts: ofFixers },
  'reopened, where fixers worked': {
    event: { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest },
    facts: { halted: 'harvest' },
  },
  planned: { event: { type: 'planned', digest: 'digest', waitsBecause: null } },
  'planned, gate closed': { event: { type: 'planned', digest: 'digest', waitsBecause: 'the ticket is large' } },
  approved: { event: { type: 'approved', by: 'bob', digest: 'digest' } },
  'approved, another plan': { event: { type: 'approved', by: 'bob', digest: 'another' } },
  'attempt-started': { event: { type: 'attempt-started', attempt: 2 } },
  rejected: { event: { type: 'rejected', by: 'bob', why: 'too wide' } },
  'plan-asked': { event: { type: 'plan-asked', by: 'bob', notes: null } },
  'revision-asked': { event: { type: 'revision-asked', by: 'bob', what: 'rename it' } },
  'rebase-asked': { event: { type: 'rebase-asked', by: 'bob' } },
  'retry-asked': { event: { type: 'retry-asked', by: 'bob' } },
  'resume-asked': { event: { type: 'resume-asked', by: 'bob' } },
  'budget-changed': { event: { type: 'budget-changed', by: 'bob', budget: { usd: 9 } } },
  'review-submitted': { event: { type: 'review-submitted', review: 5, by: 'bob' } },
  'words-changed': { event: { type: 'words-changed', reason: 'rita edited the issue', words: 'w' } },
  'revision-begun': {
    event: { type: 'revision-begun', ground: sampleGround, feedback: 'rename it', threads: [], reviews: [] },
  },
  'left-alone': { event: { type: 'left-alone', note: null } },
  moved: { event: { type: 'moved', ground: sampleGround } },
  'moved too often': { event: { type: 'moved', ground: sampleGround }, facts: { moves: limits.moves } },
  reopened: { event: { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest } },
  'reopened, where a patch was written': {
    event: { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest },
    facts: { halted: 'attempt' },
  },
  'reopened, where a run was judged': {
    event: { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest },
    facts: { halted: 'judge' },
  },
  'reopened, where it was complete': {
    event: { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest },
    facts: { halted: 'propose', published: sampleCandidate.sha },
  },
  'reopened, where a revision began': {
    event: { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest },
    facts: { halted: 'revise' },
  },
  reminded: { event: { type: 'reminded' } },
  'proposed, with a review to answer': { event: { type: 'proposed', sha: sha('c') }, facts: { pendingReviews: [5] } },
  'planned, documents left': {
    event: {
      type: 'planned',
      digest: 'digest',
      waitsBecause: 'asked for',
      document: 'requirements',
      settles: ['requirements'],
      isPartial: true,
    },
  },
  'approved, documents left': {
    event: { type: 'approved', by: 'bob', digest: 'digest' },
    facts: { isPlanPartial: true },
  },
  'reproduction-begun': { event: { type: 'reproduction-begun', number: 1 } },
  'reproduction-dispatched': {
    event: { type: 'reproduction-dispatched', ground: sampleGround, run: sampleTestsRun, base: null },
  },
  reproduced: {
    event: { type: 'reproduced', reproduced: { tests: [], runUrl: '', digest: 'd', base: sha('a') } },
  },
  'reproduction-failed': { event: { type: 'reproduction-failed', ground: sampleGround, feedback: '' } },
  'reproduction-failed for the last time': {
    event: { type: 'reproduction-failed', ground: sampleGround, feedback: '' },
    facts: {
      reproduction: { failures: limits.reproductions - 1, feedback: '', run: null, base: null, end: null },
    },
  },
  'reproduction-void': { event: { type: 'reproduction-void', reason: 'cancelled' } },
  'reproduction-void too often': {
    event: { type: 'reproduction-void', reason: 'cancelled' },
    facts: { voidRuns: limits.voidRuns - 1 },
  },
  unreproducible: { event: { type: 'unreproducible', reason: 'it needs a printer' } },
  'partly-passed': { event: { type: 'partly-passed', attempt: 1, results: [], word: '' } },
  'run-finished, of the tests that come first': { event: { type: 'run-finished', runId: sampleTestsRun.runId } },
  asked: { event: { type: 'asked', gate: 'patch', digest: 'digest', reasons: ['a manifest'], words: null } },
  patched: { event: { type: 'patched', attempt: 1, asks: [] } },
  'attempt-failed': { event: { type: 'attempt-failed', attempt: 1, ground: sampleGround, feedback: 'moved on' } },
  'validation-started': {
    event: { type: 'validation-started', attempt: 1, ground: sampleGround, candidate: sampleCandidate },
  },
  'run-finished': { event: { type: 'run-finished', runId: sampleCandidate.runId } },
  'run-finished, another': { event: { type: 'run-finished', runId: 1 } },
  'still-running': { event: { type: 'still-running', remainingMs: 5_000 } },
  'judged, passed': { event: judged('passed') },
  'judged, failed': { event: judged('failed') },
  'judged, void': { event: judged('void') },
  'judged, void too often': { event: judged('void'), facts: { voidRuns: limits.voidRuns - 1 } },
  'reviewed, accept': { event: reviewed('accept') },
  'reviewed, send-back': { event: reviewed('send-back'), facts: { sendBacks: limits.sendBacks - 1 } },
  'reviewed, send-back too often': { event: reviewed('send-back'), facts: { sendBacks: limits.sendBacks } },
  'reviewed, veto': { event: reviewed('veto') },
  proposed: { event: { type: 'proposed', sha: sha('c') } },
  merged: { event: { type: 'pull-request-closed', isMerged: true, by: 'bob' } },
  closed: { event: { type: 'pull-request-closed', isMerged: false, by: 'bob' } },
  'stop-requested': { event: { type: 'stop-requested', by: 'bob', reason: 'bob asked for it' } },
  'budget-reached': { event: { type: 'budget-reached', limit: 'usd' } },
  outage: { event: outage },
  'outage too often': { event: outage, facts: { outages: limits.outages - 1 } },
  faulted: { event: { type: 'faulted', reason: 'GitHub said no' } },
  'overdue, approval': { event: overdue('approval') },
  'overdue, run': { event: overdue('run') },
  'overdue, outage': { event: overdue('outage') },
  'money-short': { event: short },
  'money-short, after more than a month': {
    event: { ...short, atMs: moneyPatienceMs + 1 },
    facts: { shortage: { ...short.shortage, sinceMs: 0 } },
  },
  'overdue, money': { event: overdue('money') },
  'overdue, outage, with fixers called in': { event: overdue('outage'), facts: { recipe: sampleRecipe } },
  'overdue, merge': { event: overdue('merge') },
  'overdue, checks': { event: overdue('checks') },
  'farewell-said': { event: { type: 'farewell-said' } },
} satisfies Record<string, Case>;
export type CaseName = keyof typeof cases;
