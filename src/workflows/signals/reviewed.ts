import type { FixEvent } from '../../domain/event.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { isSameLogin } from '../../domain/who.ts';
import type { Ports } from '../../ports/ports.ts';
import { askWho } from '../../steps/ask-who.ts';
import { noteHeard } from '../../steps/hear-once.ts';
import { visibleText } from '../../thread/incoming.ts';
import { ignored, type Outcome, type SignalOf } from './outcome.ts';

const maxReasonLength = 8_000;

/**
 * A review of the fix's own pull request, by somebody who may command: work for a revision. While a gate waits there is
 * no code to review: changes that are asked for then send back what the gate shows.
 */
export async function onReviewed(
  ports: Ports,
  id: DeliveryId,
  { repository, actor, number, review, wantsChanges, text }: SignalOf<'review-submitted'>,
): Promise<Outcome> {
  const fix = await ports.fixes.findByPullRequest(repository, number);
  if (fix === null) return ignored('the pull request is none of ours');
  await noteHeard(ports, fix.id, `review:${review}`);
  if (await ports.ignoredThreads.has(repository, number)) return ignored('somebody asked to leave this alone');
  const who = await askWho(ports, {
    repository,
    action: 'command',
    actor,
    policy: fix.policy.who,
    isRequester: isSameLogin(actor.login, fix.requester),
  });
  if (who.kind !== 'may') return ignored(`${actor.login} may not order changes`);
  const why = visibleText(text, maxReasonLength).text;
  const isRejection = wantsChanges && fix.state === 'awaiting-approval' && why.trim() !== '';
  const event: FixEvent = isRejection
    ? { type: 'rejected', by: actor.login, why }
    : { type: 'review-submitted', review, by: actor.login };
  const key = (type: FixEvent['type']) => `review:${review}:${type}`;
  const didAdvance = await ports.fixes.append(fix.id, event, { key: key(event.type), delivery: id });
  if (!didAdvance && event.type === 'rejected') {
    // The gate opened or closed meanwhile: it is a review like any other.
    const submitted = { type: 'review-submitted', review, by: actor.login } as const;
    await ports.fixes.append(fix.id, submitted, { key: key('review-submitted'), delivery: id });
  }
  return { kind: 'told', fix: fix.id };
}
