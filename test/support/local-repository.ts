import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A person's repository on this disk, with one commit on `main`. */
export interface LocalRepository {
  readonly path: string;
  git(...args: readonly string[]): string;
  write(files: Readonly<Record<string, string>>): void;
  /** Every file and folder with its content, work tree and `.git` alike. */
  snapshot(): ReadonlyMap<string, string>;
  remove(): void;
}

export function makeLocalRepository(files: Readonly<Record<string, string>>): LocalRepository {
  const path = mkdtempSync(join(tmpdir(), 'ai-fix-local-'));
  const env = { PATH: process.env.PATH ?? '', HOME: path, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgSign=false'];
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', path, ...identity, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
    }
  };
  git('init', '--quiet', '--initial-branch=main');
  write(files);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'the start');
  return {
    path,
    git,
    write,
    snapshot: () => snapshotOf(path),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

function snapshotOf(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(root, { recursive: true }).map(String).sort()) {
    const file = join(root, name);
    const stats = lstatSync(file);
    const content = stats.isSymbolicLink() ? readlinkSync(file) : stats.isFile() ? readFileSync(file) : '';
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
    found.set(name, `${stats.mode.toString(8)} ${stats.isFile() ? stats.mtimeMs : ''} ${digest}`);
  }
  return found;
}

/** Paths that are there, gone or different afterwards. */
export function changesBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
