import { reopenWork } from '../../steps/reopen-work.ts';
import type { RunBurst } from '../burst.ts';
import { groundOf, pullRequestOf, ticketOf } from './facts.ts';

/** A person resumes what was stopped or given up: the branch stands where it stood, and the pull request is open again. */
export const reopen: RunBurst = async ({ fix, ports, step }) => {
  const ground = groundOf(fix);
  const answer = await step('open branch and pull request again', () =>
    reopenWork(ports, fix, { ticket: ticketOf(fix), ground, pullRequest: pullRequestOf(fix) }),
  );
  return answer.kind === 'refused'
    ? { type: 'faulted', reason: answer.reason }
    : { type: 'reopened', ground: answer.ground, pullRequest: answer.pullRequest };
};
