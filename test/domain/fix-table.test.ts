import { describe, expect, it } from 'vitest';
import type { EventType, FixEvent, GateKind, WaitReason } from '../../src/domain/event.ts';
import { advance } from '../../src/domain/fix.ts';
import { type Fix, fixStates, type Reproduction } from '../../src/domain/fix-facts.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { deadlines, limits, moneyPatienceMs, type Next } from '../../src/domain/turning-points.ts';
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
} from '../support/sample-fix.ts';

const nowMs = 50_000;
const day = 24 * 60 * 60_000;
const { approvalDays, reminderDays, staleDays } = defaultPolicy.patience;
const waits = (reason: WaitReason): Partial<Fix> => ({ wait: { for: reason, untilMs: nowMs } });

const gate = (kind: GateKind): Partial<Fix> => ({ gate: { kind, digest: 'digest', reasons: [], words: null } });

const unopened: Partial<Fix> = { ground: null, pullRequest: null, candidate: null };

/** Of a bug, where reports tell tests by name, before there is a patch. */
function testFirst(facts: Partial<Reproduction> = {}): Partial<Fix> {
  const reproduction = { failures: 0, feedback: null, run: null, base: null, end: null, ...facts };
  return { candidate: null, attempt: 0, keepsReports: true, reproduction };
}

/** Everywhere a fix can stand: its state, and what it waits for there. */
const situations = {
  created: { state: 'created', ...unopened },
  'created, outage': { state: 'created', burst: 'open', ...waits('outage'), ...unopened },
  'created, checks': { state: 'created', burst: 'diagnose', ...waits('checks'), ...unopened },
  'created, run of the fixers': {
    state: 'created',
    burst: 'mend',
    ...waits('run'),
    candidate: null,
    attempt: 0,
    recipe: { ...sampleRecipe, run: sampleRecipeRun },
  },
  planning: { state: 'planning', candidate: null },
  'planning, a bug with test reports': { state: 'planning', ...testFirst() },
  'awaiting-approval, a bug with test reports': {
    state: 'awaiting-approval',
    ...waits('approval'),
    ...gate('plan'),
    ...testFirst(),
  },
  'approved, a bug with test reports': { state: 'approved', ...testFirst() },
  'planning, outage': { state: 'planning', burst: 'plan', ...waits('outage') },
  'planning, money': { state: 'planning', burst: 'plan', ...waits('money') },
  'created, money': { state: 'created', burst: 'open', ...waits('money'), ...unopened },
  'in-progress, money': { state: 'in-progress', burst: 'attempt', ...waits('money') },
  'review, money': { state: 'review', burst: 'review', ...waits('money') },
  'awaiting-approval': { state: 'awaiting-approval', ...waits('approval'), ...gate('plan') },
  'awaiting-approval, reminded': {
    state: 'awaiting-approval',
    ...waits('approval'),
    ...gate('plan'),
    isReminded: true,
  },
  'awaiting-approval, outage': {
    state: 'awaiting-approval',
    burst: 'ask-again',
    ...waits('outage'),
    gate: { kind: 'plan', digest: 'digest', reasons: [], words: null, isVoid: true },
  },
  'awaiting-approval of the words': {
    state: 'awaiting-approval',
    ...waits('approval'),
    ...gate('input'),
    ground: null,
    pullRequest: null,
    candidate: null,
  },
  'awaiting-approval of the patch': { state: 'awaiting-approval', ...waits('approval'), ...gate('patch') },
  approved: { state: 'approved' },
  'approved, outage': { state: 'approved', burst: 'attempt', ...waits('outage') },
  'in-progress': { state: 'in-progress' },
  'in-progress, only to be told': { state: 'in-progress', pullRequest: null, wordsBecause: 'a fork' },
  'in-progress, run': { state: 'in-progress', ...waits('run') },
  'in-progress, a bug that is seen failing first': { state: 'in-progress', ...testFirst() },
  'in-progress, run of the test that comes first': {
    state: 'in-progress',
    ...waits('run'),
    ...testFirst({ run: sampleTestsRun }),
  },
  'in-progress, outage of the test that comes first': {
    state: 'in-progress',
    burst: 'reproduce',
    ...waits('outage'),
    ...testFirst(),
  },
  'in-progress, outage': { state: 'in-progress', burst: 'attempt', ...waits('outage') },
  'in-progress, after a patch that was sent back': { state: 'in-progress', feedback: 'a test fails', sendBacks: 1 },
  'in-progress, of a revision': { state: 'in-progress', published: sha('b'), revision: 'rename it', hasOrders: true },
  review: { state: 'review' },
  'review, outage': { state: 'review', burst: 'review', ...waits('outage') },
  'review, of a revision': { state: 'review', published: sha('b') },
  complete: { state: 'complete', published: sha('c'), ...waits('merge') },
  archived: { state: 'archived' },
  stopped: { state: 'stopped' },
  'stopped, only to be told': { state: 'stopped', pullRequest: null, wordsBecause: 'a fork' },
  'stopped, of checks, before anything was opened': {
    state: 'stopped',
    origin: { kind: 'checks', failing: sampleFailing },
    ...unopened,
  },
  'stopped, before anything was opened': { state: 'stopped', ...unopened },
  abandoned: { state: 'abandoned' },
  'abandoned, outage': { state: 'abandoned', burst: 'conclude', ...waits('outage') },
  expired: { state: 'expired' },
} satisfies Record<string, Partial<Fix>>;
type Situation = keyof typeof situations;

interface Case {
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
const short = {
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
const overdue = (waitingFor: WaitReason): FixEvent => ({ type: 'deadline-passed', waitingFor });

/** Every event there is, in every variant that the story tells apart. */
const cases = {
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
type CaseName = keyof typeof cases;

/** `state`, `state + burst` or `state, waits <reason> <ms>`. */
type Expected = string;

const stays = (state: string): Expected => `${state}, keeps waiting`;
const asks = (days = reminderDays): Expected => `awaiting-approval, waits approval ${days * day}`;
const finished = `complete, waits merge ${staleDays * day}`;

type Row = { [Name in CaseName]?: Expected | undefined };

/** At work, whatever the state. */
const work = (state: string): Row => ({
  merged: 'archived + conclude',
  closed: 'stopped + conclude',
  'stop-requested': 'stopped + conclude',
  'budget-reached': 'abandoned + conclude',
  faulted: 'abandoned + conclude',
  'money-short': `${state}, waits money 15000`,
  'money-short, after more than a month': 'expired + conclude',
  outage: `${state}, waits outage 5000`,
  'outage, with fixers to call in': `${state}, waits outage 5000`,
  'outage of GitHub, with fixers to call in': `${state}, waits outage 5000`,
  'outage, with a patch of the fixers': `${state}, waits outage 5000`,
  'money-short, with fixers to call in': `${state}, waits money 15000`,
  'money-short for a moment, with fixers to call in': `${state}, waits money 15000`,
  'budget-reached, with fixers to call in': 'abandoned + conclude',
  'faulted, no model can be asked, with fixers to call in': 'abandoned + conclude',
  'faulted, with fixers to call in': 'abandoned + conclude',
  'money-short, with a patch of the fixers': `${state}, waits money 15000`,
  'budget-reached, with a patch of the fixers': 'abandoned + conclude',
  'faulted, no model can be asked, with a patch of the fixers': 'abandoned + conclude',
  'faulted, with a patch of the fixers': 'abandoned + conclude',
  'outage too often': 'abandoned + conclude',
  'budget-changed': stays(state),
  'review-submitted': stays(state),
});
/** Nothing is written yet, so what no model can do fixers may. */
const callsIn: Row = {
  'outage, with fixers to call in': 'created + open',
  'money-short, with fixers to call in': 'created + open',
  'budget-reached, with fixers to call in': 'created + open',
  'faulted, no model can be asked, with fixers to call in': 'created + open',
};
const moneyThere = (state: string, burst: string): Row => ({
  'overdue, money': `${state} + ${burst}`,
  'retry-asked': `${state} + ${burst}`,
});
const outageOver = (state: string, burst: string): Row => ({
  'overdue, outage': `${state} + ${burst}`,
  'overdue, outage, with fixers called in': `${state} + ${burst}`,
  'retry-asked': `${state} + ${burst}`,
});
/** What people may order once there is a pull request. */
const steered: Row = {
  'plan-asked': 'planning + plan',
  'revision-asked': 'in-progress + attempt',
  'rebase-asked': 'in-progress + rebase',
};
const created: Row = {
  ...work('created'),
  labelled: 'created + open',
  refused: 'stopped + conclude',
  asked: asks(),
  opened: 'planning + plan',
  'checks-failed': 'created + diagnose',
  'checks-pending': 'created, waits checks 7',
  'checks-repeated': 'created, waits checks 7',
  'checks-diagnosed': 'created + open',
  'checks-recovered': 'archived + conclude',
  'opened-for-words': 'planning + plan',
  'opened, with fixers that come first': 'created + mend',
  ...callsIn,
  'recipe-dispatched': `created, waits run ${deadlines.run}`,
  'recipe-fruitless': 'created + open',
  'still-running': 'created, waits run 5000',
  patched: 'in-progress + validate',
};
const planning: Row = {
  ...work('planning'),
  ...steered,
  ...callsIn,
  'revision-asked': 'planning + plan',
  refused: 'stopped + conclude',
  told: 'archived + conclude',
  planned: 'approved + attempt',
  'planned, gate closed': asks(),
  'planned, documents left': asks(),
};
delete planning['rebase-asked'];
const awaiting: Row = {
  ...work('awaiting-approval'),
  ...steered,
  // Not past a plan that nobody approved.
  'rebase-asked': undefined,
  'revision-asked': 'planning + plan',
  approved: 'approved + attempt',
  'approved, documents left': 'planning + plan',
  rejected: 'planning + plan',
  'words-changed': 'awaiting-approval + ask-again',
  asked: asks(),
  reminded: asks(approvalDays - reminderDays),
  'overdue, approval': 'awaiting-approval + remind',
};
const approved: Row = {
  ...work('approved'),
  ...steered,
  'attempt-started': 'in-progress',
  'reproduction-begun': 'in-progress',
};
const inProgress: Row = {
  ...work('in-progress'),
  ...steered,
  'reproduction-begun': 'in-progress',
  'reproduction-dispatched': `in-progress, waits run ${deadlines.run}`,
  reproduced: 'in-progress + attempt',
  'reproduction-failed': 'in-progress + attempt',
  'reproduction-failed for the last time': 'in-progress + attempt',
  'reproduction-void': 'in-progress + attempt',
  'reproduction-void too often': 'in-progress + attempt',
  unreproducible: 'in-progress + attempt',
  'partly-passed': 'in-progress + attempt',
  'attempt-started': 'in-progress',
  patched: 'in-progress + validate',
  told: 'archived + conclude',
  'attempt-failed': 'in-progress + attempt',
  'validation-started': `in-progress, waits run ${deadlines.run}`,
  'still-running': 'in-progress, waits run 5000',
  'judged, passed': 'review + review',
  'judged, failed': 'in-progress + attempt',
  'judged, void': 'in-progress + validate',
  'judged, void too often': 'abandoned + conclude',
  'revision-begun': 'in-progress + attempt',
  moved: 'in-progress + validate',
  'moved too often': 'abandoned + conclude',
  'attempt-failed, of the fixers': 'created + open',
  'judged, passed, of the fixers': 'review + propose',
  'judged, passed, of the fixers, to be reviewed': 'review + review',
  'judged, failed, of the fixers': 'created + open',
  'judged, void, of the fixers': 'in-progress + validate',
  'judged, void too often, of the fixers': 'created + open',
  'judged, failed, of the fixers after people have it': 'in-progress + attempt',
  'reopened, where fixers worked': 'created + open',
  reopened: 'planning + plan',
  'reopened, where a patch was written': 'in-progress + attempt',
  'reopened, where a run was judged': 'in-progress + validate',
  'reopened, where it was complete': finished,
  'reopened, where a revision began': 'in-progress + revise',
};
/** The same before there is a patch: whatever leads to one leads to the test that comes first. */
const seenFirst: Row = {
  ...inProgress,
  'revision-asked': 'in-progress + reproduce',
  'rebase-asked': undefined,
  'reproduction-failed': 'in-progress + reproduce',
  'reproduction-void': 'in-progress + reproduce',
  'judged, failed': 'in-progress + reproduce',
  'judged, failed, of the fixers after people have it': 'in-progress + reproduce',
  'reopened, where a patch was written': 'in-progress + reproduce',
  'reopened, where it was complete': 'in-progress + validate',
};
const review: Row = {
  ...work('review'),
  ...steered,
  'reviewed, accept': 'review + propose',
  asked: asks(),
  'reviewed, send-back': 'in-progress + attempt',
  'reviewed, send-back too often': 'review + propose',
  'reviewed, veto': 'abandoned + conclude',
  'attempt-failed': 'in-progress + attempt',
  moved: 'in-progress + validate',
  'moved too often': 'abandoned + conclude',
  proposed: finished,
  delivered: 'archived + conclude',
  'attempt-failed, of the fixers': 'created + open',
  'outage, with a patch of the fixers': 'review + propose',
  'money-short, with a patch of the fixers': 'review + propose',
  'budget-reached, with a patch of the fixers': 'review + propose',
  'faulted, no model can be asked, with a patch of the fixers': 'review + propose',
  'reviewed, accept, of the fixers': 'review + propose',
  'reviewed, send-back, of the fixers': 'created + open',
  'reviewed, veto, of the fixers': 'created + open',
  'proposed, with a review to answer': 'in-progress + revise',
};

/** The farewell may meet an outage too; after too many it is left unsaid. */
const rest = (state: string): Row => ({
  'farewell-said': state,
  outage: `${state}, waits outage 5000`,
  'outage, with fixers to call in': `${state}, waits outage 5000`,
  'outage of GitHub, with fixers to call in': `${state}, waits outage 5000`,
  'outage, with a patch of the fixers': `${state}, waits outage 5000`,
});
/** An end that a person may take back. */
const resumable = (state: string, next = 'in-progress + reopen'): Row => ({
  ...rest(state),
  'resume-asked': next,
  'retry-asked': next,
  'budget-changed': stays(state),
});

/** What stands nowhere here means nothing there, and changes nothing. */
const table: Readonly<Record<Situation, Row>> = {
  created,
  'created, checks': { ...created, 'checks-changed': 'created + diagnose', 'overdue, checks': 'created + diagnose' },
  'created, run of the fixers': {
    ...created,
    'run-finished, of the fixers': 'created + harvest',
    'overdue, run': 'created + harvest',
    opened: 'created + mend',
  },
  'created, outage': { ...created, ...outageOver('created', 'open') },
  planning,
  'planning, a bug with test reports': { ...planning, planned: 'approved + reproduce' },
  'awaiting-approval, a bug with test reports': { ...awaiting, approved: 'approved + reproduce' },
  'approved, a bug with test reports': {
    ...approved,
    'rebase-asked': undefined,
    'revision-asked': 'in-progress + reproduce',
  },
  'planning, money': { ...planning, ...moneyThere('planning', 'plan') },
  'created, money': { ...created, ...moneyThere('created', 'open') },
  'in-progress, money': { ...inProgress, 'rebase-asked': undefined, ...moneyThere('in-progress', 'attempt') },
  'review, money': { ...review, ...moneyThere('review', 'review') },
  'planning, outage': {
    ...planning,
    ...outageOver('planning', 'plan'),
  },
  'awaiting-approval': awaiting,
  'awaiting-approval, reminded': {
    ...awaiting,
    'planned, gate closed': undefined,
    'overdue, approval': 'expired + conclude',
  },
  'awaiting-approval, outage': {
    ...awaiting,
    approved: undefined,
    'approved, documents left': undefined,
    'overdue, approval': undefined,
    ...outageOver('awaiting-approval', 'ask-again'),
  },
  'awaiting-approval of the words': {
    ...awaiting,
    approved: 'created + open',
    'approved, documents left': 'created + open',
    rejected: 'stopped + conclude',
    'plan-asked': undefined,
    'revision-asked': undefined,
    'rebase-asked': undefined,
  },
  'awaiting-approval of the patch': {
    ...awaiting,
    approved: 'review + propose',
    'approved, documents left': 'review + propose',
    rejected: 'in-progress + attempt',
    'revision-asked': 'in-progress + attempt',
    'rebase-asked': 'in-progress + rebase',
    'words-changed': 'review + propose',
  },
  approved,
  'approved, outage': { ...approved, 'rebase-asked': undefined, ...outageOver('approved', 'attempt') },
  'in-progress': inProgress,
  'in-progress, only to be told': {
    ...inProgress,
    patched: 'in-progress + tell',
    'plan-asked': undefined,
    'revision-asked': undefined,
  },
  'in-progress, run': {
    ...inProgress,
    'run-finished': 'in-progress + judge',
    'overdue, run': 'in-progress + judge',
  },
  'in-progress, a bug that is seen failing first': seenFirst,
  'in-progress, run of the test that comes first': {
    ...seenFirst,
    'run-finished, of the tests that come first': 'in-progress + observe',
    'overdue, run': 'in-progress + observe',
  },
  'in-progress, outage of the test that comes first': { ...seenFirst, ...outageOver('in-progress', 'reproduce') },
  'in-progress, outage': { ...inProgress, 'rebase-asked': undefined, ...outageOver('in-progress', 'attempt') },
  'in-progress, after a patch that was sent back': inProgress,
  'in-progress, of a revision': { ...inProgress, 'left-alone': finished },
  review,
  'review, outage': { ...review, ...outageOver('review', 'review') },
  'review, of a revision': review,
  complete: {
    ...work('complete'),
    outage: undefined,
    'outage, with fixers to call in': undefined,
    'outage of GitHub, with fixers to call in': undefined,
    'outage, with a patch of the fixers': undefined,
    'outage too often': undefined,
    'money-short': undefined,
    'money-short, after more than a month': undefined,
    'money-short, with fixers to call in': undefined,
    'money-short for a moment, with fixers to call in': undefined,
    'money-short, with a patch of the fixers': undefined,
    'review-submitted': 'in-progress + revise',
    'revision-asked': 'in-progress + revise',
    'rebase-asked': 'in-progress + rebase',
    'overdue, merge': 'expired + conclude',
  },
  archived: rest('archived'),
  stopped: resumable('stopped'),
  'stopped, only to be told': resumable('stopped', 'planning + plan'),
  'stopped, of checks, before anything was opened': resumable('stopped', 'created + diagnose'),
  'stopped, before anything was opened': resumable('stopped', 'created + open'),
  abandoned: { ...resumable('abandoned'), merged: 'archived + conclude' },
  'abandoned, outage': {
    ...resumable('abandoned'),
    merged: 'archived + conclude',
    'overdue, outage': 'abandoned + conclude',
    'overdue, outage, with fixers called in': 'abandoned + conclude',
  },
  expired: resumable('expired'),
};

const say = ({ state, burst, wait, keepsWait }: Next): Expected =>
  `${state}${burst === undefined ? '' : ` + ${burst}`}${wait === undefined ? '' : `, waits ${wait.for} ${wait.ms}`}${keepsWait === true ? ', keeps waiting' : ''}`;

const names = Object.keys(cases) as CaseName[];

describe('the story of a fix', () => {
  it('has a situation for every state and a case for every event', () => {
    const everyEvent: Record<EventType, true> = {
      labelled: true,
      rejected: true,
      'plan-asked': true,
      'revision-asked': true,
      'rebase-asked': true,
      'retry-asked': true,
      'resume-asked': true,
      'budget-changed': true,
      'review-submitted': true,
      'words-changed': true,
      'revision-begun': true,
      'left-alone': true,
      moved: true,
      reopened: true,
      reminded: true,
      'checks-failed': true,
      'checks-changed': true,
      'checks-pending': true,
      'checks-repeated': true,
      'checks-diagnosed': true,
      'checks-recovered': true,
      'recipe-dispatched': true,
      'recipe-fruitless': true,
      'opened-for-words': true,
      told: true,
      delivered: true,
      refused: true,
      opened: true,
      planned: true,
      approved: true,
      asked: true,
      'reproduction-begun': true,
      'reproduction-dispatched': true,
      reproduced: true,
      'reproduction-failed': true,
      'reproduction-void': true,
      unreproducible: true,
      'partly-passed': true,
      'attempt-started': true,
      patched: true,
      'attempt-failed': true,
      'validation-started': true,
      'run-finished': true,
      judged: true,
      'still-running': true,
      reviewed: true,
      proposed: true,
      'pull-request-closed': true,
      'stop-requested': true,
      'budget-reached': true,
      outage: true,
      'money-short': true,
      faulted: true,
      'deadline-passed': true,
      'farewell-said': true,
    };

    const states = Object.values(situations).map((situation) => situation.state);
    const events = names.map((name) => cases[name].event.type);

    expect(new Set(states)).toEqual(new Set(fixStates));
    expect(new Set(events)).toEqual(new Set(Object.keys(everyEvent)));
  });

  it.each(Object.keys(table) as Situation[])(
    'goes on from "%s" as the table says, and on nothing else',
    (situation) => {
      const advancedBy = names.map((name) => {
        const { event, facts = {} }: Case = cases[name];
        const fix = sampleFixAtWork({ ...situations[situation], ...facts });
        const advanced = advance(fix, event, nowMs);
        return [name, advanced === null ? 'nothing' : say(advanced.next)];
      });

      const expected = names.map((name) => [name, table[situation][name] ?? 'nothing']);
      expect(Object.fromEntries(advancedBy)).toEqual(Object.fromEntries(expected));
    },
  );

  it('keeps why it waits with everything after which it waits on', () => {
    const waiting = sampleFixAtWork({
      ...situations['in-progress, money'],
      shortage: { ...short.shortage, sinceMs: 7 },
      outages: 3,
    });

    const kept = names
      .map((name) => advance({ ...waiting, ...(cases[name] as Case).facts, outages: 3 }, cases[name].event, nowMs))
      .filter((advanced) => advanced?.next.keepsWait === true);

    expect(kept.length).toBeGreaterThan(1);
    for (const advanced of kept)
      expect(advanced?.fix).toMatchObject({ wait: waiting.wait, shortage: waiting.shortage, outages: 3 });
  });

  it('lets nobody who is away ask for more than an hour', () => {
    const fix = sampleFixAtWork({ state: 'planning' });

    const advanced = advance(fix, { type: 'outage', of: 'github', reason: 'busy', retryInMs: 1e13 }, nowMs);

    expect(advanced?.fix.wait).toEqual({ for: 'outage', untilMs: nowMs + 60 * 60_000 });
  });

  it('turns the length of a wait into a moment', () => {
    const fix = sampleFixAtWork({ state: 'planning' });

    const advanced = advance(fix, cases['planned, gate closed'].event, nowMs);

    expect(advanced?.fix.wait).toEqual({ for: 'approval', untilMs: nowMs + reminderDays * day });
  });

  it('does not let a deadline that was read before an approval take the attempt away', () => {
    const waiting = sampleFixAtWork(situations['awaiting-approval']);
    const approved = advance(waiting, cases.approved.event, nowMs)?.fix;
    const writing = approved && advance(approved, cases['attempt-started'].event, nowMs)?.fix;

    const late = writing && advance(writing, overdue('approval'), nowMs + 1);

    expect(writing?.state).toBe('in-progress');
    expect(late).toBeNull();
  });
});
