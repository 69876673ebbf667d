/** The few `uses:` that the runner knows; any other fails the job. */
import { lstat, mkdir, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { zipSync } from 'fflate';
import { now } from './clock.ts';
import { git } from './git.ts';
import type { JobContainer } from './job-container.ts';
import { resolveCommit } from './repository.ts';
import type { Artifact, NextId, WorkflowRun } from './run-records.ts';

export interface ActionCall {
  readonly uses: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly run: WorkflowRun;
  readonly container: JobContainer;
  readonly cloneUrl: string;
  readonly nextId: NextId;
  log(line: string): void;
}

/** Tools that are on the machine already. */
const setups = /^(actions\/setup-(node|python|go|java)|actions-rs\/toolchain|dtolnay\/rust-toolchain|actions\/cache)$/;

/** @throws {Error} with the line for the log when the action fails. */
export async function runAction(call: ActionCall): Promise<void> {
  const name = call.uses.split('@')[0] ?? '';
  if (name === 'actions/checkout') return checkout(call);
  if (name === 'actions/upload-artifact') return uploadArtifact(call);
  if (!setups.test(name)) throw new Error(`this runner does not know the action ${call.uses}`);
  call.log(`${name}: what the runner has is used (${JSON.stringify(call.inputs)})`);
}

/**
 * A real work tree of the asked commit, without credentials.
 *
 * It is made where no step can reach and then moved into place: a step before this one may have left links or git hooks.
 */
async function checkout({ inputs, run, container, cloneUrl, log }: ActionCall): Promise<void> {
  const asked = inputs.ref || run.sha;
  const commit = await resolveCommit(run.repository.folder, asked);
  if (commit === null) throw new Error(`A branch or commit with the name '${asked}' could not be found`);
  const depth = Number(inputs['fetch-depth'] ?? 1);
  const tree = join(container.staging, 'checkout');
  await rm(tree, { recursive: true, force: true });
  await mkdir(tree);
  await git(tree, ['init', '--quiet', '--template=']);
  const depthArgs = depth > 0 ? [`--depth=${depth}`] : [];
  const source = `file://${run.repository.folder}`;
  await git(tree, ['fetch', '--quiet', '--no-tags', ...depthArgs, source, commit]);
  await git(tree, ['-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', '--detach', commit]);
  await git(tree, ['remote', 'add', 'origin', cloneUrl]);
  await rm(join(tree, '.git', 'FETCH_HEAD'));
  await moveInto(container, tree, inputs.path ?? '.');
  log(`HEAD is now at ${commit}`);
}

async function moveInto(container: JobContainer, tree: string, path: string): Promise<void> {
  const target = join(container.workspace, path);
  if (!isBelow(container.workspace, target)) throw new Error(`path ${path} is not below the workspace`);
  await container.giveAway(tree);
  if (relative(container.workspace, target) !== '') {
    await assertNoLinks(container.workspace, dirname(target));
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { recursive: true, force: true });
    await rename(tree, target);
    return;
  }
  // The workspace itself stays: it is mounted.
  for (const name of await readdir(target)) await rm(join(target, name), { recursive: true, force: true });
  for (const name of await readdir(tree)) await rename(join(tree, name), join(target, name));
}

/** A link in the way would lead us, and not only the step, out of the workspace. */
async function assertNoLinks(workspace: string, folder: string): Promise<void> {
  for (let current = folder; current !== workspace; current = dirname(current)) {
    const stats = await lstat(current).catch(() => null);
    if (stats?.isSymbolicLink()) throw new Error('the path is a link out of the workspace');
  }
}

function isBelow(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return steps === '' || (steps !== '..' && !steps.startsWith(`..${sep}`));
}

const maxArtifactBytes = 100_000_000;

/** Only plain files and folders, no wildcards; links out of the workspace are left out. */
async function uploadArtifact({ inputs, run, container, nextId, log }: ActionCall): Promise<void> {
  const files: Record<string, Uint8Array> = {};
  let size = 0;
  const add = async (path: string, name: string): Promise<void> => {
    const stats = await lstat(path).catch(() => null);
    if (stats?.isDirectory()) {
      for (const entry of await readdir(path)) await add(join(path, entry), `${name}/${entry}`);
    }
    if (!stats?.isFile() || !isBelow(await realpath(container.workspace), await realpath(path))) return;
    size += stats.size;
    if (size > maxArtifactBytes) throw new Error('the artifact is larger than 100 MB');
    files[name] = new Uint8Array(await readFile(path));
  };
  for (const line of (inputs.path ?? '').split('\n').map((text) => text.trim())) {
    const path = join(container.workspace, line);
    if (line !== '' && isBelow(container.workspace, path)) await add(path, basename(path));
  }
  if (Object.keys(files).length === 0) {
    const message = `No files were found with the provided path: ${inputs.path}`;
    if (inputs['if-no-files-found'] === 'error') throw new Error(message);
    log(`##[warning]${message}`);
    return;
  }
  const artifact: Artifact = {
    id: nextId(),
    name: inputs.name || 'artifact',
    zip: Buffer.from(zipSync(files)),
    createdAt: now(),
  };
  run.artifacts.push(artifact);
  log(`Artifact ${artifact.name} has been successfully uploaded`);
}
