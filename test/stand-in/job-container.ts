/**
 * Where a job's steps run: bubblewrap, without network unless asked for, without the host's files, secrets and users.
 *
 * What a step could write is never trusted from outside. Its folders are made for the job; the folder of scripts is
 * read-only to it; the folder through which it answers (`GITHUB_ENV` and so on) is made anew for every step, and read
 * without following links.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, chown, lstat, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { type Folders, isRoot, sandboxPath, spawnSandboxed, stepUser } from './sandbox.ts';

export interface ContainerOptions {
  readonly hasNetwork: boolean;
  /** Without bubblewrap a step is a plain child process: only for code that we wrote ourselves. */
  readonly isSandboxed: boolean;
}

/** One job's place on the host, and how its steps see it. */
export interface JobContainer {
  /** On the host: the folder that steps work in. */
  readonly workspace: string;
  /** On the host: a folder that steps cannot reach. */
  readonly staging: string;
  /** As steps see them. */
  readonly seen: { readonly workspace: string; readonly control: string; readonly temp: string };
  run(order: ScriptOrder): Promise<ScriptEnd>;
  /** Hands files that the host put there over to the steps' user. */
  giveAway(path: string): Promise<void>;
  remove(): Promise<void>;
}

export interface ScriptOrder {
  readonly script: string;
  /** `{0}` stands for the script's path. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Folders put before `PATH`. */
  readonly paths: readonly string[];
  /** Relative to the workspace. */
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  onLine(line: string): void;
}

export interface ScriptEnd {
  readonly code: number;
  readonly end: 'exited' | 'timed-out' | 'cancelled';
  /** What the step wrote into its answer files. */
  readonly answers: Readonly<Record<AnswerFile, string>>;
}

const answerFiles = ['env', 'output', 'path', 'summary'] as const;
type AnswerFile = (typeof answerFiles)[number];
const maxAnswerBytes = 1_000_000;

export async function openContainer(options: ContainerOptions): Promise<JobContainer> {
  const root = await mkdtemp(join(tmpdir(), 'stand-in-job-'));
  // The steps' user must be able to pass, not to look around.
  await chmod(root, 0o711);
  const at = (name: string): string => join(root, name);
  const folders: Folders = {
    root,
    workspace: at('workspace'),
    control: at('control'),
    scripts: at('scripts'),
    home: at('home'),
    temp: at('temp'),
    staging: at('staging'),
  };
  for (const folder of [folders.workspace, folders.home, folders.temp]) await makeForSteps(folder, options);
  await mkdir(folders.scripts, { mode: 0o755 });
  await mkdir(folders.staging, { mode: 0o700 });
  const seen = options.isSandboxed
    ? { workspace: '/workspace', control: '/control', temp: '/tmp', scripts: '/scripts', home: '/home/runner' }
    : folders;
  return {
    workspace: folders.workspace,
    staging: folders.staging,
    seen,
    run: (order) => runScript(options, folders, seen, order),
    giveAway: async (path) => {
      if (hasOwnUser(options)) await run('chown', ['-R', '-h', `${stepUser}:${stepUser}`, path]);
    },
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Without a sandbox steps run as we do. */
const hasOwnUser = ({ isSandboxed }: ContainerOptions): boolean => isRoot && isSandboxed;

async function makeForSteps(folder: string, options: ContainerOptions): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o755 });
  if (hasOwnUser(options)) await chown(folder, stepUser, stepUser);
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: 'ignore' });
  const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}

async function runScript(
  options: ContainerOptions,
  folders: Folders,
  seen: Pick<Folders, 'workspace' | 'control' | 'scripts' | 'home' | 'temp'>,
  order: ScriptOrder,
): Promise<ScriptEnd> {
  await makeForSteps(folders.control, options);
  for (const name of answerFiles) {
    await writeFile(join(folders.control, name), '');
    if (hasOwnUser(options)) await chown(join(folders.control, name), stepUser, stepUser);
  }
  await writeFile(join(folders.scripts, 'script'), order.script, { mode: 0o755 });
  const environment = {
    HOME: seen.home,
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: seen.workspace,
    GITHUB_ENV: `${seen.control}/env`,
    GITHUB_OUTPUT: `${seen.control}/output`,
    GITHUB_PATH: `${seen.control}/path`,
    GITHUB_STEP_SUMMARY: `${seen.control}/summary`,
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: seen.temp,
    ...order.environment,
    PATH: [...order.paths, options.isSandboxed ? sandboxPath : hostPath()].join(':'),
  };
  const command = order.command.map((part) => part.replace('{0}', `${seen.scripts}/script`));
  const folder = join(seen.workspace, order.folder);
  const child = options.isSandboxed
    ? spawnSandboxed(folders, environment, folder, command, options.hasNetwork)
    : spawn(command[0] ?? '', command.slice(1), { cwd: folder, env: environment, detached: true });
  const { code, end } = await follow(child, order, options.isSandboxed);
  const answers = await Promise.all(answerFiles.map((name) => readAnswer(join(folders.control, name))));
  return { code, end, answers: Object.fromEntries(answerFiles.map((name, i) => [name, answers[i] ?? ''])) as Answers };
}
type Answers = Record<AnswerFile, string>;

const hostPath = (): string => [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);

function follow(
  child: ChildProcess,
  { onLine, timeoutMs, signal }: ScriptOrder,
  isSandboxed: boolean,
): Promise<Pick<ScriptEnd, 'code' | 'end'>> {
  return new Promise((resolve) => {
    let end: ScriptEnd['end'] = 'exited';
    const stop = (why: ScriptEnd['end']): void => {
      end = why;
      // Without a sandbox nothing else ends the step's own children.
      if (!isSandboxed) killGroup(child);
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop('timed-out'), timeoutMs);
    const cancel = (): void => stop('cancelled');
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
    for (const stream of streams) eachLine(stream, onLine);
    child.on('error', (error) => onLine(`##[error]${error.message}`));
    child.on('close', (code) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      resolve({ code: code ?? 137, end });
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

const maxLineLength = 100_000;

/** Like a line reader, but a line without end is cut instead of held. */
function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (rest.length > maxLineLength) {
      onLine(rest);
      rest = '';
    }
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

/** The step may have put anything there: a link into the host, a pipe, a terabyte. */
async function readAnswer(path: string): Promise<string> {
  const stats = await lstat(path).catch(() => null);
  if (stats === null || !stats.isFile()) return '';
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(stats.size, maxAnswerBytes)));
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}

/** @throws {Error} with what to do, when steps could not be run in a sandbox here. */
export async function assertSandbox(): Promise<void> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, 'bwrap')).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (!found.includes(true)) {
    throw new Error('workflows run in bubblewrap, which is not installed: apt-get install bubblewrap');
  }
  const container = await openContainer({ hasNetwork: false, isSandboxed: true });
  const said: string[] = [];
  try {
    const { code } = await container.run({
      script: '',
      command: ['sh', '{0}'],
      environment: {},
      paths: [],
      folder: '.',
      timeoutMs: 10_000,
      signal: new AbortController().signal,
      onLine: (line) => said.push(line),
    });
    if (code !== 0) throw new Error(`bubblewrap does not work here (see AppArmor on Ubuntu): ${said.join(' ')}`);
  } finally {
    await container.remove();
  }
}
