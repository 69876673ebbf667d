import { approversOf } from '../../domain/approvers.ts';
import type { CommandWord, Order } from '../../domain/command.ts';
import type { Fix } from '../../domain/fix-facts.ts';
import { isOver, subjectOfFix } from '../../domain/fix-facts.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import { isSameLogin } from '../../domain/who.ts';
import type { Ports } from '../../ports/ports.ts';
import { askWho } from '../../steps/ask-who.ts';
import { checkShown } from '../../steps/check-shown.ts';
import { explain } from '../../steps/explain.ts';
import { noteHeard } from '../../steps/hear-once.ts';
import { mayStartHere } from '../../steps/may-start-here.ts';
import { reply } from '../../steps/reply.ts';
import { replyOnceInFix, replyOnceInThread } from '../../steps/reply-once.ts';
import { showStatus } from '../../steps/show-status.ts';
import {
  anotherFixText,
  budgetText,
  helpText,
  ignoredText,
  missingText,
  noFixText,
  notNowText,
  unknownText,
} from '../../thread/command-text.ts';
import { refusalText } from '../../thread/refusal.ts';
import { eventOfCommand } from './command-event.ts';
import { onFixChecks } from './fix-checks.ts';
import { ignored, type Outcome, type SignalOf } from './outcome.ts';

type Command = SignalOf<'command'>;

/**
 * `/ai-fix …` in a comment: done if the person may, acknowledged with a reaction either way, and answered in words
 * where a reaction does not say enough.
 */
export async function onCommand(ports: Ports, id: DeliveryId, signal: Command): Promise<Outcome> {
  const fix = await ports.fixes.findOfThread(signal.repository, signal.number);
  const outcome = await handle(ports, id, signal, fix);
  if (fix !== null) await noteHeard(ports, fix.id, `comment:${signal.commentId}`);
  return outcome;
}

async function handle(ports: Ports, id: DeliveryId, signal: Command, fix: Fix | null): Promise<Outcome> {
  const { repository, number, actor, order } = signal;
  const off = await whyOff(ports, signal);
  if (off !== null) return ignored(off);
  const policy = fix?.policy ?? (await policyHere(ports, signal));
  const isApproval = order.kind === 'command' && order.word === 'approve';
  const who = await askWho(ports, {
    repository,
    action: isApproval ? 'approve' : 'command',
    actor,
    policy: isApproval && fix !== null ? approversOf(fix) : policy.who,
    isRequester: fix !== null && isSameLogin(actor.login, fix.requester),
  });
  if (who.kind === 'silent') return ignored(who.note);
  if (who.kind === 'refused') return refuse(ports, signal, fix, who.because);
  if (order.kind === 'unknown') return answer(ports, signal, fix, unknownText(order), 'confused');
  const missing = missingText(order.word, order.text);
  if (missing !== null) return answer(ports, signal, fix, missing, 'confused');

  switch (order.word) {
    case 'help':
      return answer(ports, signal, fix, helpText(policy.label), '+1');
    case 'ignore':
      await ports.ignoredThreads.ignore(repository, number, actor.login);
      if (fix === null || isOver(fix.state)) return answer(ports, signal, fix, ignoredText, '+1');
      return carryOut(ports, id, signal, order, fix);
    case 'fix-checks':
      return fixChecks(ports, id, signal, fix);
    default:
      if (fix === null) return answer(ports, signal, fix, noFixText(policy.label), 'confused');
      if (order.word === 'explain') return answer(ports, signal, fix, await explain(ports, fix), '+1');
      if (order.word === 'resume' || order.word === 'retry') await heedThreads(ports, signal, fix);
      return carryOut(ports, id, signal, order, fix);
  }
}

async function fixChecks(ports: Ports, id: DeliveryId, signal: Command, fix: Fix | null): Promise<Outcome> {
  const end = await onFixChecks(ports, id, signal, { policy: await policyHere(ports, signal), fix });
  if (typeof end === 'string') return answer(ports, signal, fix, end, 'confused');
  await react(ports, signal, end.kind === 'told' ? '+1' : 'confused');
  return end;
}

/** Whoever orders work takes back that the threads of the fix are to be left alone. */
async function heedThreads({ ignoredThreads }: Ports, { repository, number }: Command, fix: Fix): Promise<void> {
  const threads = new Set([number, fix.issue.number, fix.pullRequest?.number ?? number]);
  for (const thread of threads) await ignoredThreads.heed(repository, thread);
}

/** Where the App is switched off, or not set up yet, it only stops and helps; null where it is on. */
async function whyOff(ports: Ports, signal: Command): Promise<string | null> {
  const { order, repository } = signal;
  if (order.kind === 'command' && (order.word === 'help' || order.word === 'stop' || order.word === 'ignore'))
    return null;
  if (!(await policyHere(ports, signal)).isEnabled) return 'ai-fix is switched off here';
  const place = await mayStartHere(ports, repository);
  return place.kind === 'may' ? null : place.note;
}

async function policyHere(ports: Ports, { repository }: Command) {
  const found = await ports.policyOf(repository);
  return found.kind === 'valid' ? found.policy : defaultPolicy;
}

async function refuse(ports: Ports, signal: Command, fix: Fix | null, because: string): Promise<Outcome> {
  const { repository, number, actor, order } = signal;
  const action = order.kind === 'command' && order.word === 'approve' ? 'approve' : 'command';
  const text = refusalText(actor.login, action, because);
  const isFirst =
    fix === null
      ? await replyOnceInThread(ports, 'refusal', { repository, number, text })
      : await replyOnceInFix(ports, fix.id, { repository, number, text });
  if (isFirst) await react(ports, signal, 'confused');
  return ignored(`${actor.login} may not ${action}: ${because}`);
}

async function carryOut(
  ports: Ports,
  id: DeliveryId,
  signal: Command,
  order: Extract<Order, { kind: 'command' }>,
  fix: Fix,
): Promise<Outcome> {
  const { repository, commentId } = signal;
  if (isOver(fix.state) && (order.word === 'resume' || order.word === 'retry')) {
    const live = await ports.fixes.findLive(repository, subjectOfFix(fix));
    if (live !== null) return answer(ports, signal, fix, anotherFixText, 'confused');
  }
  const wasAltered = order.word === 'approve' ? await checkShown(ports, fix) : null;
  const meant = wasAltered ?? eventOfCommand(order, signal, fix);
  if (typeof meant === 'string') return answer(ports, signal, fix, meant, 'confused');
  // The signature of a delivery does not cover its id: the same comment counts once, however often it is sent.
  const key = `comment:${commentId}:${order.word}`;
  const didAdvance = await ports.fixes.append(fix.id, meant, { key, delivery: id });
  if (!didAdvance || wasAltered !== null) {
    const now = (await ports.fixes.find(fix.id)) ?? fix;
    await say(ports, signal, fix, notNowText(order.word, now));
    await react(ports, signal, 'confused');
    return { kind: 'told', fix: fix.id };
  }
  await react(ports, signal, '+1');
  await acknowledge(ports, signal, order.word, fix);
  return { kind: 'told', fix: fix.id };
}

/** What a reaction does not say. */
async function acknowledge(ports: Ports, signal: Command, word: CommandWord, before: Fix): Promise<void> {
  if (word === 'ignore') return say(ports, signal, before, ignoredText);
  if (word !== 'budget') return;
  const now = (await ports.fixes.find(before.id)) ?? before;
  await say(ports, signal, now, budgetText(now.policy.budget, now));
  await showStatus(ports, now);
}

const say = (ports: Ports, { repository, number, commentId }: Command, fix: Fix | null, text: string): Promise<void> =>
  reply(ports, fix, { repository, number, to: commentId, text });

async function answer(
  ports: Ports,
  signal: Command,
  fix: Fix | null,
  text: string,
  reaction: '+1' | 'confused',
): Promise<Outcome> {
  await react(ports, signal, reaction);
  await say(ports, signal, fix, text);
  return ignored('it was answered in words');
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
