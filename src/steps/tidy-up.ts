import { z } from 'zod';
import { type Fix, threadOf } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';
import { cancelRuns } from './dispatch-validation.ts';
import { beforeAttempts, candidateRef } from './make-candidate.ts';
import { isStartOf } from './open-branch.ts';
import { removeDoubleComments } from './put-comment.ts';

/** Removes what a process that died between request and answer may have left twice. Idempotent. */
export async function reconcile(ports: Pick<Ports, 'thread' | 'effects' | 'sandbox'>, fix: Fix): Promise<void> {
  for (const number of new Set([threadOf(fix), fix.pullRequest?.number ?? null]))
    if (number !== null) await removeDoubleComments(ports, fix.id, fix.repository, number);
  await cancelRuns(ports, fix, 'doubles');
}

/**
 * Takes back what was opened for a fix that a person ended: the pull request is closed and the branch goes, unless it
 * holds a commit that is not ours. Idempotent.
 *
 * What was opened is read from the record and not only from the fix: a stop may come before its event.
 */
export async function withdraw(
  { pullRequests, commits, effects }: Pick<Ports, 'pullRequests' | 'commits' | 'effects'>,
  fix: Fix,
): Promise<void> {
  // The branch is somebody else's then: it is the one that fails.
  if (fix.wordsBecause !== null) return;
  const opened = openedSchema.parse((await effects.find(fix.id, 'opened')) ?? {});
  const branch = fix.ground?.branch ?? opened.branch;
  if (branch === undefined) return;
  const tip = await commits.tipOf(fix.repository, `refs/heads/${branch}`);
  if (fix.ground?.isShared === true || (tip !== null && !(await isKnownTip(commits, fix, tip)))) return;
  const pullRequest = fix.pullRequest?.number ?? opened.pullRequest;
  if (pullRequest !== undefined) await pullRequests.close(fix.repository, pullRequest);
  await commits.deleteRef(fix.repository, `refs/heads/${branch}`);
}

/** A commit of ours with nobody else's change in it. The trailer alone does not tell: an amended commit keeps it. */
async function isKnownTip(commits: Ports['commits'], fix: Fix, tip: Sha): Promise<boolean> {
  const ours = [fix.ground?.tip, fix.published, fix.candidate?.sha];
  return ours.includes(tip) || (await isStartOf(commits, fix, tip)) !== null;
}

/** The branch of a merged pull request, unless somebody works on in it. Idempotent; GitHub may have deleted it already. */
export async function deleteMerged({ commits }: Pick<Ports, 'commits'>, fix: Fix): Promise<void> {
  const ours = [fix.published, fix.candidate?.sha ?? null];
  if (fix.ground === null) return;
  const ref = `refs/heads/${fix.ground.branch}`;
  const tip = await commits.tipOf(fix.repository, ref);
  if (tip !== null && ours.includes(tip)) await commits.deleteRef(fix.repository, ref);
}

/** What the burst `open` puts on record while it opens it. */
const openedSchema = z.object({
  branch: z.string().optional(),
  pullRequest: z.number().optional(),
});

/** Unvalidated commits need no name any more once the fix is over. Idempotent. */
export async function deleteCandidateRefs(
  { commits, effects }: Pick<Ports, 'commits' | 'effects'>,
  fix: Fix,
): Promise<void> {
  for (let attempt = beforeAttempts; attempt <= fix.attempt; attempt++) {
    // The patch of fixers has the number that tests have which come before the first attempt.
    if (attempt > beforeAttempts || fix.recipe !== null)
      await commits.deleteRef(fix.repository, candidateRef(fix.id, attempt));
    for (const which of ['judge', 'tests'] as const) {
      const ref = candidateRef(fix.id, attempt, which);
      if ((await effects.find(fix.id, `ref:${ref}`)) !== null) await commits.deleteRef(fix.repository, ref);
    }
  }
}
