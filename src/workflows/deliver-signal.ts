import { createHash } from 'node:crypto';
import { ConfigError } from '../domain/faults.ts';
import { beginFix, type Fix } from '../domain/fix.ts';
import type { DeliveryId, FixId } from '../domain/ids.ts';
import { defaultPolicy } from '../domain/policy.ts';
import type { Signal } from '../domain/signal.ts';
import type { RunStep } from '../ports/engine.ts';
import type { PolicyAnswer, Ports } from '../ports/ports.ts';
import { startWanted } from './start-wanted.ts';

type SignalOf<T extends Signal['type']> = Extract<Signal, { type: T }>;

/** What a delivery came to: a fix that was begun or told something, or nothing and why. */
type Outcome = { readonly kind: 'told'; readonly fix: FixId } | { readonly kind: 'ignored'; readonly note: string };

const ignored = (note: string): Outcome => ({ kind: 'ignored', note });

const maxTries = 20;

/**
 * Turns a committed delivery into an event of a fix, once, however often GitHub sends it.
 *
 * A fault that time mends leaves the delivery to the sweep, which takes it up again. Any other is noted on it, and a
 * redelivery of the same id then resumes it: that is the admin's repair tool.
 */
export async function deliverSignal(ports: Ports, id: DeliveryId, step: RunStep): Promise<void> {
  try {
    const outcome = await step('handle the signal', async () => {
      const delivery = await ports.deliveries.find(id);
      if (delivery === null) return ignored('the delivery is gone');
      const answer = await handle(ports, id, delivery.signal);
      // Most deliveries end here, so this is no step of its own: each one costs six more statements.
      if (answer.kind === 'ignored') await ports.deliveries.settle(id, { status: 'ignored', note: answer.note });
      return answer;
    });
    if (outcome.kind === 'told') await startWanted(ports, outcome.fix);
  } catch (error) {
    if (ports.engine.isInterruption(error)) throw error;
    const note = error instanceof Error ? error.message.slice(0, 500) : String(error);
    await step('put the delivery aside', () => putAside(ports, id, note, ports.engine.isPassing(error)));
  }
}

async function putAside({ deliveries, log }: Ports, id: DeliveryId, note: string, isPassing: boolean): Promise<void> {
  const delivery = await deliveries.find(id);
  if (isPassing && delivery !== null && delivery.tries < maxTries) {
    log.warn(
      { delivery: id, note, tries: delivery.tries },
      'a delivery could not be handled yet; the sweep tries again',
    );
    return deliveries.postpone(id, note);
  }
  log.error({ delivery: id, note }, 'a delivery failed; redeliver it from the App settings once the cause is gone');
  return deliveries.settle(id, { status: 'failed', note });
}

function handle(ports: Ports, id: DeliveryId, signal: Signal): Promise<Outcome> {
  switch (signal.type) {
    case 'issue-labelled':
      return onLabelled(ports, id, signal);
    case 'issue-unlabelled':
      return onUnlabelled(ports, id, signal);
    case 'issue-closed':
      return stop(ports, id, signal, `${signal.actor.login} closed the issue`);
    case 'command':
      return onCommand(ports, id, signal);
    case 'run-finished':
      return onRunFinished(ports, id, signal);
    case 'pull-request-closed':
      return onPullRequestClosed(ports, id, signal);
  }
}

async function onLabelled(ports: Ports, id: DeliveryId, signal: SignalOf<'issue-labelled'>): Promise<Outcome> {
  const { repository, actor, issue } = signal;
  if (actor.isBot) return ignored('bots do not start fixes');
  const answer = await usablePolicy(ports, signal);
  const policy = answer.kind === 'valid' ? answer.policy : defaultPolicy;
  if (signal.label !== policy.label) return ignored(`the label is not ${policy.label}`);
  if (!(await mayWrite(ports, signal))) {
    await ports.thread.react(repository, { issue: issue.number }, 'confused');
    return ignored(`${actor.login} has no write access`);
  }

  const fix = beginFix({
    id: fixIdOf(signal, id),
    repository,
    issue,
    requester: actor.login,
    ...(actor.id === undefined ? {} : { requesterId: actor.id }),
    policy,
    createdAtMs: ports.now(),
  });
  const didBegin = await ports.fixes.begin(fix, { type: 'labelled', issue, by: actor.login }, id);
  // A delivery that is resumed finds what it began, and goes on from there.
  if (!didBegin && (await ports.fixes.find(fix.id)) === null) return ignored('the issue has a fix already');
  if (answer.kind === 'invalid') {
    const message = `\`.github/ai-fix.yml\` cannot be used:\n\n${answer.problems.map((problem) => `- ${problem}`).join('\n')}\n\nMend it, then label this issue again.`;
    await ports.fixes.append(
      fix.id,
      { type: 'refused', reason: 'its configuration is not valid', message },
      { key: `delivery:${id}:refused` },
    );
  }
  return { kind: 'told', fix: fix.id };
}

/** The repository's policy, with a roster that this host can serve. */
async function usablePolicy(ports: Ports, { repository }: Signal): Promise<PolicyAnswer> {
  const answer = await ports.policyOf(repository);
  if (answer.kind === 'invalid') return answer;
  try {
    ports.rosterFor(answer.policy);
    return answer;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { kind: 'invalid', problems: error.problems };
  }
}

async function onUnlabelled(ports: Ports, id: DeliveryId, signal: SignalOf<'issue-unlabelled'>): Promise<Outcome> {
  const fix = await ports.fixes.findLive(signal.repository, signal.issueNumber);
  if (fix === null || signal.label !== fix.policy.label) return ignored('no fix goes by this label');
  return stop(ports, id, signal, `${signal.actor.login} removed the label`);
}

async function stop(
  ports: Ports,
  id: DeliveryId,
  signal: SignalOf<'issue-unlabelled' | 'issue-closed'>,
  reason: string,
): Promise<Outcome> {
  const fix = await ports.fixes.findLive(signal.repository, signal.issueNumber);
  if (fix === null) return ignored('the issue has no fix under way');
  await ports.fixes.append(
    fix.id,
    { type: 'stop-requested', by: signal.actor.login, reason },
    { key: `delivery:${id}`, delivery: id },
  );
  return { kind: 'told', fix: fix.id };
}

async function onCommand(ports: Ports, id: DeliveryId, signal: SignalOf<'command'>): Promise<Outcome> {
  const { repository, number, actor, command, commentId } = signal;
  if (actor.isBot) return ignored('bots give no commands');
  const fix =
    (await ports.fixes.findByPullRequest(repository, number)) ?? (await ports.fixes.findLive(repository, number));
  if (fix === null) return ignored('no fix goes on in this thread');
  if (!(await mayWrite(ports, signal))) {
    await answerCommand(ports, signal, 'confused');
    return ignored(`${actor.login} has no write access`);
  }
  const event =
    command === 'stop'
      ? ({ type: 'stop-requested', by: actor.login, reason: `${actor.login} asked for it` } as const)
      : ({ type: 'approved', by: actor.login, digest: fix.planDigest ?? '' } as const);
  const didAdvance = await ports.fixes.append(fix.id, event, { key: `delivery:${id}`, delivery: id });
  await answerCommand(ports, { repository, commentId }, didAdvance ? '+1' : 'confused');
  return { kind: 'told', fix: fix.id };
}

/** A reaction is a courtesy: the order stands whether it could be given or not. */
async function answerCommand(
  { thread, log }: Ports,
  { repository, commentId }: Pick<SignalOf<'command'>, 'repository' | 'commentId'>,
  reaction: '+1' | 'confused',
): Promise<void> {
  await thread
    .react(repository, { comment: commentId }, reaction)
    .catch((error: unknown) => log.warn({ err: error, commentId }, 'a command got no reaction'));
}

async function onRunFinished(
  ports: Ports,
  id: DeliveryId,
  { repository, runId }: SignalOf<'run-finished'>,
): Promise<Outcome> {
  const fix = await ports.fixes.findByRun(repository, runId);
  if (fix === null) return ignored('the run is none of ours');
  await ports.fixes.append(fix.id, { type: 'run-finished', runId }, { key: `delivery:${id}`, delivery: id });
  return { kind: 'told', fix: fix.id };
}

async function onPullRequestClosed(
  ports: Ports,
  id: DeliveryId,
  signal: SignalOf<'pull-request-closed'>,
): Promise<Outcome> {
  const fix: Fix | null = await ports.fixes.findByPullRequest(signal.repository, signal.number);
  if (fix === null) return ignored('the pull request is none of ours');
  const event = { type: 'pull-request-closed', isMerged: signal.isMerged, by: signal.actor.login } as const;
  await ports.fixes.append(fix.id, event, { key: `delivery:${id}`, delivery: id });
  return { kind: 'told', fix: fix.id };
}

/** Fails closed: whoever GitHub cannot vouch for may do nothing. @throws {ForgeError} when it does not answer. */
async function mayWrite(ports: Ports, { repository, actor }: SignalOf<'issue-labelled' | 'command'>): Promise<boolean> {
  const permission = await ports.repositories.permission(repository, actor.login);
  return permission === 'admin' || permission === 'write';
}

/** The same delivery begins the same fix, so a resumed delivery finds what it began. */
function fixIdOf({ issue, repository }: SignalOf<'issue-labelled'>, id: DeliveryId): FixId {
  const digest = createHash('sha256').update(`${repository.owner}/${repository.name} ${id}`).digest('hex');
  return `f-${issue.number}-${digest.slice(0, 8)}` as FixId;
}
