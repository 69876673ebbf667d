import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import type { PullRequest } from '../domain/pull-request.ts';
import type { Ticket } from '../domain/ticket.ts';
import type { Ports } from '../ports/ports.ts';
import { openPullRequest } from './open-pull-request.ts';
import { standOn } from './settle-ground.ts';

type Reopened =
  | { readonly kind: 'open'; readonly ground: Ground; readonly pullRequest: PullRequest }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Gives a fix its branch and its pull request back. GitHub keeps the commits of a closed pull request, and opens it
 * again once its branch stands at the same commit; where it does not, a new one is opened. Idempotent.
 */
export async function reopenWork(
  ports: Pick<Ports, 'commits' | 'pullRequests' | 'inputs' | 'effects'>,
  fix: Fix,
  {
    ticket,
    ground,
    pullRequest,
  }: { readonly ticket: Ticket; readonly ground: Ground; readonly pullRequest: PullRequest },
): Promise<Reopened> {
  const { repository } = fix;
  const there = await standOn(ports, fix, ground);
  if (there === null) {
    const answer = await ports.commits.setRef(repository, `refs/heads/${ground.branch}`, ground.tip, 'create');
    if (answer !== 'set')
      return { kind: 'refused', reason: `GitHub refused to make the branch \`${ground.branch}\` again: ${answer}` };
  }
  const standing = there ?? ground;
  const state = await ports.pullRequests.state(repository, pullRequest.number);
  if (state === 'merged') return { kind: 'refused', reason: 'the pull request was merged meanwhile' };
  const isOpen = state === 'open' || (await ports.pullRequests.reopen(repository, pullRequest.number)) === 'reopened';
  const found = isOpen ? pullRequest : await openPullRequest(ports, fix, ticket, standing);
  await ports.effects.record(fix.id, 'opened', { branch: standing.branch, pullRequest: found.number });
  return { kind: 'open', ground: standing, pullRequest: found };
}
