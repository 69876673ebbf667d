import { threadOf } from '../../domain/fix-facts.ts';
import { putComment } from '../../steps/put-comment.ts';
import { reminderText } from '../../thread/gate-text.ts';
import type { RunBurst } from '../burst.ts';

/** The one reminder of a gate that nobody has opened yet, in the thread where it stands. */
export const remind: RunBurst = async ({ fix, ports, step }) => {
  const { id, repository, gate } = fix;
  const number = fix.pullRequest?.number ?? threadOf(fix);
  if (number === null) return { type: 'reminded' };
  const key = `reminder-${gate?.digest.slice(0, 12) ?? ''}`;
  await step('remind', () => putComment(ports, { fix: id, repository, number, key, text: reminderText(fix) }));
  return { type: 'reminded' };
};
