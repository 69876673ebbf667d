import { mkdir, realpath, stat } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import type { Depot } from '../../git/depot.ts';
import type { Base, UserRepository } from '../../git/user-repository.ts';
import { workTreeState } from '../../git/work-tree-state.ts';
import { spawnConfined } from '../../local/bubblewrap.ts';
import { createLocalSandbox, type LocalSandbox, type SandboxProgress } from '../../local/local-sandbox.ts';
import { UsageError } from '../command.ts';
import { dependenciesIn } from './dependencies.ts';
import type { FoundChecks } from './found-checks.ts';
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
  readonly workflowPath: string;
  readonly onRunFinished: (runId: number) => void;
}

/** The sandbox of a run, with what of the work tree and of this machine its checks may see. @throws {UsageError} */
export async function openSandbox(site: SandboxSite): Promise<LocalSandbox> {
  const { options, desk, user, base, folder, depot, found, workflowPath, onRunFinished } = site;
  const cells = join(folder, 'cells');
  await mkdir(cells, { mode: 0o711 });
  const state = workTreeState(depot.gitDir, user);
  const uncommitted = (await state?.uncommitted(base.commit)) ?? [];
  if (uncommitted.length > 0) desk.progress(sayUncommitted(uncommitted, base.branch));
  const dependencies = found.setUp !== null || state === null ? [] : await dependenciesIn(user, state, folder);
  for (const { path } of dependencies) desk.progress(`checks see ${path} of the work tree, read-only`);
  const tools = await toolFolders(options.tools);
  return createLocalSandbox({
    folder: cells,
    confine: options.tuning?.confine ?? spawnConfined,
    scripts: new Map(found.checks.map((check) => [check.name, withTools(check, dependencies, tools)])),
    setUp: found.setUp === null ? null : { ...found.setUp, stateOf: (commit) => lockStateOf(depot, commit) },
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

/** A virtual environment and what `--tool` names are used by their programs standing first on the path. */
function withTools(
  check: FoundChecks['checks'][number],
  dependencies: readonly { readonly path: string }[],
  tools: readonly string[],
) {
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
