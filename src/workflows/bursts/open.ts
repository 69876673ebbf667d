import { type Fix, threadOf } from '../../domain/fix-facts.ts';
import type { Ports } from '../../ports/ports.ts';
import { freezeInput } from '../../steps/freeze-input.ts';
import { freezePrompts } from '../../steps/freeze-prompts.ts';
import { inspectFailing } from '../../steps/inspect-failing.ts';
import { inspectRepository, readSandbox } from '../../steps/inspect-repository.ts';
import { openBranch } from '../../steps/open-branch.ts';
import { openPullRequest } from '../../steps/open-pull-request.ts';
import { profile } from '../../steps/profile-ticket.ts';
import { showStatus } from '../../steps/show-status.ts';
import type { RunBurst } from '../burst.ts';

/** From the label, or the ticket that failing checks made, to a draft pull request: acknowledged, judged worth work, with a branch to work on. */
export const open: RunBurst = async ({ fix, ports, step, signal }) => {
  await step('acknowledge', () => acknowledge(ports, fix));
  const { origin } = fix;
  const place = await step('inspect the repository', () =>
    origin.kind === 'checks' ? inspectFailing(ports, fix, origin.failing) : inspectRepository(ports, fix),
  );
  if (place.kind === 'refused') return { type: 'refused', reason: place.reason, message: place.message };
  if (place.kind === 'doubted') {
    const { words, reason } = place.doubt;
    return { type: 'asked', gate: 'input', digest: words, reasons: [reason], words };
  }
  await step('freeze the input', async () => {
    await freezePrompts(ports, fix);
    return (await freezeInput(ports, fix)).digest;
  });

  const talk = await step('profile the ticket', () => profile(ports, fix, place.base, signal));
  if (talk.kind === 'superseded') return null;
  if (talk.kind === 'event') return talk.event;
  if (talk.kind === 'fruitless') return { type: 'faulted', reason: `the ticket could not be profiled: ${talk.reason}` };

  const ticket = talk.result;
  const { base, baseBranch } = place;
  if (place.wordsBecause !== null) {
    const ground = { base, tip: base, branch: baseBranch, baseBranch };
    return { type: 'opened-for-words', ticket, ground, because: place.wordsBecause };
  }
  const ground = await step('open the branch', async () => {
    const made = await openBranch(ports, fix, { base, baseBranch, title: ticket.title });
    await ports.effects.record(fix.id, 'opened', { branch: made.branch });
    return made;
  });
  const pullRequest = await step('open the pull request', async () => {
    const made = await openPullRequest(ports, fix, ticket, ground);
    await ports.effects.record(fix.id, 'opened', { branch: ground.branch, pullRequest: made.number });
    return made;
  });
  const keepsReports = await step('look for test reports', async () => {
    const sandbox = await readSandbox(ports.repositories, fix, base);
    return sandbox.kind === 'usable' && sandbox.keepsReports;
  });
  return { type: 'opened', ticket, ground, pullRequest, keepsReports };
};

/** A courtesy: an archived repository takes neither a reaction nor a comment, and what is wrong is said later. */
async function acknowledge(ports: Ports, fix: Fix): Promise<void> {
  try {
    const issue = threadOf(fix);
    if (issue !== null) await ports.thread.react(fix.repository, { issue }, 'eyes');
    await showStatus(ports, fix);
  } catch (error) {
    ports.log.warn({ err: error, fix: fix.id }, 'the issue could not be acknowledged');
  }
}
