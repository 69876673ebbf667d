import type { FixEvent } from '../../domain/event.ts';
import { type Fix, threadOf } from '../../domain/fix-facts.ts';
import type { Sha } from '../../domain/ids.ts';
import { isRecipeDue } from '../../domain/recipe-stage.ts';
import { type Ticket, unprofiledTicket } from '../../domain/ticket.ts';
import type { Ports } from '../../ports/ports.ts';
import { freezeInput } from '../../steps/freeze-input.ts';
import { freezePrompts } from '../../steps/freeze-prompts.ts';
import { inspectFailing } from '../../steps/inspect-failing.ts';
import { inspectRepository, readSandbox } from '../../steps/inspect-repository.ts';
import { openBranch } from '../../steps/open-branch.ts';
import { openPullRequest } from '../../steps/open-pull-request.ts';
import { profile } from '../../steps/profile-ticket.ts';
import { setRecipeAside } from '../../steps/set-recipe-aside.ts';
import { showStatus } from '../../steps/show-status.ts';
import type { Burst, RunBurst } from '../burst.ts';

/** From the label, or the ticket that failing checks made, to a draft pull request: acknowledged, judged worth work, with a branch to work on. */
export const open: RunBurst = async (burst) => {
  const { fix, ports, step } = burst;
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

  if (fix.recipe?.end?.kind === 'none')
    await step('set the patch of the fixers aside', () => setRecipeAside(ports, fix));
  const judged = await judgeTicket(burst, place.base);
  if (judged.kind !== 'ticket') return judged.event;
  const { ticket } = judged;
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

type Judged =
  | { readonly kind: 'ticket'; readonly ticket: Ticket }
  | { readonly kind: 'ended'; readonly event: FixEvent | null };

/** The fast role's word on the ticket; none is asked for while fixers may mend it without. */
async function judgeTicket({ fix, ports, step, signal }: Burst, base: Sha): Promise<Judged> {
  const { origin } = fix;
  if (origin.kind === 'checks' && isRecipeDue(fix))
    return { kind: 'ticket', ticket: fix.ticket ?? unprofiledTicket(origin.failing.branch) };
  const talk = await step('profile the ticket', () => profile(ports, fix, base, signal));
  switch (talk.kind) {
    case 'superseded':
      return { kind: 'ended', event: null };
    case 'event':
      return { kind: 'ended', event: talk.event };
    case 'fruitless':
      return {
        kind: 'ended',
        event: { type: 'faulted', of: 'models', reason: `the ticket could not be profiled: ${talk.reason}` },
      };
    case 'finished':
      return { kind: 'ticket', ticket: talk.result };
  }
}

/** A courtesy: an archived repository takes neither a reaction nor a comment, and what is wrong is said later. */
async function acknowledge(ports: Ports, fix: Fix): Promise<void> {
  try {
    const issue = threadOf(fix);
    if (issue !== null && (await ports.effects.find(fix.id, 'reacted')) === null) {
      await ports.thread.react(fix.repository, { issue }, 'eyes');
      await ports.effects.record(fix.id, 'reacted', { issue });
    }
    await showStatus(ports, fix);
  } catch (error) {
    ports.log.warn({ err: error, fix: fix.id }, 'the issue could not be acknowledged');
  }
}
