import { access, constants, lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../domain/faults.ts';
import { asSha, type Sha } from '../domain/ids.ts';
import { GitFailure } from './git-command.ts';
import { runGit } from './run-git.ts';

/**
 * A repository on this disk that belongs to a person, and may be somebody's trap.
 *
 * Its configuration, hooks and attributes never take part: objects are read by a repository of ours that borrows its
 * object store, and where git has to run in the repository itself (to read and to make refs) that is in the closed
 * environment, which switches off every setting that starts a program.
 */
export interface UserRepository {
  /** As the person named it, resolved. */
  readonly path: string;
  /** Where refs are read and made; of a linked work tree its own. */
  readonly gitDir: string;
  /** What all its work trees share. */
  readonly commonDir: string;
  /** Null in a bare one. */
  readonly workTree: string | null;
  /** The branch that `HEAD` names; null where it is detached. */
  readonly headBranch: string | null;
  readonly branches: ReadonlyMap<string, Sha>;
}

export interface Base {
  /** The branch; a name made of the commit where the base is none. */
  readonly branch: string;
  readonly commit: Sha;
}

/** @throws {ConfigError} with what stands there, and what to do. */
export async function openUserRepository(path: string): Promise<UserRepository> {
  const start = resolve(path);
  const stats = await stat(start).catch((error: NodeJS.ErrnoException) => refuse(`${start}: ${wordsOf(error)}`));
  if (!stats.isDirectory()) return refuse(`${start}: this is no folder; allowed: the folder of a git repository`);
  const found = await findGitDir(await realpath(start));
  if (found === null)
    return refuse(
      `${start}: no git repository, neither here nor in a folder above; name the folder of one, or run git init and commit`,
    );
  const { gitDir, workTree } = found;
  if (/\n/.test(gitDir)) return refuse(`${start}: its path has a line break, which git's alternates cannot hold`);
  const commonDir = await commonDirOf(gitDir);
  const format = await objectFormatOf(gitDir);
  if (format !== 'sha1') return refuse(`${start}: its object format is ${format}; allowed: sha1`);
  return {
    path: start,
    gitDir,
    commonDir,
    workTree,
    headBranch: await headBranchOf(gitDir),
    branches: await branchesOf(gitDir),
  };
}

/**
 * The commit to start from: of a branch, a tag or a commit that is named, else of `HEAD`.
 *
 * @throws {ConfigError} when there is none.
 */
export async function baseOf(repository: UserRepository, wanted: string | null): Promise<Base> {
  const { path, gitDir, headBranch, branches } = repository;
  const name = wanted ?? headBranch;
  const ofBranch = name === null ? undefined : branches.get(name);
  if (name !== null && ofBranch !== undefined) return { branch: name, commit: ofBranch };
  const commit = await commitOf(gitDir, wanted ?? 'HEAD');
  if (commit !== null) return { branch: `at-${commit.slice(0, 7)}`, commit };
  if (wanted === null) return refuse(`${path}: there is no commit yet; make one, then try again`);
  const known = [...branches.keys()].slice(0, 10);
  return refuse(
    `--base: found ${JSON.stringify(wanted.slice(0, 100))}, which names no commit of ${path}; allowed: a branch${known.length === 0 ? '' : ` (${known.join(', ')}${branches.size > known.length ? ', …' : ''})`}, a tag or a commit`,
  );
}

/**
 * Looks whether a branch could be made, before anything is paid for that is to end up there. Nothing is written.
 *
 * @throws {ConfigError} with the first folder that this user may not write to.
 */
export async function assertWritable({ path, commonDir }: UserRepository): Promise<void> {
  const objects = join(commonDir, 'objects');
  const fanOut = (await readdir(objects).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const ofRefs = ['refs/heads', 'refs/heads/ai-fix', 'reftable'].map((name) => join(commonDir, name));
  for (const folder of [objects, ...fanOut.map((name) => join(objects, name)), ...ofRefs]) {
    const isFolder = (await stat(folder).catch(() => null))?.isDirectory() === true;
    if (!isFolder) continue;
    await access(folder, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) =>
      refuse(
        `${path}: the branch could not be made in the end, because ${folder} cannot be written to (${error.code}); give yourself the right to, or work in a clone`,
      ),
    );
  }
}

/** Where objects lie, and what of its history the repository does not have. */
export const objectsOf = ({ commonDir }: UserRepository): string => join(commonDir, 'objects');

export const shallowOf = ({ commonDir }: UserRepository): Promise<string | null> =>
  readFile(join(commonDir, 'shallow'), 'utf8').catch(() => null);

async function findGitDir(start: string): Promise<{ gitDir: string; workTree: string | null } | null> {
  for (let current = start; ; current = dirname(current)) {
    if (await isGitDir(current)) {
      const isInWorkTree = current.endsWith('/.git');
      return { gitDir: current, workTree: isInWorkTree ? dirname(current) : null };
    }
    const gitDir = await gitDirIn(current);
    if (gitDir !== null) return { gitDir, workTree: current };
    if (dirname(current) === current) return null;
  }
}

/** `.git` is a file in a linked work tree and in a submodule. */
async function gitDirIn(folder: string): Promise<string | null> {
  const path = join(folder, '.git');
  const stats = await lstat(path).catch(() => null);
  if (stats === null) return null;
  if (stats.isDirectory() || stats.isSymbolicLink()) {
    const real = await realpath(path).catch(() => path);
    return (await isGitDir(real)) ? real : refuse(`${path}: this is no git repository; it lacks HEAD or objects`);
  }
  const text = stats.size > 10_000 ? '' : await readFile(path, 'utf8');
  const named = /^gitdir: (.+)$/m.exec(text)?.[1];
  const real = named === undefined ? null : await realpath(resolve(folder, named)).catch(() => null);
  if (real !== null && (await isGitDir(real))) return real;
  return refuse(`${path}: it leads to no git repository; mend the link, for instance with git worktree repair`);
}

async function isGitDir(folder: string): Promise<boolean> {
  const [head, objects] = await Promise.all([
    lstat(join(folder, 'HEAD')).catch(() => null),
    lstat(join(folder, 'objects')).catch(() => null),
  ]);
  if (head === null) return false;
  return objects?.isDirectory() === true || (await lstat(join(folder, 'commondir')).catch(() => null)) !== null;
}

async function commonDirOf(gitDir: string): Promise<string> {
  const named = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => null);
  return named === null ? gitDir : realpath(resolve(gitDir, named.trim()));
}

async function objectFormatOf(gitDir: string): Promise<string> {
  try {
    return (await runGit(['rev-parse', '--show-object-format'], { gitDir })).output.toString().trim();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return refuse(`${gitDir}: git cannot read this repository: ${firstLine(error.stderr)}`);
  }
}

async function headBranchOf(gitDir: string): Promise<string | null> {
  const order = { gitDir, expectedExitCodes: [0, 1] };
  const { code, output } = await runGit(['symbolic-ref', '--quiet', 'HEAD'], order);
  const ref = output.toString().trim();
  return code === 0 && ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;
}

async function branchesOf(gitDir: string): Promise<ReadonlyMap<string, Sha>> {
  const { output } = await runGit(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads'], { gitDir });
  const lines = output.toString().split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(41 + 'refs/heads/'.length), asSha(line.slice(0, 40))]));
}

async function commitOf(gitDir: string, name: string): Promise<Sha | null> {
  const order = { gitDir, expectedExitCodes: [0, 1, 128] };
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const { code, output } = await runGit(args, order);
  const sha = output.toString().trim().split('\n').at(-1) ?? '';
  return code === 0 && /^[0-9a-f]{40}$/.test(sha) ? asSha(sha) : null;
}

const wordsOf = ({ code }: NodeJS.ErrnoException): string =>
  code === 'ENOENT'
    ? 'there is nothing; allowed: the folder of a git repository'
    : `this user may not look at it (${code})`;

const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, 300) ?? '';

function refuse(problem: string): never {
  throw new ConfigError([problem]);
}
