import type { Fix } from '../domain/fix.ts';
import type { Ports } from '../ports/ports.ts';
import { startWanted } from './start-wanted.ts';

const atOnce = 200;
const lostAfterMs = 30_000;
const keepDeliveriesMs = 14 * 24 * 60 * 60_000;

/**
 * The scheduled look for what a lost webhook or a dead process left behind. GitHub's webhooks are hints; its API is the
 * truth. Everything here is idempotent, and a fault with one fix does not keep the others waiting.
 */
export async function sweep(ports: Ports): Promise<void> {
  for (const delivery of await ports.deliveries.unsettled(lostAfterMs)) await ports.engine.startDelivery(delivery);
  for (const ticket of await ports.fixes.running(atOnce)) {
    if ((await ports.engine.burstState(ticket)) === 'alive') continue;
    await ports.engine.startBurst(ticket);
    if ((await ports.engine.burstState(ticket)) === 'alive') continue;
    // Its workflow ended without ending the burst: only a fault of ours does that.
    await ports.fixes.end(ticket, { type: 'faulted', reason: 'ai-fix itself has a fault; its log says more' });
  }
  for (const fix of await ports.fixes.waiting(atOnce)) {
    await lookAfter(ports, fix).catch((error: unknown) =>
      ports.log.warn({ err: error, fix: fix.id }, 'could not look after a waiting fix; the next sweep does'),
    );
  }
  for (const fix of await ports.fixes.wanting(atOnce)) await startWanted(ports, fix);
  await ports.deliveries.forget(keepDeliveriesMs);
}

async function lookAfter(ports: Ports, fix: Fix): Promise<void> {
  const { wait } = fix;
  if (wait === null) return;
  if (wait.untilMs <= ports.now()) {
    await ports.fixes.append(
      fix.id,
      { type: 'deadline-passed', waitingFor: wait.for },
      { key: `deadline:${wait.for}:${wait.untilMs}` },
    );
    return;
  }
  if (wait.for !== 'run' || fix.candidate === null) return;
  const run = await ports.sandbox.inspect(fix.repository, fix.candidate.runId);
  if (run !== null && run.status !== 'completed') return;
  await ports.fixes.append(
    fix.id,
    { type: 'run-finished', runId: fix.candidate.runId },
    { key: `sweep:${ports.now()}` },
  );
}
