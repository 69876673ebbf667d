import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Bind,
  type Confinement,
  confinedPath,
  confinedUser,
  isRoot,
  killConfined,
  missingPrograms,
  programsToOpen,
  statusFd,
} from './bubblewrap.ts';
import { hearStep, noWords, type StepWords } from './file-commands.ts';
import { isOpenToAll } from './open-to-all.ts';
import { readPlainFile } from './read-plain-file.ts';

/** The place in which one check or one round of fixers runs: files of a commit, a home, and nothing of this host. */
export interface Cell {
  /** On the host. What ran inside may have put anything there: it is read without following links. */
  readonly workspace: string;
  readonly home: string;
  readonly reports: string;
  /** What the steps that ran here said to those after them, who get it as variables. */
  words: StepWords;
  /** Hands everything in the cell over to the user that the command runs as. */
  giveAway(): Promise<void>;
  run(order: CellOrder): Promise<CellEnd>;
  remove(): Promise<void>;
}

export interface CellOrder {
  /** Run by `bash -eo pipefail`, at the root of the workspace. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What stands around the step: the words of steps before it win over this, and `environment` over both. */
  readonly around?: Readonly<Record<string, string>> | undefined;
  readonly hasNetwork: boolean;
  /** Shown read-only, beside what every cell has. */
  readonly binds: readonly Bind[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  onOutput(chunk: Buffer): void;
}

/** `not-started`: the sandbox itself could not be made, so that the command says nothing. */
export type CellEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'not-started'; readonly why: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' };

export type Confine = (confinement: Confinement) => ChildProcess;

/** As it is seen from inside. */
const seenReports = '/reports';
const seenWorkspace = '/workspace';
const seenHome = '/home/runner';
const seenCommands = '/runner-commands';

/** In the home, so that checks have what a set-up put there. */
export const tempFolder = '_temp';

export async function openCell(parent: string, confine: Confine): Promise<Cell> {
  const root = await mkdtemp(join(parent, 'cell-'));
  // The command's user has to pass, not to look around.
  await chmod(root, 0o711);
  const at = (name: string): string => join(root, name);
  const own = { workspace: at('workspace'), home: at('home'), temp: at('temp'), reports: at('reports') };
  for (const folder of Object.values(own)) await mkdir(folder, { mode: 0o755 });
  await mkdir(join(own.home, tempFolder), { mode: 0o755 });
  await mkdir(at('scripts'));
  // Whatever the umask is.
  await chmod(at('scripts'), 0o755);
  const binds: readonly Bind[] = [
    { from: own.workspace, to: seenWorkspace, access: 'write' },
    { from: own.home, to: seenHome, access: 'write' },
    { from: own.temp, to: '/tmp', access: 'write' },
    { from: own.reports, to: seenReports, access: 'write' },
    { from: at('scripts'), to: '/scripts', access: 'read' },
  ];
  let steps = 0;
  const cell: Cell = {
    ...own,
    words: noWords,
    giveAway: async () => {
      if (!isRoot) return;
      await chown(own.temp, confinedUser, confinedUser);
      await chown(own.reports, confinedUser, confinedUser);
      for (const folder of [own.workspace, own.home])
        await runTool('chown', ['-R', '-h', `${confinedUser}:${confinedUser}`, folder]);
    },
    run: async (order) => {
      await writeFile(join(at('scripts'), 'script'), order.script);
      await chmod(join(at('scripts'), 'script'), 0o755);
      const shown = await reachable(order.binds, root);
      const lacking = shown.some(({ via }) => via !== undefined) ? await missingPrograms(programsToOpen) : [];
      if (lacking.length > 0)
        return { kind: 'not-started', why: `${lacking.join(' and ')} not installed: apt-get install util-linux mount` };
      steps += 1;
      const commands = await makeCommandFiles(at(`commands-${steps}`));
      const confinement: Confinement = {
        binds: [...binds, { from: commands, to: seenCommands, access: 'write' }, ...shown],
        environment: environmentOf(order, cell.words),
        folder: seenWorkspace,
        command: ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '/scripts/script'],
        hasNetwork: order.hasNetwork,
      };
      const end = await startAndFollow(confine, confinement, order);
      if (end.kind !== 'exited' || end.code !== 0) return end;
      const heard = await hear(commands, cell.words);
      if (heard.ok) {
        cell.words = heard.words;
        return end;
      }
      // As on GitHub, where the step fails.
      order.onOutput(Buffer.from(`##[error]What the step says to later ones cannot be read: ${heard.why}.\n`));
      return { kind: 'exited', code: 1 };
    },
    remove: async () => {
      await rm(root, { recursive: true, force: true, maxRetries: 3 }).catch(async () => {
        // A command may have taken away its own rights in there.
        await runTool('chmod', ['-R', 'u+rwX', root]).catch(() => undefined);
        await rm(root, { recursive: true, force: true, maxRetries: 3 });
      });
    },
  };
  return cell;
}

/** The files that a step may write to, by the variable that names each. Of the last two nothing is read. */
const commandFiles = {
  GITHUB_ENV: 'env',
  GITHUB_PATH: 'path',
  GITHUB_OUTPUT: 'output',
  GITHUB_STEP_SUMMARY: 'summary',
} as const;

/** A folder for one step alone: another one may have taken its rights away. */
async function makeCommandFiles(folder: string): Promise<string> {
  await mkdir(folder);
  // Whatever the umask is.
  await chmod(folder, 0o755);
  for (const name of Object.values(commandFiles)) {
    await writeFile(join(folder, name), '');
    if (isRoot) await chown(join(folder, name), confinedUser, confinedUser);
  }
  return folder;
}

/** Nothing of the step runs any more. */
async function hear(commands: string, before: StepWords) {
  const read = (name: string) => readPlainFile(join(commands, name), maxCommandBytes).catch(() => null);
  const [env, path] = [await read(commandFiles.GITHUB_ENV), await read(commandFiles.GITHUB_PATH)];
  if (env === null || path === null)
    return { ok: false, why: `no plain files of at most ${maxCommandBytes} bytes are left` } as const;
  return hearStep(before, env, path);
}

const maxCommandBytes = 64 * 1024;

function environmentOf({ around, environment }: CellOrder, { variables, path }: StepWords): Record<string, string> {
  const all: Record<string, string> = { ...standing, ...around, ...variables, ...environment };
  for (const [variable, name] of Object.entries(commandFiles)) all[variable] = `${seenCommands}/${name}`;
  return { ...all, RUNNER_TEMP: `${seenHome}/${tempFolder}`, PATH: [...path, all.PATH].join(':') };
}

/** As root, what the command's user has no way to is shown through an empty folder of the cell. */
async function reachable(binds: readonly Bind[], root: string): Promise<readonly Bind[]> {
  if (!isRoot) return binds;
  return Promise.all(
    binds.map(async (bind, index) => {
      if (await isOpenToAll(bind.from)) return bind;
      const via = join(root, `shown-${index}`);
      await mkdir(via, { recursive: true, mode: 0o755 });
      return { ...bind, via };
    }),
  );
}

const standing: Readonly<Record<string, string>> = {
  HOME: seenHome,
  PATH: `${seenHome}/.local/bin:${confinedPath}`,
  LANG: 'C.UTF-8',
  CI: 'true',
  AI_FIX_REPORTS: seenReports,
};

async function startAndFollow(confine: Confine, confinement: Confinement, order: CellOrder): Promise<CellEnd> {
  for (let start = 1; ; start += 1) {
    const end = await follow(confine(confinement), order);
    if (end.kind !== 'not-started' || start === maxStarts || order.signal.aborted) return end;
    await sleep(start * 500);
  }
}

function follow(child: ChildProcess, { onOutput, timeoutMs, signal }: CellOrder): Promise<CellEnd> {
  return new Promise((resolve) => {
    let early: CellEnd | null = null;
    let status = '';
    let said = '';
    const stop = (end: CellEnd): void => {
      early ??= end;
      killConfined(child);
    };
    const timer = setTimeout(() => stop({ kind: 'timed-out' }), timeoutMs);
    const cancel = (): void => stop({ kind: 'cancelled' });
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', onOutput);
    child.stderr?.on('data', (chunk: Buffer) => {
      if (said.length < maxSaid) said += chunk.toString();
    });
    child.stdio[statusFd]?.on('data', (chunk: Buffer) => {
      if (status.length < maxSaid) status += chunk.toString();
    });
    child.on('error', (error) => {
      early ??= { kind: 'not-started', why: error.message };
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      resolve(early ?? ended(code, status, said));
    });
  });
}

const maxSaid = 4_000;
/** Processes of other checks may be all that this user may have for a moment. */
const maxStarts = 3;

/** One that was killed from outside has no code either, and may have begun. */
function ended(code: number | null, status: string, said: string): CellEnd {
  if (code === null) return { kind: 'exited', code: 137 };
  if (/"exit-code"/.test(status)) return { kind: 'exited', code };
  const why = said.trim().split('\n').slice(-3).join(' ');
  return { kind: 'not-started', why: why === '' ? `its start ended with ${code}` : why };
}

/** One of the host's own programs, on files of ours. @throws {Error} when it fails. */
export async function runTool(command: string, args: readonly string[]): Promise<void> {
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' };
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < 2_000) stderr += chunk.toString();
  });
  const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}: ${stderr.trim().slice(0, 300)}`);
}
