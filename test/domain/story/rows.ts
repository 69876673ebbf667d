import { deadlines } from '../../../src/domain/next.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';
import type { CaseName } from './cases.ts';
import { day } from './situations.ts';

const { approvalDays, reminderDays, staleDays } = defaultPolicy.patience;

/** `state`, `state + burst` or `state, waits <reason> <ms>`. */
export type Expected = string;

const stays = (state: string): Expected => `${state}, keeps waiting`;
const asks = (days = reminderDays): Expected => `awaiting-approval, waits approval ${days * day}`;
export const finished = `complete, waits merge ${staleDays * day}`;

export type Row = { [Name in CaseName]?: Expected | undefined };

/** At work, whatever the state. */
export const work = (state: string): Row => ({
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
export const moneyThere = (state: string, burst: string): Row => ({
  'overdue, money': `${state} + ${burst}`,
  'retry-asked': `${state} + ${burst}`,
});
export const outageOver = (state: string, burst: string): Row => ({
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
export const created: Row = {
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
export const planning: Row = {
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
export const awaiting: Row = {
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
export const approved: Row = {
  ...work('approved'),
  ...steered,
  'attempt-started': 'in-progress',
  'reproduction-begun': 'in-progress',
};
export const inProgress: Row = {
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
export const seenFirst: Row = {
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
export const review: Row = {
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
export const rest = (state: string): Row => ({
  'farewell-said': state,
  outage: `${state}, waits outage 5000`,
  'outage, with fixers to call in': `${state}, waits outage 5000`,
  'outage of GitHub, with fixers to call in': `${state}, waits outage 5000`,
  'outage, with a patch of the fixers': `${state}, waits outage 5000`,
});
/** An end that a person may take back. */
export const resumable = (state: string, next = 'in-progress + reopen'): Row => ({
  ...rest(state),
  'resume-asked': next,
  'retry-asked': next,
  'budget-changed': stays(state),
});
