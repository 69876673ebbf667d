import { gatherRevision } from '../../steps/gather-revision.ts';
import { standOn } from '../../steps/settle-ground.ts';
import type { RunBurst } from '../burst.ts';
import { groundOf, pullRequestOf } from './facts.ts';

/**
 * What people want changed of the finished patch becomes one revision: orders, review threads and review texts
 * together. The work goes on upon whatever is on the branch by now.
 */
export const revise: RunBurst = async ({ fix, ports, step, signal }) => {
  const ground = groundOf(fix);
  const { number } = pullRequestOf(fix);
  await step('wait until it is quiet', () => quiet(ports.pace.quietMs, signal));
  const standing = await step('look where the branch stands', () => standOn(ports, fix, ground));
  if (standing === null) return { type: 'faulted', reason: `the branch \`${ground.branch}\` is gone` };
  const found = await step('gather what is wanted', () => gatherRevision(ports, fix, number));
  if (found.text === '') return { type: 'left-alone', note: null, reviews: fix.pendingReviews };
  const { text: feedback, ...rest } = found;
  return { type: 'revision-begun', ground: standing, feedback, ...rest };
};

/** People comment one place after the other; what overtakes the burst ends the pause. */
const quiet = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
