import { createHash } from 'node:crypto';
import { beginFix } from '../../domain/begin-fix.ts';
import { isOver } from '../../domain/fix-facts.ts';
import { type DeliveryId, type FixId, fullName } from '../../domain/ids.ts';
import { defaultPolicy, type Policy, startsByLabel } from '../../domain/policy.ts';
import type { PolicyAnswer, Ports } from '../../ports/ports.ts';
import { askWho } from '../../steps/ask-who.ts';
import { mayStartHere } from '../../steps/may-start-here.ts';
import { replyOnceInThread } from '../../steps/reply-once.ts';
import { refusedConfiguration } from '../../thread/configuration-text.ts';
import { limitText, refusalText } from '../../thread/refusal.ts';
import { ignored, type Outcome, type SignalOf } from './outcome.ts';

/** Somebody labelled an issue: the fix begins, if they may start one and there is none. */
export async function onLabelled(ports: Ports, id: DeliveryId, signal: SignalOf<'issue-labelled'>): Promise<Outcome> {
  const { repository, actor, issue } = signal;
  const answer = await ports.policyOf(repository);
  const policy = policyIn(answer) ?? defaultPolicy;
  if (signal.label !== policy.label) return ignored(`the label is not ${policy.label}`);
  // Silence: somebody switched it off, and knows.
  if (!startsByLabel(policy)) return ignored('the configuration lets no label start a fix');
  const who = await askWho(ports, { repository, action: 'trigger', actor, policy: policy.who, isRequester: true });
  if (who.kind === 'silent') return ignored(who.note);
  const place = await mayStartHere(ports, repository);
  if (place.kind !== 'may') {
    // Others are not told either: where ai-fix is not on, it has nothing to say to them.
    if (who.kind === 'may')
      await replyOnceInThread(ports, place.kind, { repository, number: issue.number, text: place.text });
    return ignored(place.note);
  }
  if (who.kind === 'refused') return refuse(ports, signal, who.because);
  await ports.ignoredThreads.heed(repository, issue.number);

  const fix = beginFix({
    id: fixIdOf(signal, id),
    repository,
    issue,
    requester: actor.login,
    ...(actor.id === undefined ? {} : { requesterId: actor.id }),
    policy,
    ...(answer.kind === 'valid' || answer.lastValid === null ? {} : { policyProblem: answer.problems[0] ?? '' }),
    createdAtMs: ports.now(),
  });
  const startsPerHour = { repository: policy.fixesPerHour, host: ports.fixesPerHour };
  const begun = await ports.fixes.begin(
    fix,
    { type: 'labelled', issue, by: actor.login },
    { delivery: id, startsPerHour },
  );
  if (begun.kind === 'limited') return tellLimit(ports, signal, policy, begun.by);
  // A delivery that is resumed finds what it began, and goes on from there.
  const mine = begun.kind === 'known' ? await ports.fixes.find(fix.id) : fix;
  if (mine === null) return ignored('the issue has a fix already');
  if (isOver(mine.state)) return ignored('the fix of this label is over; label again to start another');
  if (answer.kind === 'invalid' && answer.lastValid === null) {
    const message = refusedConfiguration(answer.problems);
    await ports.fixes.append(
      fix.id,
      { type: 'refused', reason: 'its configuration is not valid', message },
      { key: `delivery:${id}:refused` },
    );
  }
  return { kind: 'told', fix: fix.id };
}

/** What applies: the configuration, or in place of an invalid one the last that was valid. */
export const policyIn = (answer: PolicyAnswer): Policy | null =>
  answer.kind === 'valid' ? answer.policy : answer.lastValid;

async function refuse(ports: Ports, signal: SignalOf<'issue-labelled'>, because: string): Promise<Outcome> {
  const { repository, issue, actor } = signal;
  const text = refusalText(actor.login, 'trigger', because);
  const isFirst = await replyOnceInThread(ports, 'refusal', { repository, number: issue.number, text });
  if (isFirst) await ports.thread.react(repository, { issue: issue.number }, 'confused');
  return ignored(`${actor.login} may not start a fix: ${because}`);
}

async function tellLimit(
  ports: Ports,
  { repository, issue }: SignalOf<'issue-labelled'>,
  policy: Policy,
  by: 'repository' | 'host' | 'subject',
): Promise<Outcome> {
  const limit = by === 'repository' ? policy.fixesPerHour : ports.fixesPerHour;
  const text = limitText(by === 'repository' ? by : 'host', limit, policy.label);
  await replyOnceInThread(ports, 'limit', { repository, number: issue.number, text });
  ports.log.warn({ repository, limit, by }, 'no more fixes are started for now');
  return ignored(`the limit of ${limit} fixes an hour is reached (${by})`);
}

/**
 * The same label begins the same fix, so a resumed delivery finds what it began, and the payload of an old label that
 * is sent again under another id begins nothing: the signature does not cover the id.
 */
function fixIdOf({ issue, repository }: SignalOf<'issue-labelled'>, id: DeliveryId): FixId {
  const moment = issue.labelledAtMs ?? id;
  const digest = createHash('sha256')
    .update(`${fullName(repository)} ${issue.number} ${moment}`)
    .digest('hex');
  return `f-${issue.number}-${digest.slice(0, 8)}` as FixId;
}
