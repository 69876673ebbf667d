import { chmod, cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pino } from 'pino';
import { ConfigError } from '../../domain/faults.ts';
import type { RepositoryRef } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import { noPurseLimits } from '../../domain/purse.ts';
import { createRedactor } from '../../domain/redact.ts';
import type { IssueSnapshot } from '../../domain/ticket.ts';
import type { DbosEngine } from '../../durable/dbos-engine.ts';
import { openPostgres } from '../../durable/postgres.ts';
import { type Depot, openDepot } from '../../git/depot.ts';
import { createGitWorkspace } from '../../git/git-workspace.ts';
import {
  assertWritable,
  type Base,
  baseOf,
  openUserRepository,
  type UserRepository,
} from '../../git/user-repository.ts';
import { furnish, openLocalizer, openStores } from '../../house.ts';
import { baseChecks } from '../../local/base-checks.ts';
import { missingPrograms } from '../../local/bubblewrap.ts';
import { createLocalForge, type LocalForge } from '../../local/local-forge.ts';
import type { BaseCheck, LocalSandbox } from '../../local/local-sandbox.ts';
import { localWorkflow } from '../../local/local-workflow.ts';
import type { Pace, Ports } from '../../ports/ports.ts';
import { createTreeSitterSyntax } from '../../syntax/tree-sitter-syntax.ts';
import { openLog } from '../../telemetry/log.ts';
import { sayGrowth } from '../../thread/status-comment.ts';
import { UsageError } from '../command.ts';
import { confirmSetUp } from './confirm-set-up.ts';
import type { FoundChecks } from './found-checks.ts';
import { keepsReports, lookAtBase } from './look-at-base.ts';
import { lookAtRoster } from './look-at-roster.ts';
import { openSandbox } from './open-sandbox.ts';
import type { TryDesk, TryOptions } from './options.ts';
import { branchPrefixFor } from './policy-here.ts';
import { readBase } from './read-base.ts';
import { countTurns, type TurnCount } from './turn-count.ts';

/** A local run, ready to begin: the same house as the App's, with this machine outside. */
export interface OpenTry {
  readonly folder: string;
  readonly user: UserRepository;
  readonly base: Base;
  readonly repository: RepositoryRef;
  readonly issue: IssueSnapshot;
  readonly policy: Policy;
  readonly found: FoundChecks;
  readonly depot: Depot;
  readonly forge: LocalForge;
  readonly sandbox: LocalSandbox;
  readonly ports: Ports;
  readonly engine: DbosEngine;
  readonly turns: TurnCount;
  redact(text: string): string;
  readonly isKept: boolean;
  /** The run's folder stays, for what lies nowhere else. */
  keepFolder(): void;
  close(): Promise<void>;
}

export const ownLogin = 'ai-fix[bot]';
/** How the person at the terminal is called in the story. */
export const person = 'you';

/**
 * Looks at everything a run needs, in the order in which a person would mend it, and opens it. Nothing is asked of a
 * model, and nothing of the repository runs.
 *
 * @throws {ConfigError} {UsageError} with what is missing.
 */
export async function openTry(
  options: TryOptions,
  desk: TryDesk,
  onRunFinished: (runId: number) => void,
): Promise<OpenTry> {
  await assertPrograms(options);
  const user = await openUserRepository(options.repository);
  const base = await baseOf(user, options.base);
  await assertWritable(user);
  const folder = await makeFolder();
  const fate = { isKept: options.keep };
  const closers: (() => Promise<void>)[] = [
    async () => {
      if (!fate.isKept) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  ];
  const close = async (): Promise<void> => {
    // One that fails keeps none of the others from being closed, and takes no result away.
    for (const one of closers.splice(0).reverse())
      await one().catch((error: unknown) => desk.progress(`could not be closed: ${String(error)}`));
  };
  try {
    return await furnishTry({ options, desk, onRunFinished, user, base, folder, closers, fate, close });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Site {
  readonly options: TryOptions;
  readonly desk: TryDesk;
  readonly onRunFinished: (runId: number) => void;
  readonly user: UserRepository;
  readonly base: Base;
  readonly folder: string;
  /** In the order in which things were opened. */
  readonly closers: (() => Promise<void>)[];
  /** Whether the folder stays when the run is over. */
  readonly fate: { isKept: boolean };
  readonly close: () => Promise<void>;
}

async function furnishTry(site: Site): Promise<OpenTry> {
  const { options, desk, user, base, folder, closers } = site;
  const repository: RepositoryRef = { installationId: 1, owner: 'local', name: repositoryName(user) };
  const prefix = branchPrefixFor(user.branches);
  const depot = await openDepot(folder, user, base, prefix);
  const { policy, workflowPath, found, fixers } = await readBase({ options, base, depot, repository, prefix });
  const fixesChecks = options.fixesChecks === true;
  lookAtRoster(options, { policy, workflowPath, fixers }, desk);
  const issue = issueOf(options);
  const checkNames = found.checks.map(({ name }) => name);
  const onBase: BaseCheck[] = [];
  const forge = createLocalForge({
    repository,
    base,
    issue,
    label: policy.label,
    files: withWorkflow(depot, workflowPath, () => localWorkflow(checkNames, fixers?.names, keepsReports(onBase))),
    checksOf: (commit) => baseChecks(fixesChecks && commit === base.commit ? onBase : []),
  });
  await confirmSetUp(found, fixers, options, desk);
  const sandbox = await openSandbox({ ...site, depot, found, fixers, workflowPath });
  closers.push(() => sandbox.close());
  const redactor = createRedactor(options.secrets);
  desk.progress(`starts from ${base.branch} at ${base.commit.slice(0, 12)}`);
  if (fixers !== null) desk.progress(`fixers: ${fixers.names.join(', ')}`);
  onBase.push(...(await lookAtBase(sandbox, { ...found, fixers }, options, desk)));
  if (fixesChecks && onBase.every(({ conclusion }) => conclusion === 'success'))
    throw new UsageError(`--fix-checks: every check passes on ${base.branch}, so there is nothing to mend`);

  const destination = pino.destination({ dest: join(folder, 'ai-fix.log'), sync: true, mode: 0o600 });
  const log = openLog('info', redactor, destination);
  const { databaseImage, databaseUrl = null } = options.tuning ?? {};
  if (databaseUrl === null) await makeDatabaseFolder(folder, databaseImage);
  const postgres = await openPostgres({ database: { url: databaseUrl }, dataDir: folder }, log);
  closers.push(() => postgres.close());
  const { stores, policies } = await openStores(postgres.pool, Date.now, redactor);
  const turns = countTurns(stores.turns, (line) => desk.progress(line));
  const workspace = createGitWorkspace({ mirrorsDir: join(folder, 'mirrors'), remotes: depot.remotes });
  closers.push(() => workspace.close());
  const syntax = createTreeSitterSyntax((text) => log.warn(text));
  closers.push(() => syntax.close());
  const { ports, engine } = furnish({
    outside: {
      ...forge,
      commits: depot.commits,
      history: depot.history,
      sandbox,
      workspace,
      // A folder knows of no issues.
      pastIssues: { solved: async () => [] },
      ownLogin: async () => ownLogin,
    },
    syntax,
    localizer: openLocalizer(folder, depot.commitLog, syntax),
    stores: { ...stores, turns: turns.store },
    policies,
    pool: postgres.pool,
    databaseUrl,
    replica: 'embedded',
    replicaLock: null,
    settings: {
      concurrency: { bursts: 2, burstsPerRepository: 2 },
      fixesPerHour: 1_000,
      models: options.models,
      purses: noPurseLimits,
    },
    modelRequests: options.tuning?.modelRequests,
    pace: { ...localPace, ...(options.tuning?.outagePauseMs && { outagePauseMs: options.tuning.outagePauseMs }) },
    now: Date.now,
    log,
    redactor,
    engine: { pollMs: 50, sweepEveryMs: 2_000, stepRetry: { attempts: 3, firstPauseSeconds: 1 } },
    tellGrowth: async (_fix, characters) => desk.progress(`  ${sayGrowth(characters)}`),
    policyHere: { policyOf: async () => ({ kind: 'valid', policy }), policyAt: async () => null },
  });
  await engine.launch();
  closers.push(() => engine.shutdown(2_000));
  const redact = (text: string) => redactor.redact(text);
  const { close, fate } = site;
  return {
    folder,
    user,
    base,
    repository,
    issue,
    policy,
    found,
    depot,
    forge,
    sandbox,
    ports,
    engine,
    turns,
    redact,
    get isKept() {
      return fate.isKept;
    },
    keepFolder: () => {
      fate.isKept = true;
    },
    close,
  };
}

/** Asked for the workflow only once the checks have run on the base. */
const withWorkflow = (depot: Depot, workflowPath: string, textOf: () => string) => ({
  folder: depot.folder,
  rootFiles: depot.rootFiles,
  file: async (path: string, commit: Parameters<Depot['file']>[1], maxBytes: number) =>
    path === workflowPath ? { text: textOf(), blob: workflowBlob } : depot.file(path, commit, maxBytes),
});

/** Its content stays what it is as long as the run lives, so any name is as good. */
const workflowBlob = '1'.repeat(40) as Parameters<Depot['file']>[1];

async function assertPrograms({ tuning }: TryOptions): Promise<void> {
  if (tuning?.confine !== undefined) return;
  const missing = await missingPrograms();
  if (missing.length === 0) return;
  const packages = missing.map((name) => (name === 'bwrap' ? 'bubblewrap' : 'util-linux'));
  throw new ConfigError([
    `checks run in bubblewrap, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed: apt-get install ${[...new Set(packages)].join(' ')}`,
  ]);
}

async function makeDatabaseFolder(folder: string, image: string | undefined): Promise<void> {
  await mkdir(join(folder, 'postgres'), { mode: 0o700 });
  if (image === undefined) return;
  await cp(join(image, 'postgres'), join(folder, 'postgres'), { recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new ConfigError([
        `AI_FIX_DATABASE_IMAGE: found ${JSON.stringify(image.slice(0, 200))}, whose folder postgres cannot be copied (${error.code}); allowed: the data folder of an ai-fix that is stopped, or nothing`,
      ]);
    },
  );
}

/** Others may pass through it, as the user does that checks run as; what is private below has its own rights. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'ai-fix-try-'));
  await chmod(folder, 0o711);
  return folder;
}

/** Only letters that a repository on GitHub may have: it stands in prompts and in a path. */
function repositoryName({ workTree, commonDir }: UserRepository): string {
  const name = basename(workTree ?? commonDir.replace(/\.git$/, '')).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return /^[.-]*$/.test(name) ? 'repository' : name.replace(/\.(?:git|wiki)$/i, '').slice(0, 100) || 'repository';
}

const issueOf = ({ issue }: TryOptions): IssueSnapshot => ({
  number: 1,
  title: issue.title,
  body: issue.body,
  author: person,
  url: '',
  labelledAtMs: Date.now(),
  isLocal: true,
});

/** Nobody is asked over a network but the models, and nobody else writes here. */
const localPace: Pace = {
  outagePauseMs: (outages) => Math.min(60, 5 * 2 ** outages) * 1_000,
  waitsForAdmin: false,
  listingLagMs: 0,
  quietMs: 0,
  writesPerHour: 1e9,
  thriftyFromWrites: 1e9,
  tellGrowthEveryMs: 20_000,
  lookAgainEveryMs: 24 * 60 * 60_000,
  checksPollMs: 60_000,
  lookForLabelsEveryMs: 24 * 60 * 60_000,
  watchEveryMs: 200,
};
