import type { FixEvent } from '../domain/event.ts';
import { ForgeError } from '../domain/faults.ts';
import type { BurstKind, Fix } from '../domain/fix-facts.ts';
import type { FixId } from '../domain/ids.ts';
import type { RunStep } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';
import type { BurstTicket } from '../ports/stores.ts';
import { noteOwed, showStatus } from '../steps/show-status.ts';
import type { RunBurst } from './burst.ts';
import { askAgain } from './bursts/ask-again.ts';
import { attempt } from './bursts/attempt.ts';
import { conclude } from './bursts/conclude.ts';
import { diagnose } from './bursts/diagnose.ts';
import { harvest } from './bursts/harvest.ts';
import { judge } from './bursts/judge.ts';
import { mend } from './bursts/mend.ts';
import { observe } from './bursts/observe.ts';
import { open } from './bursts/open.ts';
import { plan } from './bursts/plan.ts';
import { propose } from './bursts/propose.ts';
import { rebase } from './bursts/rebase.ts';
import { remind } from './bursts/remind.ts';
import { reopen } from './bursts/reopen.ts';
import { reproduce } from './bursts/reproduce.ts';
import { review } from './bursts/review.ts';
import { revise } from './bursts/revise.ts';
import { tell } from './bursts/tell.ts';
import { validate } from './bursts/validate.ts';
import { startWanted } from './start-wanted.ts';

const bursts: Readonly<Record<BurstKind, RunBurst>> = {
  diagnose,
  open,
  mend,
  harvest,
  plan,
  'ask-again': askAgain,
  remind,
  reproduce,
  observe,
  attempt,
  validate,
  judge,
  review,
  propose,
  tell,
  revise,
  rebase,
  reopen,
  conclude,
};

/**
 * Runs one burst from its start, or from where a dead process left it, to the event that ends it; then starts what the
 * story wants next.
 *
 * This is the boundary at which faults become something people see. What time mends (GitHub is away, a rate limit) and
 * the steps' own retries outlast becomes an outage: the fix waits and runs this burst again. Anything else abandons the
 * fix with the reason, in place of a burst that hangs in silence.
 */
export async function runBurst(ports: Ports, ticket: BurstTicket, step: RunStep): Promise<void> {
  const fix = await ports.fixes.find(ticket.fix);
  if (fix === null) return;
  const isWanted = await step('look whether it is still wanted', () => ports.fixes.isCurrent(ticket));
  if (!isWanted) return endBurst(ports, ticket, step, null);
  const watch = watchForOvertaking(ports, ticket);
  let event: FixEvent | null;
  try {
    event = await bursts[ticket.kind]({
      fix,
      ports,
      step,
      signal: watch.signal,
      note: async (noted) => {
        await step(`note ${noted.type}`, () => ports.fixes.note(ticket, noted));
        return step('show the status', () => showNewest(ports, fix.id));
      },
    });
  } catch (error) {
    if (ports.engine.isInterruption(error)) throw error;
    ports.log.error({ err: error, fix: fix.id, burst: ticket.kind }, 'a burst ended in a fault');
    event = eventOf(error, ports, fix);
  } finally {
    watch.stop();
  }
  await endBurst(ports, ticket, step, event);
}

/** Lets go of the burst, shows what came of it, and starts what the story wants next. */
async function endBurst(ports: Ports, ticket: BurstTicket, step: RunStep, event: FixEvent | null): Promise<void> {
  await step('end the burst', () => ports.fixes.end(ticket, event));
  await step('show the new status', () => showNewest(ports, ticket.fix));
  await startWanted(ports, ticket.fix);
}

/** Shows how the fix stands. That it could not be shown is no reason to end a fix: the next change shows it. */
async function showNewest(ports: Ports, id: FixId): Promise<Fix> {
  const newest = await ports.fixes.find(id);
  if (newest === null) throw new TypeError(`there is no fix ${id}`);
  await showStatus(ports, newest).catch(async (error: unknown) => {
    ports.log.warn({ err: error, fix: id }, 'the status could not be shown; the next change or the sweep shows it');
    await noteOwed(ports, id);
  });
  return newest;
}

/**
 * Looks every second or so whether the burst is still wanted, so that a stop ends a model's turn in the middle. A
 * burst that holds in a process that stops never ends, and then there is no database to look into.
 */
function watchForOvertaking(
  { fixes, engine, pace, log }: Ports,
  ticket: BurstTicket,
): { readonly signal: AbortSignal; stop(): void } {
  const overtaken = new AbortController();
  const look = async () => {
    if (!(await fixes.isCurrent(ticket)))
      overtaken.abort(new Error(`burst ${ticket.number} of ${ticket.fix} was overtaken`));
  };
  const timer = setInterval(() => {
    if (engine.hasStopped()) return clearInterval(timer);
    look().catch((error: unknown) =>
      log.warn({ err: error, fix: ticket.fix }, 'could not look whether the burst is still wanted'),
    );
  }, pace.watchEveryMs);
  timer.unref();
  return { signal: overtaken.signal, stop: () => clearInterval(timer) };
}

function eventOf(error: unknown, { engine, pace }: Ports, fix: Fix): FixEvent {
  const reason = reasonOf(error);
  if (!engine.isPassing(error)) return { type: 'faulted', reason };
  const asked = error instanceof ForgeError ? (error.retryAfterMs ?? 0) : 0;
  const of = error instanceof ForgeError ? 'github' : 'ai-fix';
  return { type: 'outage', of, reason, retryInMs: Math.max(asked, pace.outagePauseMs(fix.outages)) };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something broke that has no name';
  const isOurs = ['ForgeError', 'ConfigError', 'SealError'].includes(error.name);
  return isOurs
    ? error.message.slice(0, 600)
    : `ai-fix itself has a fault (${error.name}: ${error.message.slice(0, 300)}); its log says more`;
}
