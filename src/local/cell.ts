import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bind, type Confinement, confinedPath, confinedUser, isRoot, killConfined } from './bubblewrap.ts';

/** The place in which one check or one round of fixers runs: files of a commit, a home, and nothing of this host. */
export interface Cell {
  /** On the host. What ran inside may have put anything there: it is read without following links. */
  readonly workspace: string;
  readonly home: string;
  readonly reports: string;
  /** Hands everything in the cell over to the user that the command runs as. */
  giveAway(): Promise<void>;
  run(order: CellOrder): Promise<CellEnd>;
  remove(): Promise<void>;
}

export interface CellOrder {
  /** Run by `bash -eo pipefail`, at the root of the workspace. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly hasNetwork: boolean;
  /** Shown read-only, beside what every cell has. */
  readonly binds: readonly Bind[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  onOutput(chunk: Buffer): void;
}

export type CellEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' };

export type Confine = (confinement: Confinement) => ChildProcess;

/** As it is seen from inside. */
const seenReports = '/reports';
const seenWorkspace = '/workspace';
const seenHome = '/home/runner';

export async function openCell(parent: string, confine: Confine): Promise<Cell> {
  const root = await mkdtemp(join(parent, 'cell-'));
  // The command's user has to pass, not to look around.
  await chmod(root, 0o711);
  const at = (name: string): string => join(root, name);
  const own = { workspace: at('workspace'), home: at('home'), temp: at('temp'), reports: at('reports') };
  for (const folder of Object.values(own)) await mkdir(folder, { mode: 0o755 });
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
  return {
    ...own,
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
      const child = confine({
        binds: [...binds, ...order.binds],
        environment: { ...standing, ...order.environment },
        folder: seenWorkspace,
        command: ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '/scripts/script'],
        hasNetwork: order.hasNetwork,
      });
      return follow(child, order);
    },
    remove: async () => {
      await rm(root, { recursive: true, force: true, maxRetries: 3 }).catch(async () => {
        // A command may have taken away its own rights in there.
        await runTool('chmod', ['-R', 'u+rwX', root]).catch(() => undefined);
        await rm(root, { recursive: true, force: true, maxRetries: 3 });
      });
    },
  };
}

const standing: Readonly<Record<string, string>> = {
  HOME: seenHome,
  PATH: `${seenHome}/.local/bin:${confinedPath}`,
  LANG: 'C.UTF-8',
  CI: 'true',
  AI_FIX_REPORTS: seenReports,
};

function follow(child: ChildProcess, { onOutput, timeoutMs, signal }: CellOrder): Promise<CellEnd> {
  return new Promise((resolve) => {
    let early: CellEnd | null = null;
    const stop = (end: CellEnd): void => {
      early ??= end;
      killConfined(child);
    };
    const timer = setTimeout(() => stop({ kind: 'timed-out' }), timeoutMs);
    const cancel = (): void => stop({ kind: 'cancelled' });
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', onOutput);
    child.on('error', (error) => onOutput(Buffer.from(`##[error]${error.message}\n`)));
    child.on('close', (code) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      resolve(early ?? { kind: 'exited', code: code ?? 137 });
    });
  });
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
