import { opinionText } from '../../domain/review.ts';
import { reviewPatch } from '../../steps/review-patch.ts';
import type { RunBurst } from '../burst.ts';
import { attemptOf, groundOf } from './facts.ts';

/** A second model reads the whole diff. It may send the patch back or veto it; it never approves a merge. */
export const review: RunBurst = async ({ fix, ports, step, signal }) => {
  const patch = await attemptOf(ports, fix);
  const talk = await step('review the patch', () => reviewPatch(ports, fix, patch, groundOf(fix), signal));
  switch (talk.kind) {
    case 'superseded':
      return null;
    case 'event':
      return talk.event;
    case 'fruitless':
      return { type: 'faulted', of: 'models', reason: `the review came to no end: ${talk.reason}` };
    case 'finished':
      await step('keep the review', () => ports.attempts.put(fix.id, { ...patch, review: talk.result }));
      return {
        type: 'reviewed',
        attempt: patch.number,
        opinion: talk.result.verdict,
        feedback: opinionText(talk.result),
      };
  }
};
