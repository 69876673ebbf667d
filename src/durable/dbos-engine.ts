import { DBOS, Error as EngineErrors } from '@dbos-inc/dbos-sdk';
import type pg from 'pg';
import type { DeliveryId } from '../domain/ids.ts';
import type { Engine, RunStep } from '../ports/engine.ts';
import type { BurstTicket } from '../ports/stores.ts';
import { openEnginePool } from './engine-pool.ts';
import type { ReplicaLock } from './replica-lock.ts';

/** What the engine runs. Bound by the composition root before launch. */
export interface Handlers {
  deliver(id: DeliveryId, step: RunStep): Promise<void>;
  burst(ticket: BurstTicket, step: RunStep): Promise<void>;
  /** Looks for what a lost webhook or a dead process left behind. */
  sweep(): Promise<void>;
}

export interface EngineOptions {
  /** The embedded database by the pool that everybody shares; a server by its address, and then the engine has its own. */
  readonly database: { readonly embedded: pg.Pool } | { readonly url: string };
  /** Unique to this process; survivors take over the work of names whose lock is free. */
  readonly replica: string;
  readonly replicaLock: ReplicaLock | null;
  readonly concurrency: { readonly bursts: number; readonly burstsPerRepository: number };
  readonly pollMs: number;
  readonly sweepEveryMs: number;
  readonly stepRetry: { readonly attempts: number; readonly firstPauseSeconds: number };
  readonly log: {
    info(text: string): void;
    warn(details: object, text: string): void;
    error(details: object, text: string): void;
  };
  /**
   * Told before and after each step's work, with the id of the delivery or burst it belongs to: for traces, and for
   * tests that kill the process there.
   */
  readonly onStep?: (at: 'before' | 'after', name: string, work: string) => void;
}

export interface DbosEngine extends Engine {
  launch(): Promise<void>;
  isReady(): boolean;
  sweepNow(): Promise<void>;
  /** Starts no further step, gives the steps under way this long, and leaves the rest to the next process. */
  shutdown(graceMs: number): Promise<void>;
}

/** A change of the order of steps inside a burst needs `DBOS.patch`; this name then stays, so that old bursts resume. */
const applicationVersion = 'ai-fix-1';
const deliveriesQueue = 'deliveries';
const burstsQueue = 'bursts';
/** Nobody connects to this address, but it has to parse. */
const embeddedOnly = { systemDatabaseUrl: 'postgresql://postgres@localhost/postgres', useListenNotify: false };
const keepEndedMs = 7 * 24 * 60 * 60_000;
const busyLookMs = 20;
const lastWordsMs = 200;

/** Bursts and deliveries as DBOS workflows. The traps of DBOS that were met are answered here and nowhere else. */
export function createDbosEngine(options: EngineOptions, handlers: Handlers): DbosEngine {
  const { database, log, onStep } = options;
  let isReady = false;
  let isStopping = false;
  let hasStopped = false;
  let ownPool: pg.Pool | null = null;
  let sweepTimer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  const connect = () => {
    if ('embedded' in database) return { systemDatabasePool: database.embedded, ...embeddedOnly };
    ownPool = openEnginePool(database.url, options.replica, log);
    return { systemDatabasePool: ownPool, systemDatabaseUrl: database.url };
  };

  /** Steps that do something. One that holds in the middle has nothing left to do here, so nobody waits for it. */
  let busySteps = 0;
  const holdWhileStopping = () => {
    if (!isStopping) return Promise.resolve();
    busySteps -= 1;
    return never();
  };

  const step: RunStep = async (name, work) => {
    if (isStopping) return never();
    const observed = async () => {
      onStep?.('before', name, DBOS.workflowID ?? '');
      const result = await work();
      onStep?.('after', name, DBOS.workflowID ?? '');
      return result;
    };
    const retry = { retriesAllowed: true, backoffRate: 2, shouldRetry: isPassing };
    const { attempts: maxAttempts, firstPauseSeconds: intervalSeconds } = options.stepRetry;
    busySteps += 1;
    try {
      return await DBOS.runStep(observed, { name, maxAttempts, intervalSeconds, ...retry });
    } catch (error) {
      // The steps' own fault says more than that all tries failed.
      throw error instanceof EngineErrors.DBOSMaxStepRetriesError ? (error.errors.at(-1) ?? error) : error;
    } finally {
      busySteps -= 1;
    }
  };

  const deliver = DBOS.registerWorkflow((id: DeliveryId) => handlers.deliver(id, step), { name: 'deliver-signal' });
  const burst = DBOS.registerWorkflow((ticket: BurstTicket) => handlers.burst(ticket, step), { name: 'burst' });

  const sweepNow = async () => {
    if (options.replicaLock !== null) await takeOver(options.replicaLock, options, log);
    await handlers.sweep();
    await forgetEnded();
  };
  const keepSweeping = () => {
    sweeping = sweepNow().catch((error: unknown) => log.error({ err: error }, 'the sweep failed; it will run again'));
    void sweeping.finally(() => {
      if (!isStopping) sweepTimer = setTimeout(keepSweeping, options.sweepEveryMs);
    });
  };

  return {
    launch: async () => {
      DBOS.setConfig({
        name: 'ai-fix',
        applicationVersion,
        enablePatching: true,
        executorID: options.replica,
        logger: quiet(log),
        ...connect(),
      });
      await DBOS.launch();
      const { bursts, burstsPerRepository } = options.concurrency;
      const onConflict = 'always_update' as const;
      await DBOS.registerQueue(deliveriesQueue, {
        workerConcurrency: 20,
        minPollingIntervalMs: options.pollMs,
        onConflict,
      });
      await DBOS.registerQueue(burstsQueue, {
        partitionConcurrency: burstsPerRepository,
        globalConcurrency: bursts,
        minPollingIntervalMs: options.pollMs,
        onConflict,
      });
      isReady = true;
      keepSweeping();
    },

    isReady: () => isReady && !isStopping,
    sweepNow,

    startDelivery: async ({ id, tries }) => {
      await DBOS.startWorkflow(deliver, { workflowID: `delivery.${id}.${tries}`, queueName: deliveriesQueue })(id);
    },

    startBurst: async (ticket) => {
      const queuePartitionKey = `${ticket.repository.owner}/${ticket.repository.name}`;
      await DBOS.startWorkflow(burst, {
        workflowID: burstId(ticket),
        queueName: burstsQueue,
        enqueueOptions: { queuePartitionKey },
      })(ticket);
    },

    burstState: async (ticket) => {
      const status = await DBOS.getWorkflowStatus(burstId(ticket));
      return status !== null && ['PENDING', 'ENQUEUED', 'DELAYED'].includes(status.status) ? 'alive' : 'gone';
    },

    holdWhileStopping,
    hasStopped: () => hasStopped,
    isPassing,
    isInterruption: (error) => error instanceof EngineErrors.DBOSError,

    shutdown: async (graceMs) => {
      isStopping = true;
      clearTimeout(sweepTimer);
      const deadlineMs = Date.now() + graceMs;
      await Promise.race([sweeping, pause(graceMs)]);
      while (busySteps > 0 && Date.now() < deadlineMs) await pause(busyLookMs);
      hasStopped = true;
      // What holds never ends here: DBOS is given the time to note what has just ended, no more.
      await DBOS.shutdown({ deregister: true, workflowCompletionTimeoutMS: lastWordsMs });
      await ownPool?.end();
    },
  };
}

const burstId = (ticket: BurstTicket): string => `burst.${ticket.fix}.${ticket.number}`;

/** Work of replicas that no longer live goes back to its queue. DBOS fences the dead one, should it wake up again. */
async function takeOver(lock: ReplicaLock, options: EngineOptions, log: EngineOptions['log']): Promise<void> {
  const pending = await DBOS.listWorkflows({ status: 'PENDING', loadInput: false, loadOutput: false });
  const others = new Set(pending.map((workflow) => workflow.executorId).filter((owner) => owner !== options.replica));
  for (const owner of others) {
    if (owner === undefined) continue;
    await lock.ifDead(owner, async () => {
      const orphans = await DBOS.listWorkflows({
        status: 'PENDING',
        executorId: owner,
        loadInput: false,
        loadOutput: false,
      });
      for (const orphan of orphans) {
        await DBOS.resumeWorkflow(
          orphan.workflowID,
          orphan.queueName === undefined ? {} : { queueName: orphan.queueName },
        );
      }
      if (orphans.length > 0) log.info(`took over ${orphans.length} pieces of work from ${owner}, which is gone`);
    });
  }
}

/** DBOS keeps every workflow for ever unless told otherwise. Ours are only of use while they can be resumed. */
async function forgetEnded(): Promise<void> {
  const ended = await DBOS.listWorkflows({
    status: ['SUCCESS', 'ERROR', 'CANCELLED'],
    endTime: new Date(Date.now() - keepEndedMs).toISOString(),
    limit: 200,
    loadInput: false,
    loadOutput: false,
  });
  if (ended.length > 0) await DBOS.deleteWorkflows(ended.map((workflow) => workflow.workflowID));
}

/**
 * Faults of ours carry `isRetryable`; a database that is away shows as an SQLSTATE (connection 08, resources 53,
 * operator intervention 57P, serialization 40: https://www.postgresql.org/docs/current/errcodes-appendix.html) or as a
 * system code of the connection.
 */
function isPassing(error: unknown): boolean {
  const { isRetryable, code } = (error ?? {}) as { isRetryable?: unknown; code?: unknown };
  if (isRetryable === true) return true;
  return (
    typeof code === 'string' &&
    /^(?:(?:08|40|53)[0-9A-Z]{3}|55P03|57P[0-9A-Z]{2}|ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT)$/.test(code)
  );
}

const never = (): Promise<never> => new Promise(() => undefined);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** DBOS reports its own life at length; only what went wrong is of interest here. */
const quiet = (log: EngineOptions['log']) => ({
  info: () => undefined,
  debug: () => undefined,
  warn: (entry: unknown) => log.warn({}, String(entry)),
  error: (entry: unknown) => log.error({ err: entry }, 'the workflow engine reported an error'),
});
