import { planDigest } from '../../domain/plan.ts';
import { gateReason } from '../../domain/policy.ts';
import { unconfirmedDoubt } from '../../steps/inspect-repository.ts';
import { postPlan } from '../../steps/post-plan.ts';
import { writePlan } from '../../steps/write-plan.ts';
import type { RunBurst } from '../burst.ts';
import { groundOf, pullRequestOf, ticketOf } from './facts.ts';

/** The plan documents, as comments on the pull request; then the gate. */
export const plan: RunBurst = async ({ fix, ports, step, signal }) => {
  const ticket = ticketOf(fix);
  const written = await step('write the plan', async () => {
    const talk = await writePlan(ports, fix, { ticket, ground: groundOf(fix) }, signal);
    if (talk.kind !== 'finished') return talk;
    await ports.documents.put(fix.id, talk.result.documents);
    return { kind: 'finished', protectedPaths: talk.result.protected_paths_touched } as const;
  });
  if (written.kind === 'superseded') return null;
  if (written.kind === 'event') return written.event;
  if (written.kind === 'fruitless') return { type: 'faulted', reason: `no plan came out: ${written.reason}` };

  const { protectedPaths } = written;
  const doubt = await step('look at the issue again', async () => {
    const now = await ports.repositories.issue(fix.repository, fix.issue.number);
    return now === null ? null : unconfirmedDoubt(fix, now);
  });
  const gate = gateReason('plan', fix.policy.gates.plan.mode, { complexity: ticket.complexity, protectedPaths });
  const waitsBecause = [gate, doubt?.reason].filter((reason) => reason != null).join(', and ') || null;
  const posted = await step('post the plan', async () => {
    const documents = await ports.documents.list(fix.id);
    const shownIn = await postPlan(ports, fix, pullRequestOf(fix).number, documents, waitsBecause);
    return { digest: planDigest(documents), shownIn };
  });
  return { type: 'planned', ...posted, waitsBecause, words: doubt?.words ?? null };
};
