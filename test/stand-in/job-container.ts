/**
 * Where a job's steps run: bubblewrap, without network unless asked for, without the host's files, secrets and users.
 *
 * What a step could write is never trusted from outside. Its folders are made for the job; the folder of scripts is
 * read-only to it; the folder through which it answers (`GITHUB_ENV` and so on) is made anew for every step, and read
 * without following links. Traps that shaped the arguments are listed in TESTBED.md.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants, existsSync, realpathSync } from 'node:fs';
import { access, chmod, chown, lstat, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

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
const maxFileBytes = 1 << 30;
const stepUser = 65_534;
const isRoot = process.getuid?.() === 0;
const basePath = '/opt/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface Folders {
  readonly root: string;
  readonly workspace: string;
  readonly control: string;
  readonly scripts: string;
  readonly home: string;
  readonly temp: string;
  readonly staging: string;
}

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
  for (const folder of [folders.workspace, folders.home, folders.temp]) await makeForSteps(folder);
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
      if (isRoot) await run('chown', ['-R', '-h', `${stepUser}:${stepUser}`, path]);
    },
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function makeForSteps(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o755 });
  if (isRoot) await chown(folder, stepUser, stepUser);
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
  await makeForSteps(folders.control);
  for (const name of answerFiles) {
    await writeFile(join(folders.control, name), '');
    if (isRoot) await chown(join(folders.control, name), stepUser, stepUser);
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
    PATH: [...order.paths, options.isSandboxed ? basePath : hostPath()].join(':'),
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

function spawnSandboxed(
  folders: Folders,
  environment: Readonly<Record<string, string>>,
  folder: string,
  command: readonly string[],
  hasNetwork: boolean,
): ChildProcess {
  const dropRoot = [`--reuid=${stepUser}`, `--regid=${stepUser}`, '--clear-groups', '--no-new-privs'];
  const limits = ['prlimit', '--nproc=4096', `--fsize=${maxFileBytes}`, '--core=0'];
  const args = [
    ...limits,
    'bwrap',
    ...(hasNetwork ? ['--unshare-all', '--share-net'] : ['--unshare-all', '--unshare-user', '--disable-userns']),
    ...['--die-with-parent', '--new-session', '--as-pid-1', '--cap-drop', 'ALL', '--clearenv', '--hostname', 'runner'],
    ...['--tmpfs', '/', '--proc', '/proc', '--dev', '/dev'],
    ...systemFolders(hasNetwork),
    ...nodeAndNpm(),
    ...['--bind', folders.workspace, '/workspace', '--bind', folders.control, '/control'],
    ...['--bind', folders.home, '/home/runner', '--bind', folders.temp, '/tmp'],
    ...['--ro-bind', folders.scripts, '/scripts', '--chdir', folder],
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...command,
  ];
  // bwrap's own environment can be read from inside, so it gets nothing but the path.
  const env = { PATH: process.env.PATH ?? '' };
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  if (isRoot) return spawn('setpriv', [...dropRoot, ...args], { env, stdio: [...stdio] });
  return spawn(args[0] ?? '', args.slice(1), { env, stdio: [...stdio] });
}

function systemFolders(hasNetwork: boolean): string[] {
  const folders = [
    '/usr',
    '/bin',
    '/sbin',
    '/lib',
    '/lib64',
    '/etc/alternatives',
    '/etc/ssl',
    '/etc/passwd',
    '/etc/group',
  ];
  const forNetwork = hasNetwork ? ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf'] : [];
  return [...folders, ...forNetwork].filter(existsSync).flatMap((path) => ['--ro-bind', path, path]);
}

/** The host's own node, and the npm that comes with a node on the path: the package `node` has none. */
function nodeAndNpm(): string[] {
  const npm = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'npm'))
    .find(existsSync);
  const node = ['--ro-bind', realpathSync(process.execPath), '/opt/node/bin/node'];
  if (npm === undefined) return node;
  const folder = dirname(dirname(realpathSync(npm)));
  const links = ['npm', 'npx'].flatMap((name) => [
    ...['--symlink', `../lib/node_modules/npm/bin/${name}-cli.js`, `/opt/node/bin/${name}`],
  ]);
  return [...node, '--ro-bind', folder, '/opt/node/lib/node_modules/npm', ...links];
}

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
      if (!isSandboxed && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop('timed-out'), timeoutMs);
    const cancel = (): void => stop('cancelled');
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
    for (const stream of streams) createInterface({ input: stream }).on('line', onLine);
    child.on('error', (error) => onLine(`##[error]${error.message}`));
    child.on('close', (code) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      resolve({ code: code ?? 137, end });
    });
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
