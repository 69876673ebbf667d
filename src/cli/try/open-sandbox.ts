import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../domain/faults.ts';
import type { Depot } from '../../git/depot.ts';
import type { Base, UserRepository } from '../../git/user-repository.ts';
import { workTreeState } from '../../git/work-tree-state.ts';
import { isRoot, spawnConfined } from '../../local/bubblewrap.ts';
import { type Confine, openCell, runTool } from '../../local/cell.ts';
import type { CheckScript } from '../../local/check-script.ts';
import { createLocalSandbox, type LocalSandbox, type SandboxProgress } from '../../local/local-sandbox.ts';
import { isOpenToAll } from '../../local/open-to-all.ts';
import { UsageError } from '../command.ts';
import { dependenciesIn } from './dependencies.ts';
import type { FoundChecks, FoundFixers } from './found-checks.ts';
import { lockStateOf } from './lock-state.ts';
import type { TryDesk, TryOptions } from './options.ts';

const maxAtOnce = 4;

interface SandboxSite {
  readonly options: TryOptions;
  readonly desk: TryDesk;
  readonly user: UserRepository;
  readonly base: Base;
  /** Of the run. */
  readonly folder: string;
  readonly depot: Depot;
  readonly found: FoundChecks;
  readonly fixers: FoundFixers | null;
  readonly workflowPath: string;
  readonly onRunFinished: (runId: number) => void;
}

/** The sandbox of a run, with what of the work tree and of this machine its checks may see. @throws {UsageError} */
export async function openSandbox(site: SandboxSite): Promise<LocalSandbox> {
  const { options, desk, user, base, folder, depot, found, fixers, workflowPath, onRunFinished } = site;
  const cells = join(folder, 'cells');
  await mkdir(cells);
  // Whatever the umask is: the checks' user has to pass.
  await chmod(cells, 0o711);
  const confine = options.tuning?.confine ?? spawnConfined;
  await assertConfines(cells, confine, [], options.signal);
  const state = workTreeState(depot.gitDir, user);
  const uncommitted = (await state?.uncommitted(base.commit)) ?? [];
  if (uncommitted.length > 0) desk.progress(sayUncommitted(uncommitted, base.branch));
  const dependencies = found.setUp.length > 0 || state === null ? [] : await dependenciesIn(user, state, folder);
  for (const { path } of dependencies) desk.progress(`checks see ${path} of the work tree, read-only`);
  const tools = await toolFolders(options.tools);
  if (tools.length > 0) await assertConfines(cells, confine, tools, options.signal);
  return createLocalSandbox({
    folder: cells,
    confine,
    scripts: new Map(found.checks.map((check) => [check.name, withTools(check, dependencies, tools)])),
    recipe: fixers === null ? null : { ...fixers, script: withTools(fixers.script, dependencies, tools) },
    setUp: found.setUp.length === 0 ? null : { steps: found.setUp, stateOf: (commit) => lockStateOf(depot, commit) },
    dependencies,
    tools,
    exportTree: (commit, into) => depot.exportTree(commit, into),
    timeoutMs: options.checkTimeoutMs,
    workflowPath,
    tipOf: (branch) =>
      depot.commits.tipOf({ installationId: 1, owner: 'local', name: 'depot' }, `refs/heads/${branch}`),
    base: base.commit,
    atOnce: options.tuning?.checksAtOnce ?? Math.max(1, Math.min(maxAtOnce, Math.floor(availableParallelism() / 2))),
    onProgress: (progress) => desk.progress(sayProgress(progress)),
    onFinished: onRunFinished,
  });
}

/**
 * Has nothing run in a cell, because bubblewrap may be there and still not be allowed to work: then no check would say
 * anything of a patch. @throws {ConfigError} with bubblewrap's own words.
 */
async function assertConfines(
  cells: string,
  confine: Confine,
  tools: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const cell = await openCell(cells, confine);
  try {
    await cell.giveAway();
    const binds = tools.map((tool) => ({ from: tool, to: tool, access: 'read' }) as const);
    const order = { script: 'true', environment: {}, hasNetwork: false, binds, timeoutMs: 60_000, signal };
    const end = await cell.run({ ...order, onOutput: () => undefined });
    if (end.kind === 'cancelled' || (end.kind === 'exited' && end.code === 0)) return;
    const why = end.kind === 'not-started' ? end.why : end.kind === 'exited' ? `exit code ${end.code}` : end.kind;
    throw new ConfigError([await sayUnconfined(cells, tools, why)]);
  } finally {
    await cell.remove();
  }
}

async function sayUnconfined(cells: string, tools: readonly string[], why: string): Promise<string> {
  const isClosed = isRoot && (await Promise.all(tools.map(isOpenToAll))).includes(false);
  if (isClosed && !(await mayMount(cells)))
    return `--tool: found ${tools.join(', ')}, where only root may pass: as root it would be shown by mounts, and this machine allows none (${why}); name a folder that everybody may pass to, for instance a copy in /opt, or give the container CAP_SYS_ADMIN`;
  if (tools.length > 0)
    return `--tool: found ${tools.join(', ')}, which cannot be shown to the checks (${why}); as root these run as another user: name a folder that everybody may pass to, for instance a copy in /opt`;
  if (isRoot && !(await isOpenToAll(cells)))
    return `as root checks run as another user, who cannot enter ${cells}: set TMPDIR to a folder that everybody may pass, for instance /tmp`;
  return `bubblewrap does not work here (${why}); where AppArmor forbids user namespaces (Ubuntu since 23.10), allow them for /usr/bin/bwrap, or run it in a container that has them`;
}

/** In mounts that end with the program. */
const mayMount = (folder: string): Promise<boolean> =>
  runTool('unshare', ['--mount', '--propagation', 'private', '--', 'mount', '--bind', '--', folder, folder]).then(
    () => true,
    () => false,
  );

/** A virtual environment and what `--tool` names are used by their programs standing first on the path. */
function withTools<T extends CheckScript>(
  check: T,
  dependencies: readonly { readonly path: string }[],
  tools: readonly string[],
): T {
  const environments = dependencies.flatMap(({ path }) => (/^\.?venv$/.test(path) ? [`/workspace/${path}/bin`] : []));
  const folders = [...environments, ...tools.map((tool) => `${tool}/bin`)];
  if (folders.length === 0) return check;
  const quoted = folders.map((folder) => `'${folder.replaceAll("'", `'\\''`)}'`).join(':');
  return { ...check, script: `export PATH=${quoted}:"$PATH"\n${check.script}` };
}

/** @throws {UsageError} for what is no folder, or holds more than tools. */
async function toolFolders(named: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    named.map(async (tool) => {
      const found = `--tool: found ${JSON.stringify(tool.slice(0, 200))}`;
      const real = await realpath(tool).catch(() => null);
      if (real === null || !(await stat(real)).isDirectory())
        throw new UsageError(`${found}, which is no folder; allowed: the folder of a toolchain`);
      if (`${homedir()}/`.startsWith(real === '/' ? '/' : `${real}/`))
        throw new UsageError(
          `${found}, where your keys lie too; allowed: the folder of a toolchain, for instance ~/.pyenv`,
        );
      return real;
    }),
  );
}

function sayProgress(progress: SandboxProgress): string {
  switch (progress.type) {
    case 'setting-up':
      return 'sets up the dependencies, with network';
    case 'fault':
      return `run ${progress.run.id} could not be made: ${progress.fault}`;
    case 'check-begun':
      return `run ${progress.run.id}: ${progress.check} begins on ${progress.run.commit.slice(0, 12)}`;
    case 'check-ended':
      return `run ${progress.run.id}: ${progress.check} ended as ${progress.conclusion} after ${(progress.tookMs / 1_000).toFixed(1)} s`;
  }
}

function sayUncommitted(paths: readonly string[], branch: string): string {
  const shown = paths.slice(0, 5).join(', ');
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return `uncommitted changes are not seen, the work starts from ${branch} as it is committed: ${shown}${more}`;
}
