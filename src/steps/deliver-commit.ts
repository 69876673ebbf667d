import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import type { PullRequest } from '../domain/pull-request.ts';
import type { Ports } from '../ports/ports.ts';
import { deliveredText, undeliveredText } from '../thread/checks-text.ts';
import { putComment } from './put-comment.ts';

/** Whether the repository wants validated commits on the failing branch itself; a person who ordered one gets that too. */
export const isCommitWanted = ({ origin, policy }: Fix): boolean =>
  origin.kind === 'checks' && policy.triggers.failingChecks.delivery === 'commit';

/**
 * Puts the validated commit on the failing branch itself, by fast-forward only, and closes the pull request that it was
 * made in. Where the branch is protected, or moved on, the pull request stays, and says so. Idempotent.
 */
export async function deliverCommit(
  ports: Pick<Ports, 'commits' | 'pullRequests' | 'thread' | 'effects'>,
  fix: Fix,
  { branch, sha, pullRequest }: { readonly branch: string; readonly sha: Sha; readonly pullRequest: PullRequest },
): Promise<'delivered' | 'refused'> {
  const { id, repository } = fix;
  const { number } = pullRequest;
  const answer = await ports.commits.setRef(repository, `refs/heads/${branch}`, sha, 'fast-forward');
  const isThere = answer === 'set';
  const text = isThere ? deliveredText(branch, sha) : undeliveredText(branch);
  await putComment(ports, { fix: id, repository, number, key: 'delivery', text });
  if (!isThere) return 'refused';
  // GitHub takes a pull request for merged once its commits are on the base branch.
  if ((await ports.pullRequests.state(repository, number)) === 'open')
    await ports.pullRequests.close(repository, number);
  return 'delivered';
}
