import { publishCandidate } from '../../steps/publish.ts';
import { putCompletion } from '../../steps/put-completion.ts';
import { reconcile } from '../../steps/tidy-up.ts';
import type { RunBurst } from '../burst.ts';
import { candidateOf, groundOf, pullRequestOf } from './facts.ts';

/** The validated commit goes onto the branch and the pull request leaves draft, with its evidence. */
export const propose: RunBurst = async ({ fix, ports, step }) => {
  const { sha } = candidateOf(fix);
  const pullRequest = pullRequestOf(fix);
  const published = await step('publish the candidate', () => publishCandidate(ports, fix, groundOf(fix), sha));
  if (published !== 'published') return { type: 'faulted', reason: published.refused };
  await step('put the completion summary', () => putCompletion(ports, fix, pullRequest.number));
  await step('put the check run', () =>
    ports.checkRuns.put(fix.repository, {
      fix: fix.id,
      commit: sha,
      conclusion: 'success',
      title: 'The checks passed in the sandbox',
      summary: `${fix.results.map((result) => `- ${result.check}: ${result.conclusion}`).join('\n')}\n\n[The validation run](${fix.candidate?.runUrl ?? ''})`,
    }),
  );
  await step('mark the pull request as ready', () => ports.pullRequests.markReady(fix.repository, pullRequest));
  await step('reconcile', () => reconcile(ports, fix));
  return { type: 'proposed', sha };
};
