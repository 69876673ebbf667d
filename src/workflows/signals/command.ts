import type { FixEvent } from '../../domain/event.ts';
import type { Fix } from '../../domain/fix-facts.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { isSameLogin } from '../../domain/who.ts';
import type { Ports } from '../../ports/ports.ts';
import { askWho } from '../../steps/ask-who.ts';
import { replyOnceInFix } from '../../steps/reply-once.ts';
import { refusalText } from '../../thread/refusal.ts';
import { ignored, type Outcome, type SignalOf } from './outcome.ts';

type Command = SignalOf<'command'>;

/** `/ai-fix …` in a comment: done if the person may, answered with a reaction either way. */
export async function onCommand(ports: Ports, id: DeliveryId, signal: Command): Promise<Outcome> {
  const { repository, number, actor } = signal;
  const fix =
    (await ports.fixes.findByPullRequest(repository, number)) ?? (await ports.fixes.findLive(repository, number));
  if (fix === null) return ignored('no fix goes on in this thread');
  const action = signal.command === 'approve' ? 'approve' : 'command';
  const isRequester = isSameLogin(actor.login, fix.requester);
  const who = await askWho(ports, { repository, action, actor, policy: fix.policy.who, isRequester });
  if (who.kind === 'silent') return ignored(who.note);
  if (who.kind === 'refused') {
    const text = refusalText(actor.login, action, who.because);
    const isFirst = await replyOnceInFix(ports, fix.id, { repository, number, text });
    if (isFirst) await react(ports, signal, 'confused');
    return ignored(`${actor.login} may not ${signal.command}: ${who.because}`);
  }
  // The signature of a delivery does not cover its id: the same comment counts once, however often it is sent.
  const key = `comment:${signal.commentId}:${signal.command}`;
  const didAdvance = await ports.fixes.append(fix.id, eventOf(signal, fix), { key, delivery: id });
  await react(ports, signal, didAdvance ? '+1' : 'confused');
  return { kind: 'told', fix: fix.id };
}

function eventOf({ command, actor, commentId }: Command, { gate }: Fix): FixEvent {
  if (command === 'stop') return { type: 'stop-requested', by: actor.login, reason: `${actor.login} asked for it` };
  // An approval that was held up on its way may come when another gate has closed meanwhile.
  const isEarly = commentId < (gate?.shownIn ?? 0);
  return { type: 'approved', by: actor.login, digest: isEarly ? '' : (gate?.digest ?? '') };
}

/** A reaction is a courtesy: the order stands whether it could be given or not. */
async function react(
  { thread, log }: Ports,
  { repository, commentId }: Command,
  reaction: '+1' | 'confused',
): Promise<void> {
  await thread
    .react(repository, { comment: commentId }, reaction)
    .catch((error: unknown) => log.warn({ err: error, commentId }, 'a command got no reaction'));
}
