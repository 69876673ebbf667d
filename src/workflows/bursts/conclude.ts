import { answerThreads } from '../../steps/answer-threads.ts';
import { cancelRuns } from '../../steps/dispatch-validation.ts';
import { putAbandoned, putFarewell } from '../../steps/put-completion.ts';
import { tellOnCommit } from '../../steps/tell-people.ts';
import { deleteCandidateRefs, deleteMerged, reconcile, withdraw } from '../../steps/tidy-up.ts';
import type { RunBurst } from '../burst.ts';

/** The end, whichever it is: nothing runs on, nothing is left lying about, and the thread says what happened. */
export const conclude: RunBurst = async ({ fix, ports, step }) => {
  await step('cancel the runs', () => cancelRuns(ports, fix, 'all'));
  const isWithdrawn = fix.state === 'stopped' || fix.state === 'expired' || fix.pullRequest === null;
  if (isWithdrawn) await step('withdraw', () => withdraw(ports, fix));
  if (fix.state === 'abandoned' && fix.pullRequest !== null) {
    const { number } = fix.pullRequest;
    await step('say what was tried', () => putAbandoned(ports, fix, number));
  }
  if (fix.pullRequest !== null) {
    const { number } = fix.pullRequest;
    const why = `the work ended: ${fix.epilogue ?? 'no reason was recorded'}`;
    await step('answer the threads', () => answerThreads(ports, fix, number, why));
    if (fix.state === 'expired') await step('say farewell', () => putFarewell(ports, fix, number));
    if (fix.state === 'archived') await step('delete the merged branch', () => deleteMerged(ports, fix));
  }
  await step('tell it on the commit', () => tellOnCommit(ports, fix));
  await step('delete the candidate refs', () => deleteCandidateRefs(ports, fix));
  await step('reconcile', () => reconcile(ports, fix));
  return { type: 'farewell-said' };
};
