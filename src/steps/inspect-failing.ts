import type { FailingCommit } from '../domain/failing-checks.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { asSha, type RepositoryRef, type Sha } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';
import { foreignWorkflowsReason, forkReason } from '../thread/checks-text.ts';
import { type Inspection, sandboxRefusal } from './inspect-repository.ts';

/** Where a branch, or the pull request of a fork, stands now; null where it is gone. */
export async function failingTip(
  { commits, checks }: Pick<Ports, 'commits' | 'checks'>,
  repository: RepositoryRef,
  { branch, isFork, pullRequest }: Pick<FailingCommit, 'branch' | 'isFork' | 'pullRequest'>,
): Promise<Sha | null> {
  if (!isFork) return commits.tipOf(repository, `refs/heads/${branch}`);
  const offer = pullRequest === null ? null : await checks.offer(repository, pullRequest);
  return offer?.isOpen === true ? offer.head : null;
}

/** Establishes that the failing commit can be worked on, and whether what comes out can be pushed anywhere. */
export async function inspectFailing(
  { repositories }: Pick<Ports, 'repositories'>,
  fix: Fix,
  { branch, sha, isFork, pullRequest }: FailingCommit,
): Promise<Inspection> {
  const facts = await repositories.facts(fix.repository);
  const { head, defaultBranch } = facts;
  if (facts.isArchived || head === null) {
    const message = 'An archived repository takes no pull requests.';
    return { kind: 'refused', reason: 'the repository is archived', message };
  }
  const place = { kind: 'ready', base: asSha(sha), baseBranch: branch } as const;
  if (isFork) return { ...place, wordsBecause: forkReason(pullRequest ?? 0) };
  const [there, here] = await Promise.all(
    [head, sha].map((commit) => repositories.folder(fix.repository, '.github/workflows', commit)),
  );
  if (there !== here) return { ...place, wordsBecause: foreignWorkflowsReason(branch, defaultBranch) };
  const refusal = await sandboxRefusal(repositories, fix, { ...facts, head });
  return refusal ?? { ...place, wordsBecause: null };
}
