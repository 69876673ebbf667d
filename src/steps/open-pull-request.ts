import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import type { PullRequest } from '../domain/pull-request.ts';
import type { Ticket } from '../domain/ticket.ts';
import type { Ports } from '../ports/ports.ts';
import { pullRequestBody, pullRequestTitle } from '../thread/pull-request-text.ts';

/**
 * Opens the draft pull request, or finds the one this branch has already. A plain one where there are no drafts. What
 * fixers were to mend was named before a model had looked at it: it has the name of the ticket then.
 */
export async function openPullRequest(
  { pullRequests, inputs }: Pick<Ports, 'pullRequests' | 'inputs'>,
  fix: Fix,
  ticket: Ticket,
  ground: Ground,
): Promise<PullRequest> {
  const [known] = await pullRequests.ofBranch(fix.repository, ground.branch);
  const title = pullRequestTitle(ticket, fix);
  if (known !== undefined) {
    const from = fix.ticket === null ? title : pullRequestTitle(fix.ticket, fix);
    if (from !== title) await pullRequests.retitle(fix.repository, known.number, { from, to: title });
    return known;
  }
  const wanted = {
    title,
    body: pullRequestBody(fix, await inputs.find(fix.id)),
    branch: ground.branch,
    baseBranch: ground.baseBranch,
  };
  const draft = await pullRequests.open(fix.repository, { ...wanted, isDraft: true });
  if (draft.kind === 'opened') return draft.pullRequest;
  const plain = await pullRequests.open(fix.repository, { ...wanted, isDraft: false });
  if (plain.kind !== 'opened') throw new TypeError('a plain pull request was refused as a draft');
  return plain.pullRequest;
}
