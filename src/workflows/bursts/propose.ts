import { isUnreviewed } from '../../domain/attempt.ts';
import type { FixEvent } from '../../domain/event.ts';
import { answerThreads } from '../../steps/answer-threads.ts';
import { askAPerson } from '../../steps/ask-a-person.ts';
import { deliverCommit, isCommitWanted } from '../../steps/deliver-commit.ts';
import { dismissEarlyApprovals, type Need, whatNeedsAPerson } from '../../steps/needs-a-person.ts';
import { publishCandidate } from '../../steps/publish.ts';
import { putCompletion } from '../../steps/put-completion.ts';
import { conflictFeedback, settleGround } from '../../steps/settle-ground.ts';
import { reconcile } from '../../steps/tidy-up.ts';
import type { Burst, RunBurst } from '../burst.ts';
import { attemptOf, candidateOf, failingOf, groundOf, pullRequestOf } from './facts.ts';

/**
 * Asks a person where one has to decide; else the validated commit goes onto the branch and the pull request leaves draft, with its evidence.
 */
export const propose: RunBurst = async (burst) => {
  const { fix, ports, step } = burst;
  const ask = async (need: Need) => {
    const shownIn = await step('ask a person', () => askAPerson(ports, fix, need));
    const { digest, reasons, words } = need;
    return { type: 'asked', gate: 'patch', digest, reasons, words, shownIn } as const;
  };
  const { sha } = candidateOf(fix);
  const pullRequest = pullRequestOf(fix);
  const need = await step('look for what needs a person', () => whatNeedsAPerson(ports, fix));
  if (need.reasons.length > 0) return ask(need);
  const published = await step('publish the candidate', () => publishCandidate(ports, fix, groundOf(fix), sha));
  if (published === 'moved') return standAnew(burst);
  // A review may have come between the look and the push. The pull request stays a draft until it is gone.
  const late = await step('dismiss approvals of what came before', () => dismissEarlyApprovals(ports, fix));
  if (late.length > 0) return ask({ ...need, reasons: late });
  await step('put the completion summary', () => putCompletion(ports, fix, pullRequest.number));
  await step('put the check run', () =>
    ports.checkRuns.put(fix.repository, {
      name: 'ai-fix',
      key: fix.id,
      commit: sha,
      conclusion: 'success',
      title: 'The checks passed in the sandbox',
      summary: `${fix.results.map((result) => `- ${result.check}: ${result.conclusion}`).join('\n')}\n\n[The validation run](${fix.candidate?.runUrl ?? ''})`,
    }),
  );
  // Nobody has read what fixers made, so it goes nowhere without a person.
  const isRead = await step('look whether it was reviewed', async () => !isUnreviewed(await attemptOf(ports, fix)));
  if (isRead && isCommitWanted(fix)) {
    const { branch } = failingOf(fix);
    const answer = await step('put the commit on the failing branch', () =>
      deliverCommit(ports, fix, { branch, sha, pullRequest }),
    );
    if (answer === 'delivered') return { type: 'delivered', sha, branch };
  }
  await step('answer the threads', () => answerThreads(ports, fix, pullRequest.number));
  await step('mark the pull request as ready', () => ports.pullRequests.markReady(fix.repository, pullRequest));
  await step('ask the reviewers to look again', async () => {
    for (const login of fix.reviewers) await ports.reviews.askAgain(fix.repository, pullRequest.number, login);
  });
  await step('reconcile', () => reconcile(ports, fix));
  return { type: 'proposed', sha };
};

/** Somebody pushed while the patch was validated or waited for a person: it has to prove itself upon that. */
async function standAnew({ fix, ports, step }: Burst): Promise<FixEvent> {
  const patch = await attemptOf(ports, fix);
  const settled = await step('settle the ground', () => settleGround(ports, fix, groundOf(fix), patch));
  if (settled.kind === 'refused') return { type: 'faulted', reason: settled.reason };
  const { ground } = settled;
  if (settled.kind === 'settled') return { type: 'moved', ground };
  return { type: 'attempt-failed', attempt: patch.number, ground, feedback: conflictFeedback(settled.paths) };
}
