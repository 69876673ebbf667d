import { putAbandoned } from '../../steps/put-completion.ts';
import { cancelRun, deleteCandidateRefs, reconcile } from '../../steps/tidy-up.ts';
import type { RunBurst } from '../burst.ts';
import { dispatchesOf } from './validate.ts';

/** The end, whichever it is: nothing runs on, nothing is left lying about, and the thread says what happened. */
export const conclude: RunBurst = async ({ fix, ports, step }) => {
  await step('cancel the run', () => cancelRun(ports, fix));
  if (fix.state === 'abandoned' && fix.pullRequest !== null) {
    const { number } = fix.pullRequest;
    await step('say what was tried', () => putAbandoned(ports, fix, number));
  }
  await step('delete the candidate refs', () => deleteCandidateRefs(ports, fix));
  await step('reconcile', async () => reconcile(ports, fix, await dispatchesOf(ports, fix)));
  return { type: 'farewell-said' };
};
