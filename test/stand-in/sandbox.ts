/** The arguments with which bubblewrap makes a step's world. The traps that shaped them are listed in TESTBED.md. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Where a job's folders lie on the host. */
export interface Folders {
  readonly root: string;
  readonly workspace: string;
  readonly control: string;
  readonly scripts: string;
  readonly home: string;
  readonly temp: string;
  readonly staging: string;
}

/** Nobody: started as root, bubblewrap alone would let a step read what root may read. */
export const stepUser = 65_534;
export const isRoot = process.getuid?.() === 0;
export const sandboxPath = '/opt/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const maxFileBytes = 1 << 30;

export function spawnSandboxed(
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
    '--die-with-parent',
    '--new-session',
    '--as-pid-1',
    '--cap-drop',
    'ALL',
    '--clearenv',
    '--hostname',
    'runner',
    '--tmpfs',
    '/',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...systemFolders(hasNetwork),
    ...nodeAndNpm(),
    '--bind',
    folders.workspace,
    '/workspace',
    '--bind',
    folders.control,
    '/control',
    '--bind',
    folders.home,
    '/home/runner',
    '--bind',
    folders.temp,
    '/tmp',
    '--ro-bind',
    folders.scripts,
    '/scripts',
    '--chdir',
    folder,
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
    '--symlink',
    `../lib/node_modules/npm/bin/${name}-cli.js`,
    `/opt/node/bin/${name}`,
  ]);
  return [...node, '--ro-bind', folder, '/opt/node/lib/node_modules/npm', ...links];
}
