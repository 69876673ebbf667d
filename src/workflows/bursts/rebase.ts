import { putComment } from '../../steps/put-comment.ts';
import { conflictFeedback, moveOnto, pathsChanged, standOn } from '../../steps/settle-ground.ts';
import type { RunBurst } from '../burst.ts';
import { attemptOf, groundOf, pullRequestOf } from './facts.ts';

/** Brings the patch onto the newest commit of its base branch; what changed underneath is written anew. */
export const rebase: RunBurst = async ({ fix, ports, step }) => {
  const ground = groundOf(fix);
  const patch = await attemptOf(ports, fix);
  const { standing, newest } = await step('look where the branches stand', async () => ({
    standing: await standOn(ports, fix, ground),
    newest: await ports.commits.tipOf(fix.repository, `refs/heads/${ground.baseBranch}`),
  }));
  if (standing === null) return { type: 'faulted', reason: `the branch \`${ground.branch}\` is gone` };
  if (newest === null) return { type: 'faulted', reason: `the branch \`${ground.baseBranch}\` is gone` };
  const isPublished = fix.published !== null;
  // A revision that is under way goes on, whatever becomes of the rebase.
  const isIdle = isPublished && fix.revision === null;
  if (newest === standing.base && isIdle) return { type: 'left-alone', note: null };
  if (standing.isShared === true && isPublished) {
    const note = `\`${standing.branch}\` holds commits that are not ai-fix's, so it is not rebased. Merge \`${standing.baseBranch}\` into it by hand (the button "Update branch").`;
    const { number } = pullRequestOf(fix);
    const key = `rebase-${newest.slice(0, 12)}`;
    await step('say why not', () =>
      putComment(ports, { fix: fix.id, repository: fix.repository, number, key, text: note }),
    );
    if (isIdle) return { type: 'left-alone', note };
  }
  const moved = await step('move onto the newest base', () =>
    newest === standing.base ? Promise.resolve(standing) : moveOnto(ports, fix, standing, newest),
  );
  const stand = moved ?? standing;
  const paths = await step('look for conflicts', () => pathsChanged(ports, fix, patch, stand.base));
  if (paths.length === 0) return { type: 'moved', ground: stand };
  return { type: 'attempt-failed', attempt: patch.number, ground: stand, feedback: conflictFeedback(paths) };
};
