import { hostname } from 'node:os';
import { type Logger, ProbotOctokit } from 'probot';
import { openAdapters, openInstallations } from './adapters.ts';
import { listen } from './app/app.ts';
import { createAccept } from './app/edge.ts';
import type { Settings } from './config/environment.ts';
import { policyJsonSchema } from './config/repository.ts';
import type { TraceSettings } from './config/telemetry-variables.ts';
import { ForgeError } from './domain/faults.ts';
import { createRedactor, type Redactor } from './domain/redact.ts';
import type { DbosEngine, EngineOptions } from './durable/dbos-engine.ts';
import { openPostgres } from './durable/postgres.ts';
import { holdReplicaLock } from './durable/replica-lock.ts';
import type { Installations } from './github/installations.ts';
import { createWriteGuard } from './github/write-guard.ts';
import { furnish, openLocalizer, openStores, type Stores } from './house.ts';
import type { BreakerOptions } from './models/breakers.ts';
import type { Pace, Ports } from './ports/ports.ts';
import { keyIdOf } from './store/seal.ts';
import { createTreeSitterSyntax } from './syntax/tree-sitter-syntax.ts';
import { openTelemetry } from './telemetry/open-telemetry.ts';
import { healthPages } from './web/health.ts';
import { jsonPage } from './web/json-page.ts';
import { metricsPage } from './web/metrics-page.ts';
import { openServer } from './web/server.ts';
import { doorPath, openTraceDoor, type TraceDoor } from './web/trace-door.ts';
import { createHandOver } from './workflows/hand-over.ts';

/** What may be set otherwise than in a real deployment: tests and the demo shorten waits, watch steps, move the clock. */
export interface Tuning {
  readonly pace?: Partial<Pace>;
  readonly engine?: Partial<Pick<EngineOptions, 'pollMs' | 'sweepEveryMs' | 'stepRetry' | 'onStep'>>;
  readonly Octokit?: typeof ProbotOctokit;
  readonly modelRequests?: {
    readonly timeoutMs?: number;
    readonly maxRetryDelayMs?: number;
    readonly patienceMs?: number;
  };
  readonly breakers?: BreakerOptions;
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
  const { Octokit = ProbotOctokit, now = Date.now } = tuning;
  const { stores, policies, tally } = await openStores(postgres.pool, now, redactor, settings.telemetry.trace);
  tellTexts(settings.telemetry.trace, await stores.traces.missingKeys(), log);
  for (const warning of settings.warnings) log.warn(warning);
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

  const pace = { ...defaultPace, ...tuning.pace };
  const installations = openInstallations(
    settings,
    Octokit,
    tuning.Octokit === undefined,
    log,
    redactor,
    createWriteGuard(stores.writes, pace.writesPerHour),
  );
  const { ownLogin, isSelf } = await askOwnName(installations, log);
  const { workspace, policyOf: _asItStands, ...adapters } = openAdapters(settings, installations);
  const syntax = createTreeSitterSyntax((text) => log.warn(text));
  const telemetry = openTelemetry(settings.telemetry, {
    instance: replica,
    redactor,
    log,
    tally,
    health: () => ports.modelHealth(),
    findFix: (id) => stores.fixes.find(id),
  });
  const { ports, engine } = furnish({
    outside: { ...adapters, workspace, ownLogin },
    syntax,
    localizer: openLocalizer(settings.dataDir, workspace.commitLog, syntax),
    stores,
    policies,
    pool: postgres.pool,
    databaseUrl: settings.database.url,
    replica,
    replicaLock,
    settings,
    modelRequests: tuning.modelRequests,
    breakers: { callsAtOnce: settings.callsPerModel, ...tuning.breakers },
    pace,
    now,
    log,
    redactor,
    engine: tuning.engine,
    watching: telemetry.watching,
  });
  await engine.launch();

  const { metrics } = telemetry;
  const door = settings.database.url === null ? await openDoor(settings.dataDir, stores, log) : null;
  const isDatabaseReady = async () => (await postgres.pool.query('select 1')).rowCount === 1;
  const server = await openServer(
    {
      ...settings.server,
      app: settings.app,
      apiUrl: settings.github.apiUrl,
      Octokit,
      log,
      ...(metrics === null ? {} : { onWebhook: metrics.webhookAnswered }),
    },
    (probot, { addHandler }) => {
      listen(probot, createAccept(ports, isSelf, createHandOver(ports)));
      addHandler(
        healthPages(
          [
            { name: 'database', isReady: isDatabaseReady },
            { name: 'engine', isReady: async () => engine.isReady() },
          ],
          ports.modelHealth,
        ),
      );
      addHandler(jsonPage('/schema.json', policyJsonSchema()));
      if (metrics !== null && settings.telemetry.metrics !== null)
        addHandler(metricsPage(settings.telemetry.metrics, metrics));
    },
  );
  return {
    port: server.port,
    ports,
    engine,
    stop: onlyOnce(async () => {
      // At once: a client that keeps its connection open must not use up the time of the steps under way.
      await Promise.all([server.stop(), door?.close(), engine.shutdown(shutdownGraceMs)]);
      await Promise.all([workspace.close(), syntax.close(), telemetry.close()]);
      await replicaLock?.close();
      await postgres.close();
    }),
  };
}

function tellTexts({ keys, isPlain }: TraceSettings, missing: readonly string[], log: Logger): void {
  const names = keys.map(keyIdOf);
  if (keys.length === 0) log.info('texts of conversations are kept unencrypted: AI_FIX_TRACE_KEY is not set');
  else if (isPlain)
    log.info({ keys: names }, 'texts of conversations are kept unencrypted; these keys read older ones');
  else log.info({ keys: names }, 'texts of conversations are encrypted with the first of these keys');
  if (missing.length === 0) return;
  log.error(
    { keys: missing },
    'AI_FIX_TRACE_KEY lacks keys with which the conversations of live fixes were encrypted: these fixes wait until they are set',
  );
}

/** Whoever asks again waits for the first. */
function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let under: Promise<void> | null = null;
  return () => {
    under ??= work();
    return under;
  };
}

/** Without it `ai-fix trace` waits until the App is stopped, and the App does its work all the same. */
async function openDoor(dataDir: string, { traces }: Stores, log: Logger): Promise<TraceDoor | null> {
  const path = doorPath(dataDir);
  try {
    const door = await openTraceDoor(path, traces, (error) => log.warn({ err: error }, 'a trace could not be read'));
    if (door === null)
      log.warn({ path }, 'the path is too long for a socket: ai-fix trace works while the App is stopped');
    return door;
  } catch (error) {
    log.warn({ err: error, path }, 'no socket could be opened: ai-fix trace works while the App is stopped');
    return null;
  }
}

/** Wrong credentials end the start; a GitHub that is away does not: work waits until it is back. */
async function askOwnName(installations: Installations, log: Logger) {
  let own: string | null = null;
  const ownLogin = async () => {
    own = `${await installations.slug()}[bot]`;
    return own;
  };
  await ownLogin().catch((error: unknown) => {
    if (!(error instanceof ForgeError && error.isRetryable)) throw error;
    log.warn({ err: error }, 'GitHub does not answer yet');
  });
  return { ownLogin, isSelf: (login: string) => login === own };
}

const defaultPace: Pace = {
  outagePauseMs: (outages) => Math.min(30, 2 ** outages) * 60_000,
  waitsForAdmin: true,
  listingLagMs: 15_000,
  quietMs: 30_000,
  /*
   * GitHub takes about 500 requests an hour that create content, for each installation, and does not say which it
   * counts, so every writing one counts here. A few are left for what was under way when two replicas looked at once:
   * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
   */
  writesPerHour: 480,
  thriftyFromWrites: 100,
  tellGrowthEveryMs: 2 * 60_000,
  lookAgainEveryMs: 10 * 60_000,
  checksPollMs: 60_000,
  lookForLabelsEveryMs: 15 * 60_000,
  watchEveryMs: 1_000,
};
