import { hostname } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Logger, ProbotOctokit } from 'probot';
import { listen } from './app/app.ts';
import { createAccept } from './app/edge.ts';
import type { Settings } from './config/environment.ts';
import { maxPolicyBytes, policyPath, readPolicy } from './config/repository.ts';
import { ForgeError } from './domain/faults.ts';
import type { RepositoryRef } from './domain/ids.ts';
import { createRedactor, type Redactor } from './domain/redact.ts';
import type { DbosEngine, EngineOptions } from './durable/dbos-engine.ts';
import { createDbosEngine } from './durable/dbos-engine.ts';
import { openEmbeddedPostgres } from './durable/embedded-postgres.ts';
import { holdReplicaLock } from './durable/replica-lock.ts';
import { createGitWorkspace } from './git/git-workspace.ts';
import { createGitHubCheckRuns } from './github/github-check-runs.ts';
import { createGitHubCommits } from './github/github-commits.ts';
import { createGitHubPullRequests } from './github/github-pull-requests.ts';
import { createGitHubReach } from './github/github-reach.ts';
import { createGitHubRepositories } from './github/github-repositories.ts';
import { createGitHubReviews } from './github/github-reviews.ts';
import { createGitHubSandbox } from './github/github-sandbox.ts';
import { createGitHubThread } from './github/github-thread.ts';
import { createInstallations } from './github/installations.ts';
import { type BeforeWrite, createWriteGuard } from './github/write-guard.ts';
import { createRoster } from './models/roster.ts';
import type { Pace, Ports } from './ports/ports.ts';
import { type Database, migrate, openDatabase } from './store/database.ts';
import { createPostgresDeliveries } from './store/postgres-deliveries.ts';
import { createPostgresFixes } from './store/postgres-fixes.ts';
import { createPostgresIgnoredThreads } from './store/postgres-ignored-threads.ts';
import { createPostgresInstallations, createPostgresOnboardings } from './store/postgres-onboardings.ts';
import {
  createPostgresAttempts,
  createPostgresDocuments,
  createPostgresEffects,
  createPostgresInputs,
  createPostgresInventories,
} from './store/postgres-records.ts';
import { createPostgresTurns } from './store/postgres-turns.ts';
import { createPostgresWriteLedger } from './store/postgres-write-ledger.ts';
import { warningsTo } from './telemetry/log.ts';
import { healthPages } from './web/health.ts';
import { openServer } from './web/server.ts';
import { deliverSignal } from './workflows/deliver-signal.ts';
import { createHandOver } from './workflows/hand-over.ts';
import { runBurst } from './workflows/run-burst.ts';
import { sweep } from './workflows/sweep.ts';

/** What may be set otherwise than in a real deployment: tests and the demo shorten waits, watch steps, move the clock. */
export interface Tuning {
  readonly pace?: Partial<Pace>;
  readonly engine?: Partial<Pick<EngineOptions, 'pollMs' | 'sweepEveryMs' | 'stepRetry' | 'onStep'>>;
  readonly Octokit?: typeof ProbotOctokit;
  readonly modelRequests?: { readonly timeoutMs?: number; readonly maxRetryDelayMs?: number };
  /** The clock that budgets and deadlines go by. */
  readonly now?: () => number;
}

export interface App {
  readonly port: number;
  readonly ports: Ports;
  readonly engine: DbosEngine;
  /** Takes no more work, lets steps under way end, and lets go of everything. What is unfinished resumes at the next start. */
  stop(): Promise<void>;
}

const shutdownGraceMs = 8_000;

/**
 * Puts the house together and opens it: database, engine, GitHub, models, web server, in this order, so that nothing
 * is accepted before it can be kept.
 *
 * @param redactor the one that `log` writes through, so that it learns the tokens of GitHub too.
 * @throws {ConfigError} {ForgeError} when something it stands on is not there.
 */
export async function startApp(
  settings: Settings,
  log: Logger,
  tuning: Tuning = {},
  redactor: Redactor = createRedactor(settings.secrets),
): Promise<App> {
  const replica =
    settings.database.url === null ? 'embedded' : `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
  const postgres = await openPostgres(settings, log);
  const database = openDatabase(postgres.pool);
  await migrate(database);
  const replicaLock =
    settings.database.url === null
      ? null
      : await holdReplicaLock(settings.database.url, replica, (error) => {
          log.fatal(
            { err: error },
            'this replica lost its database session; it stops, and another takes over its work',
          );
          process.exit(1);
        });

  const { Octokit = ProbotOctokit, now = Date.now } = tuning;
  const stores = createStores(database, now, redactor);
  const { workspace, isSelf, ...adapters } = await openAdapters(
    settings,
    Octokit,
    tuning.Octokit === undefined,
    log,
    redactor,
    createWriteGuard(stores.writes),
  );
  let ports: Ports;
  const engine = createDbosEngine(
    {
      database:
        settings.database.url === null
          ? { systemDatabasePool: postgres.pool }
          : { systemDatabaseUrl: settings.database.url },
      isEmbedded: settings.database.url === null,
      replica,
      replicaLock,
      concurrency: settings.concurrency,
      pollMs: 250,
      sweepEveryMs: 30_000,
      stepRetry: { attempts: 6, firstPauseSeconds: 2 },
      log,
      ...tuning.engine,
    },
    {
      deliver: (id, step) => deliverSignal(ports, id, step),
      burst: (ticket, step) => runBurst(ports, ticket, step),
      sweep: () => sweep(ports),
    },
  );
  ports = {
    ...adapters,
    workspace,
    ...stores,
    rosterFor: ({ models: chains }) => createRoster({ ...rosterOptions(settings, tuning), chains }),
    engine,
    fixesPerHour: settings.fixesPerHour,
    pace: { ...defaultPace, ...tuning.pace },
    now,
    log,
  };
  await engine.launch();

  const isDatabaseReady = async () => (await postgres.pool.query('select 1')).rowCount === 1;
  const server = await openServer(
    { ...settings.server, app: settings.app, apiUrl: settings.github.apiUrl, Octokit, log },
    (probot, { addHandler }) => {
      listen(probot, createAccept(ports, isSelf, createHandOver(ports)));
      addHandler(
        healthPages([
          { name: 'database', isReady: isDatabaseReady },
          { name: 'engine', isReady: async () => engine.isReady() },
        ]),
      );
    },
  );
  return {
    port: server.port,
    ports,
    engine,
    stop: async () => {
      // At once: a client that keeps its connection open must not use up the time of the steps under way.
      await Promise.all([server.stop(), engine.shutdown(shutdownGraceMs)]);
      await workspace.close();
      await replicaLock?.close();
      await postgres.close();
    },
  };
}

/** Everything that talks to GitHub, over REST or git. */
async function openAdapters(
  settings: Settings,
  Octokit: typeof ProbotOctokit,
  isThrottled: boolean,
  log: Logger,
  redactor: Redactor,
  beforeWrite: BeforeWrite,
) {
  const { app, github } = settings;
  const warnings = warningsTo(log);
  const installations = createInstallations(
    { appId: app.id, privateKey: app.privateKey, baseUrl: github.apiUrl },
    Octokit.defaults({ log: warnings, request: { log: warnings } }),
    redactor,
    isThrottled,
    beforeWrite,
  );
  // Wrong credentials end the start; a GitHub that is away does not: work waits until it is back.
  let own: string | null = null;
  const ownLogin = async () => {
    own = `${await installations.slug()}[bot]`;
    return own;
  };
  await ownLogin().catch((error: unknown) => {
    if (!(error instanceof ForgeError && error.isRetryable)) throw error;
    log.warn({ err: error }, 'GitHub does not answer yet');
  });
  const repositories = createGitHubRepositories(installations);
  return {
    ownLogin,
    isSelf: (login: string) => login === own,
    thread: createGitHubThread(installations),
    pullRequests: createGitHubPullRequests(installations),
    reviews: createGitHubReviews(installations),
    commits: createGitHubCommits(installations),
    checkRuns: createGitHubCheckRuns(installations),
    sandbox: createGitHubSandbox(installations),
    repositories,
    reach: createGitHubReach(installations),
    workspace: createGitWorkspace({
      mirrorsDir: join(settings.dataDir, 'mirrors'),
      remoteUrl: ({ owner, name }) => `${github.webUrl}/${owner}/${name}.git`,
      token: (repository, access, refused) => installations.gitToken(repository, access, refused),
    }),
    policyOf: async (repository: RepositoryRef) => {
      const { head } = await repositories.facts(repository);
      const file = head === null ? null : await repositories.file(repository, policyPath, head, maxPolicyBytes + 1);
      return readPolicy(file?.text ?? null);
    },
  };
}

const createStores = (database: Database, now: () => number, redactor: Redactor) => ({
  deliveries: createPostgresDeliveries(database),
  fixes: createPostgresFixes(database, now),
  turns: createPostgresTurns(database, redactor),
  attempts: createPostgresAttempts(database),
  effects: createPostgresEffects(database),
  documents: createPostgresDocuments(database),
  inputs: createPostgresInputs(database),
  inventories: createPostgresInventories(database),
  ignoredThreads: createPostgresIgnoredThreads(database),
  writes: createPostgresWriteLedger(database, now),
  onboardings: createPostgresOnboardings(database, now),
  installations: createPostgresInstallations(database, now),
});

const rosterOptions = ({ models }: Settings, { modelRequests }: Tuning) => ({
  environment: models,
  ...(models.defaultModel === undefined ? {} : { defaultModel: models.defaultModel }),
  ...(modelRequests === undefined ? {} : { requests: modelRequests }),
});

const defaultPace: Pace = {
  outagePauseMs: (outages) => Math.min(30, 2 ** outages) * 60_000,
  listingLagMs: 15_000,
  quietMs: 30_000,
  lookAgainEveryMs: 10 * 60_000,
  watchEveryMs: 1_000,
};

async function openPostgres(settings: Settings, log: Logger): Promise<{ pool: pg.Pool; close(): Promise<void> }> {
  const { url } = settings.database;
  if (url === null) return openEmbeddedPostgres(settings.dataDir);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection broke; the next query gets a new one'));
  return { pool, close: () => pool.end() };
}
