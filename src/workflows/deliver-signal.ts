import type { DeliveryId } from '../domain/ids.ts';
import type { Signal } from '../domain/signal.ts';
import type { RunStep } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';
import { onChecksConcluded, onPullRequestLabelled, stopChecksOf } from './signals/checks.ts';
import { onCommand } from './signals/command.ts';
import { onConfigurationPushed } from './signals/configuration-pushed.ts';
import { onCommentChanged, onIssueEdited } from './signals/edits.ts';
import { onClosed, onUnlabelled } from './signals/ends.ts';
import { onInstalled, onResumed, onUninstalled } from './signals/installed.ts';
import { onLabelled } from './signals/labelled.ts';
import { onOnboardingChanged } from './signals/onboarding.ts';
import { ignored, type Outcome } from './signals/outcome.ts';
import { onReviewed } from './signals/reviewed.ts';
import { startWanted } from './start-wanted.ts';

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
      const status = answer.kind === 'noted' ? 'done' : 'ignored';
      if (answer.kind !== 'told') await ports.deliveries.settle(id, { status, note: answer.note });
      return answer;
    });
    if (outcome.kind !== 'told') return;
    await startWanted(ports, outcome.fix);
    if (outcome.stopped != null) await startWanted(ports, outcome.stopped);
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

async function handle(ports: Ports, id: DeliveryId, signal: Signal): Promise<Outcome> {
  // The edge drops these too, unless it did not know yet who we are.
  if ('actor' in signal && signal.actor.login === (await ports.ownLogin())) return ignored('it was our own doing');
  switch (signal.type) {
    case 'issue-labelled':
      return onLabelled(ports, id, signal);
    case 'issue-unlabelled':
      return onUnlabelled(ports, id, signal);
    case 'issue-closed':
      return onClosed(ports, id, signal);
    case 'command':
      return onCommand(ports, id, signal);
    case 'issue-edited':
      return onIssueEdited(ports, id, signal);
    case 'comment-changed':
      return onCommentChanged(ports, id, signal);
    case 'review-submitted':
      return onReviewed(ports, id, signal);
    case 'checks-concluded':
      return onChecksConcluded(ports, id, signal);
    case 'pull-request-labelled':
      return onPullRequestLabelled(ports, id, signal);
    case 'run-finished':
      return onRunFinished(ports, id, signal);
    case 'pull-request-closed':
      return onPullRequestClosed(ports, id, signal);
    case 'pull-request-reopened':
      return onOnboardingChanged(ports, signal);
    case 'installed':
      return onInstalled(ports, signal);
    case 'installation-resumed':
      return onResumed(ports, signal);
    case 'uninstalled':
      return onUninstalled(ports, signal);
    case 'configuration-pushed':
      return onConfigurationPushed(ports, signal);
  }
}

async function onRunFinished(
  ports: Ports,
  id: DeliveryId,
  { repository, runId }: Extract<Signal, { type: 'run-finished' }>,
): Promise<Outcome> {
  const fix = await ports.fixes.findByRun(repository, runId);
  if (fix === null) return ignored('the run is none of ours');
  await ports.fixes.append(fix.id, { type: 'run-finished', runId }, { key: `delivery:${id}`, delivery: id });
  return { kind: 'told', fix: fix.id };
}

async function onPullRequestClosed(
  ports: Ports,
  id: DeliveryId,
  signal: Extract<Signal, { type: 'pull-request-closed' }>,
): Promise<Outcome> {
  const fix = await ports.fixes.findByPullRequest(signal.repository, signal.number);
  if (fix === null) {
    const reason = `${signal.actor.login} closed the pull request`;
    const stopped = await stopChecksOf(ports, id, signal.repository, signal.number, { by: signal.actor.login, reason });
    return stopped ?? onOnboardingChanged(ports, signal);
  }
  // The word of a webhook is a hint; a merge ends the fix as done, so GitHub is asked.
  const state = await ports.pullRequests.state(signal.repository, signal.number);
  if (state === 'open') return ignored('GitHub says that the pull request is open');
  const event = { type: 'pull-request-closed', isMerged: state === 'merged', by: signal.actor.login } as const;
  await ports.fixes.append(fix.id, event, { key: `delivery:${id}`, delivery: id });
  return { kind: 'told', fix: fix.id };
}
