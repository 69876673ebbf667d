import type { FixEvent } from '../../src/domain/event.ts';
import { sayShortage } from '../../src/domain/purse.ts';

/** One event of a fix as a line of the demo's progress. */
export function narrate(event: FixEvent): string {
  switch (event.type) {
    case 'labelled':
      return `${event.by} labelled issue #${event.issue.number}: "${event.issue.title}"`;
    case 'checks-failed':
      return `the checks of ${event.failing.branch} fail at ${event.failing.sha.slice(0, 7)}`;
    case 'recipe-dispatched':
      return `the repository's own fixers work in the sandbox, run ${event.run.runId}`;
    case 'recipe-fruitless':
      return `nothing of the fixers is used: ${event.reason}`;
    case 'checks-recovered':
    case 'told':
      return event.reason;
    case 'opened-for-words':
      return `nothing can be pushed: ${event.because}`;
    case 'delivered':
      return `${event.sha.slice(0, 12)} is on ${event.branch}`;
    case 'checks-changed':
    case 'checks-pending':
    case 'checks-repeated':
    case 'checks-diagnosed':
      return `the failing checks: ${event.type}`;
    case 'refused':
      return `refused: ${event.reason}`;
    case 'opened':
      return `a ${event.ticket.complexity} ${event.ticket.kind}; draft pull request #${event.pullRequest.number} on ${event.ground.branch}`;
    case 'planned':
      return event.waitsBecause === null
        ? 'the plan is posted; the gate opens by itself'
        : `the plan is posted and waits for an approval, because ${event.waitsBecause}`;
    case 'asked':
      return `a person has to decide: ${event.reasons.join('; ')}`;
    case 'approved':
      return `${event.by} approved`;
    case 'reproduction-begun':
      return 'a bug: the coder writes a test that has to fail first';
    case 'reproduction-dispatched':
      return `the test is in the sandbox, on the base alone, run ${event.run.runId}`;
    case 'reproduced':
      return `seen failing on the base: ${event.reproduced.tests.map(({ name }) => name).join('; ')}`;
    case 'reproduction-failed':
      return `not seen failing: ${event.feedback}`;
    case 'reproduction-void':
      return `the run of the test gave no verdict: ${event.reason}`;
    case 'unreproducible':
      return `there is no failing test: ${event.reason}`;
    case 'partly-passed':
      return `the chosen checks passed: ${event.results.map(({ check }) => check).join(', ')}`;
    case 'attempt-started':
      return `attempt ${event.attempt}: ${event.attempt === 1 ? 'the coder' : 'the debugger'} writes`;
    case 'patched':
      return `attempt ${event.attempt}: a patch is there`;
    case 'attempt-failed':
      return `attempt ${event.attempt} ended without a patch: ${event.feedback}`;
    case 'validation-started':
      return `candidate ${event.candidate.sha.slice(0, 12)} is in the sandbox, run ${event.candidate.runId}`;
    case 'run-finished':
      return `run ${event.runId} has ended; the verdict is read from the API`;
    case 'money-short':
      return sayShortage(event.shortage);
    case 'still-running':
      return 'the run goes on';
    case 'judged':
      return `verdict: ${event.verdict}${event.results.length === 0 ? ` (${event.reason})` : ` (${event.results.map((result) => `${result.check} ${result.conclusion}`).join(', ')})`}`;
    case 'reviewed':
      return `the reviewer says: ${event.opinion}`;
    case 'proposed':
      return `${event.sha.slice(0, 12)} is on the branch; the pull request is ready for review`;
    case 'outage':
      return `${event.reason}; trying again in ${Math.round(event.retryInMs / 1000)} s`;
    case 'stop-requested':
    case 'faulted':
      return `stopped: ${event.reason}`;
    case 'budget-reached':
      return `the budget is reached: ${event.limit}`;
    case 'deadline-passed':
      return `nothing happened while waiting for ${event.waitingFor}`;
    case 'pull-request-closed':
      return `${event.by} ${event.isMerged ? 'merged' : 'closed'} the pull request`;
    case 'rejected':
      return `${event.by} rejected it: ${event.why}`;
    case 'plan-asked':
    case 'revision-asked':
    case 'rebase-asked':
    case 'retry-asked':
    case 'resume-asked':
    case 'budget-changed':
    case 'review-submitted':
      return `${event.by}: ${event.type}`;
    case 'words-changed':
      return `what was shown changed: ${event.reason}`;
    case 'revision-begun':
      return 'a revision begins';
    case 'left-alone':
      return 'nothing had to be changed';
    case 'moved':
      return 'the work moves onto another commit';
    case 'reopened':
      return `it goes on in #${event.pullRequest.number}`;
    case 'reminded':
      return 'a reminder was sent';
    case 'farewell-said':
      return 'everything is tidied up';
  }
}
