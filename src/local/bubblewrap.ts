import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

/**
 * How a command is confined with bubblewrap: no host files but the listed ones, no host users and processes, no
 * environment but its own, and no network unless asked for.
 *
 * What shaped the arguments: started as root, bubblewrap alone would let a command read what root may read, so root is
 * given up first, and what only root can reach is put in a place that is open, in mounts that end with the command;
 * bubblewrap's own environment can be read from inside as that of process 1, so it gets nothing but a path;
 * `--disable-userns` needs an explicit `--unshare-user`.
 */
export interface Confinement {
  readonly binds: readonly Bind[];
  readonly environment: Readonly<Record<string, string>>;
  /** As seen from inside. */
  readonly folder: string;
  readonly command: readonly string[];
  readonly hasNetwork: boolean;
}

export interface Bind {
  /** On the host. */
  readonly from: string;
  /** As seen from inside. */
  readonly to: string;
  readonly access: 'read' | 'write';
  /** Where root shows it to the user that the command runs as, whose way to `from` is closed: an empty folder. */
  readonly via?: string;
}

/** Nobody. */
export const confinedUser = 65_534;
export const isRoot = process.getuid?.() === 0;
export const confinedPath = '/opt/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const maxFileBytes = 1 << 30;

/**
 * Where bubblewrap tells how the command ended; it says nothing there of one that it could not start.
 * https://github.com/containers/bubblewrap/blob/main/bwrap.xml (`--json-status-fd`)
 */
export const statusFd = 3;

/** Killing the child kills everything it has started: it is process 1 of its own world, and dies with this process. */
export function spawnConfined({ binds, environment, folder, command, hasNetwork }: Confinement): ChildProcess {
  const dropRoot = [`--reuid=${confinedUser}`, `--regid=${confinedUser}`, '--clear-groups', '--no-new-privs'];
  const args = [
    ...['prlimit', '--nproc=4096', `--fsize=${maxFileBytes}`, '--core=0'],
    'bwrap',
    ...(hasNetwork ? ['--unshare-all', '--share-net'] : ['--unshare-all', '--unshare-user', '--disable-userns']),
    ...['--die-with-parent', '--new-session', '--as-pid-1', '--cap-drop', 'ALL', '--clearenv', '--hostname', 'runner'],
    ...['--json-status-fd', String(statusFd)],
    ...['--tmpfs', '/', '--proc', '/proc', '--dev', '/dev'],
    ...systemFolders(hasNetwork),
    ...nodeAndNpm(),
    ...binds.flatMap(({ from, to, access: how, via = from }) => [how === 'read' ? '--ro-bind' : '--bind', via, to]),
    ...['--chdir', folder],
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...command,
  ];
  const env = { PATH: process.env.PATH ?? '' };
  const stdio = ['ignore', 'pipe', 'pipe', 'pipe'] as const;
  // A group of its own: until its world is made, only that names all its processes (see `killConfined`).
  const how = { env, stdio: [...stdio], detached: true };
  const [program = '', ...rest] = isRoot ? [...opened(binds), 'setpriv', ...dropRoot, ...args] : args;
  return spawn(program, rest, how);
}

/** In mounts of its own, so that on this host nothing is mounted. Each program takes the place of the one before it. */
function opened(binds: readonly Bind[]): readonly string[] {
  const closed = binds.flatMap(({ from, via }) => (via === undefined ? [] : [from, via]));
  if (closed.length === 0) return [];
  const script = 'set -e; while [ "$1" != -- ]; do mount --bind -- "$1" "$2"; shift 2; done; shift; exec "$@"';
  return ['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c', script, 'sh', ...closed, '--'];
}

/**
 * Ends a confined command at any moment. While bubblewrap is still making the world, its second process waits for the
 * first and would do so for ever once that is killed alone, with our pipes in its hands.
 */
export function killConfined(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  child.kill('SIGKILL');
}

const always = [
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
/** Debian's Java has its settings there, behind links. */
const ofJava = (): string[] =>
  readdirSync('/etc')
    .filter((name) => /^java(?:-\d+-openjdk)?$/.test(name))
    .map((name) => `/etc/${name}`);
const forNetwork = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf'];

const systemFolders = (hasNetwork: boolean): string[] =>
  [...always, ...ofJava(), ...(hasNetwork ? forNetwork : [])]
    .filter(existsSync)
    .flatMap((path) => ['--ro-bind', path, path]);

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
    '--symlink',
    `../lib/node_modules/npm/bin/${name}-cli.js`,
    `/opt/node/bin/${name}`,
  ]);
  return [...node, '--ro-bind', folder, '/opt/node/lib/node_modules/npm', ...links];
}

/** What puts in the open what only root can reach; asked for where a bind has a `via`. */
export const programsToOpen = ['unshare', 'mount'] as const;

/** Of the programs that each confined command needs, or of these, those that are not on the path. */
export async function missingPrograms(
  wanted: readonly string[] = ['bwrap', 'prlimit', ...(isRoot ? ['setpriv'] : [])],
): Promise<readonly string[]> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = await Promise.all(
    wanted.map(async (name) => {
      const places = folders.map((folder) =>
        access(join(folder, name)).then(
          () => true,
          () => false,
        ),
      );
      return (await Promise.all(places)).includes(true);
    }),
  );
  return wanted.filter((_name, index) => found[index] !== true);
}
