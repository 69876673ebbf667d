import { awaitedRun } from '../domain/awaited-runs.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ports } from '../ports/ports.ts';
import type { BurstTicket } from '../ports/stores.ts';
import { lookAgain } from './look-again.ts';
import { lookForLabels } from './look-for-labels.ts';
import { onboardDue } from './onboard.ts';
import { recountInstallations } from './recount-installations.ts';
import { startWanted } from './start-wanted.ts';
import { mayWakeEarly } from './wake-early.ts';

const atOnce = 200;
const lostAfterMs = 30_000;
/** Well after the last retry of a step: whatever handled the delivery is gone. */
const orphanedAfterMs = 10 * 60_000;
const keepDeliveriesMs = 14 * 24 * 60 * 60_000;

/**
 * The scheduled look for what a lost webhook or a dead process left behind. GitHub's webhooks are hints; its API is the
 * truth. Everything here is idempotent, and a fault with one thing does not keep the others waiting.
 */
export async function sweep(ports: Ports): Promise<void> {
  const { deliveries, fixes, engine } = ports;
  await each(ports, await deliveries.unsettled(orphanedAfterMs), ({ id }) =>
    deliveries.postpone(id, 'its handling was lost'),
  );
  await each(ports, await deliveries.unsettled(lostAfterMs), (delivery) => engine.startDelivery(delivery));
  await each(ports, await fixes.running(atOnce), (burst) => revive(ports, burst));
  await each(ports, await fixes.waiting(atOnce), (fix) => lookAfter(ports, fix));
  await each(ports, await fixes.wanting(atOnce), (fix) => startWanted(ports, fix));
  await lookAgain(ports);
  await lookForLabels(ports);
  // Last: setting up may take a while, and waits for nobody.
  await onboardDue(ports);
  await recountInstallations(ports).catch((error: unknown) =>
    ports.log.warn(
      { err: error },
      'the repositories of an installation could not be counted; the next time is in some hours',
    ),
  );
  await deliveries.forget(keepDeliveriesMs);
  await ports.writes.forget();
  await ports.traces.dropTexts();
}

async function each<T>({ log }: Ports, items: readonly T[], look: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) {
    await look(item).catch((error: unknown) =>
      log.warn({ err: error, item }, 'the sweep could not look after this; the next one does'),
    );
  }
}

async function revive({ engine, fixes, pace }: Ports, burst: BurstTicket): Promise<void> {
  if ((await engine.burstState(burst)) === 'alive') return;
  await engine.startBurst(burst);
  if ((await engine.burstState(burst)) === 'alive') return;
  // Its workflow ended without ending the burst, for instance because the database was away.
  const reason = 'ai-fix lost its work in the middle; its log says more';
  await fixes.end(burst, { type: 'outage', of: 'ai-fix', reason, retryInMs: pace.outagePauseMs(0) });
}

async function lookAfter(ports: Ports, fix: Fix): Promise<void> {
  const { wait } = fix;
  if (wait === null) return;
  const isDue = wait.untilMs <= ports.now();
  if (isDue || mayWakeEarly(ports, fix)) {
    await ports.fixes.append(
      fix.id,
      { type: 'deadline-passed', waitingFor: wait.for, ...(!isDue && { isEarly: true }) },
      { key: `deadline:${wait.for}:${wait.untilMs}` },
    );
    return;
  }
  const awaited = awaitedRun(fix);
  if (awaited === null) return;
  const { runId } = awaited;
  const run = await ports.sandbox.inspect(fix.repository, runId);
  if (run !== null && run.status !== 'completed') return;
  await ports.fixes.append(fix.id, { type: 'run-finished', runId }, { key: `sweep:${ports.now()}` });
}
