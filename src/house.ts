import { join } from 'node:path';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Settings } from './config/environment.ts';
import { createPolicyReader } from './config/policy-in-force.ts';
import { createPurseLimits } from './config/purse-limits.ts';
import type { TraceSettings } from './config/telemetry-variables.ts';
import type { Redactor } from './domain/redact.ts';
import { createDbosEngine, type DbosEngine, type EngineOptions } from './durable/dbos-engine.ts';
import type { ReplicaLock } from './durable/replica-lock.ts';
import { createDiskRecordCache } from './git/disk-record-cache.ts';
import { createIndexer } from './localization/index-tree.ts';
import { createLocalizer } from './localization/localize.ts';
import { type BreakerOptions, createBreakers } from './models/breakers.ts';
import type { HostModels } from './models/host-models.ts';
import type { RosterOptions } from './models/roster.ts';
import { createRosters } from './models/rosters.ts';
import type { CommitLog } from './ports/commit-log.ts';
import type { Localizer } from './ports/localizer.ts';
import type { Pace, Ports } from './ports/ports.ts';
import type { PolicyStore } from './ports/stores.ts';
import type { Syntax } from './ports/syntax.ts';
import type { Tally, Watcher } from './ports/watcher.ts';
import { showGrowth } from './steps/show-status.ts';
import { type Database, migrate, openDatabase } from './store/database.ts';
import { createPostgresDeliveries } from './store/postgres-deliveries.ts';
import { createPostgresFixes } from './store/postgres-fixes.ts';
import { createPostgresIgnoredThreads } from './store/postgres-ignored-threads.ts';
import { createPostgresKnownRepositories } from './store/postgres-known-repositories.ts';
import { createPostgresInstallations, createPostgresOnboardings } from './store/postgres-onboardings.ts';
import { createPostgresPolicies } from './store/postgres-policies.ts';
import { createPostgresPurses } from './store/postgres-purses.ts';
import {
  createPostgresAttempts,
  createPostgresDocuments,
  createPostgresEffects,
  createPostgresInputs,
  createPostgresInventories,
} from './store/postgres-records.ts';
import { createPostgresReproductions } from './store/postgres-reproductions.ts';
import { tallyOf } from './store/postgres-tally.ts';
import { createPostgresTraces } from './store/postgres-traces.ts';
import { createPostgresTurns } from './store/postgres-turns.ts';
import { createPostgresWriteLedger } from './store/postgres-write-ledger.ts';
import { createSeal } from './store/seal.ts';
import { watchedBursts, watchedTurns, watchers } from './telemetry/watched-stores.ts';
import { deliverSignal } from './workflows/deliver-signal.ts';
import { runBurst } from './workflows/run-burst.ts';
import { sweep } from './workflows/sweep.ts';

/** What every house of ai-fix is built of, whether GitHub stands before it or a local repository. */

/** All that is kept in the database. */
export type Stores = ReturnType<typeof createStores>;

export async function openStores(
  pool: pg.Pool,
  now: () => number,
  redactor: Redactor,
  trace: TraceSettings = plainTraces,
): Promise<{ readonly stores: Stores; readonly policies: PolicyStore; tally(): Promise<Tally> }> {
  const database = openDatabase(pool);
  await migrate(database);
  return {
    stores: createStores(database, now, redactor, trace),
    policies: createPostgresPolicies(database),
    tally: () => tallyOf(database),
  };
}

/** Of a database that lives for one run: nobody reads it later. */
const plainTraces: TraceSettings = { keys: [], isPlain: true, days: 3_650 };

function createStores(
  database: Database,
  now: () => number,
  redactor: Redactor,
  { keys, isPlain, days }: TraceSettings,
) {
  const seal = createSeal(keys, isPlain);
  return {
    deliveries: createPostgresDeliveries(database),
    fixes: createPostgresFixes(database, now),
    turns: createPostgresTurns(database, redactor, seal),
    purses: createPostgresPurses(database),
    traces: createPostgresTraces(database, { seal, keepDays: days, now }),
    attempts: createPostgresAttempts(database, seal),
    reproductions: createPostgresReproductions(database, seal),
    effects: createPostgresEffects(database),
    documents: createPostgresDocuments(database),
    inputs: createPostgresInputs(database),
    inventories: createPostgresInventories(database),
    ignoredThreads: createPostgresIgnoredThreads(database),
    writes: createPostgresWriteLedger(database, now),
    knownRepositories: createPostgresKnownRepositories(database, now),
    onboardings: createPostgresOnboardings(database, now),
    installations: createPostgresInstallations(database, now),
  };
}

const megabyte = 1024 * 1024;

/** Finds places without a model; what it learnt of files lies on the disk, beside the mirrors. */
export function openLocalizer(dataDir: string, commitLog: CommitLog, syntax: Syntax): Localizer {
  const cache = createDiskRecordCache({
    dir: join(dataDir, 'records'),
    maxRepositoryBytes: 256 * megabyte,
    maxBytes: 2_048 * megabyte,
  });
  return createLocalizer({ indexer: createIndexer({ cache, maxBytes: 256 * megabyte }), commitLog, syntax });
}

/** What stands outside: a forge with its repositories. */
export type Outside = Pick<
  Ports,
  | 'thread'
  | 'pullRequests'
  | 'reviews'
  | 'commits'
  | 'repositories'
  | 'reach'
  | 'checkRuns'
  | 'checks'
  | 'sandbox'
  | 'workspace'
  | 'pastIssues'
  | 'history'
  | 'ownLogin'
>;

export interface HouseOptions {
  readonly outside: Outside;
  readonly syntax: Ports['syntax'];
  readonly localizer: Ports['localizer'];
  readonly stores: Stores;
  readonly policies: PolicyStore;
  readonly pool: pg.Pool;
  /** Null is the embedded database. */
  readonly databaseUrl: string | null;
  readonly replica: string;
  readonly replicaLock: ReplicaLock | null;
  readonly settings: Pick<Settings, 'concurrency' | 'fixesPerHour' | 'purses'> & { readonly models: HostModels };
  readonly modelRequests?: RosterOptions['requests'] | undefined;
  readonly breakers?: BreakerOptions | undefined;
  readonly pace: Pace;
  readonly now: () => number;
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly engine?: Partial<Pick<EngineOptions, 'pollMs' | 'sweepEveryMs' | 'stepRetry' | 'onStep'>> | undefined;
  /** Who looks at the work from outside. */
  readonly watching?: readonly Watcher[];
  /** How growth is told where there is no status comment to look at. */
  readonly tellGrowth?: Ports['tellGrowth'];
  /** What holds in place of what repositories configured. */
  readonly policyHere?: Pick<Ports, 'policyOf' | 'policyAt'>;
}

/** Puts ports and engine together. Nothing runs before the engine is launched. */
export function furnish(options: HouseOptions): { readonly ports: Ports; readonly engine: DbosEngine } {
  const { outside, policies, settings, log, redactor, databaseUrl, pool } = options;
  const watcher = watchers(options.watching ?? []);
  const stores: Stores = {
    ...options.stores,
    turns: watchedTurns(options.stores.turns, watcher),
    fixes: watchedBursts(options.stores.fixes, watcher),
  };
  let ports: Ports;
  const engine = createDbosEngine(
    {
      database: databaseUrl === null ? { embedded: pool } : { url: databaseUrl },
      replica: options.replica,
      replicaLock: options.replicaLock,
      concurrency: settings.concurrency,
      pollMs: 250,
      sweepEveryMs: 30_000,
      stepRetry: { attempts: 6, firstPauseSeconds: 2 },
      log,
      ...options.engine,
    },
    {
      deliver: (id, step) => deliverSignal(ports, id, step),
      burst: (ticket, step) =>
        watcher.burst(ticket, () =>
          runBurst(ports, ticket, (name, work) => step(name, () => watcher.step(name, work))),
        ),
      sweep: () => sweep(ports),
    },
  );
  const breakers = createBreakers(log, options.breakers);
  const requests = { warn: (text: string) => log.warn(text), ...options.modelRequests };
  const rosterOf = createRosters({ ...rosterOptions(settings.models, requests, undefined), breakers });
  const rosterFor: Ports['rosterFor'] = ({ models: chains }) => rosterOf(chains);
  const reader = options.policyHere ?? createPolicyReader({ repositories: outside.repositories, policies, rosterFor });
  ports = {
    ...outside,
    syntax: options.syntax,
    localizer: options.localizer,
    ...stores,
    ...reader,
    purseLimitsOf: createPurseLimits({
      policyOf: reader.policyOf,
      policies,
      host: settings.purses,
      now: options.now,
      log,
    }),
    rosterFor,
    modelHealth: breakers.health,
    tellGrowth: options.tellGrowth ?? ((fix, characters) => showGrowth(ports, fix, characters)),
    engine,
    redact: (text) => redactor.redact(text),
    fixesPerHour: settings.fixesPerHour,
    pace: options.pace,
    now: options.now,
    log,
  };
  return { ports, engine };
}

/** What a roster is made of, under the choice of models that a repository or a person made. */
export const rosterOptions = (
  host: HostModels,
  requests: RosterOptions['requests'],
  chains: RosterOptions['chains'],
): RosterOptions => ({
  host,
  ...(requests === undefined ? {} : { requests }),
  ...(chains === undefined ? {} : { chains }),
});
