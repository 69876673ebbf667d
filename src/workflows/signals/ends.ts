import { type Fix, isOver } from '../../domain/fix-facts.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import type { Ports } from '../../ports/ports.ts';
import { ignored, type Outcome, type SignalOf } from './outcome.ts';

/**
 * Taking the label away or closing the issue ends the fix. GitHub lets only people with triage access or more label,
 * and only those and the author close: ending spends nothing, so it asks for no more than that. Once a patch was offered
 * the pull request stands for itself: a merge closes the issue too, and whoever tidies labels means no harm to it.
 */
export async function onUnlabelled(
  ports: Ports,
  id: DeliveryId,
  signal: SignalOf<'issue-unlabelled'>,
): Promise<Outcome> {
  const fix = await liveIn(ports, signal);
  if (fix === null || signal.label !== fix.policy.label) return ignored('no fix goes by this label');
  return stop(ports, id, signal, `${signal.actor.login} removed the label`);
}

export const onClosed = (ports: Ports, id: DeliveryId, signal: SignalOf<'issue-closed'>): Promise<Outcome> =>
  stop(ports, id, signal, `${signal.actor.login} closed the issue`);

/** The fix of an issue, or of the failing checks of a pull request. */
async function liveIn(
  { fixes }: Pick<Ports, 'fixes'>,
  { repository, issueNumber }: SignalOf<'issue-unlabelled' | 'issue-closed'>,
): Promise<Fix | null> {
  const fix = await fixes.findOfThread(repository, issueNumber);
  return fix === null || isOver(fix.state) || fix.issue.number !== issueNumber ? null : fix;
}

async function stop(
  ports: Ports,
  id: DeliveryId,
  signal: SignalOf<'issue-unlabelled' | 'issue-closed'>,
  reason: string,
): Promise<Outcome> {
  const fix = await liveIn(ports, signal);
  if (fix === null) return ignored('the issue has no fix under way');
  if (fix.published !== null) return ignored('the patch is offered; its pull request decides');
  await ports.fixes.append(
    fix.id,
    { type: 'stop-requested', by: signal.actor.login, reason },
    { key: `delivery:${id}`, delivery: id },
  );
  return { kind: 'told', fix: fix.id };
}
