import { resolve } from 'node:path';
import { asSha, type Sha } from '../../../src/domain/ids.ts';
import { readCommits, readLog } from '../../../src/git/git-log.ts';
import { createGitTree } from '../../../src/git/git-tree.ts';
import { createListingCache } from '../../../src/git/listing.ts';
import { runGit } from '../../../src/git/run-git.ts';
import type { LoggedCommit } from '../../../src/ports/commit-log.ts';
import type { Tree } from '../../../src/ports/workspace.ts';

/** A local git repository, with a work tree or bare, that is only read. */
export interface Clone {
  readonly name: string;
  readonly gitDir: string;
  tree(commit: Sha): Tree;
  log(commit: Sha, limit: number): Promise<readonly LoggedCommit[]>;
}

/** What is wrong with a folder that somebody named. */
export class CloneProblem extends Error {
  override readonly name = 'CloneProblem';
}

/** @throws {CloneProblem} when the folder is no repository. */
export async function openClone(folder: string): Promise<Clone> {
  const gitDir = await gitDirOf(resolve(folder));
  const listings = createListingCache(200_000);
  const mirror = { gitDir, use: <T>(_needs: readonly Sha[], act: () => Promise<T>) => act(), missing: async () => [] };
  return {
    name: nameOf(folder),
    gitDir,
    tree: (commit) => createGitTree(mirror, commit, listings),
    log: createLog(gitDir),
  };
}

/** Histories overlap: what one has read, the next need not. */
function createLog(gitDir: string): Clone['log'] {
  const known = new Map<string, LoggedCommit>();
  return async (commit, limit) => {
    const order = ['rev-list', '--no-merges', `--max-count=${limit}`, commit, '--'];
    const names = (await runGit(order, { gitDir })).output.toString().trim().split('\n').filter(Boolean);
    const missing = names.filter((name) => !known.has(name));
    const stdin = `${missing.join('\n')}\n`;
    const read = missing.length === 0 ? [] : await readCommits(gitDir, ['--no-walk=unsorted', '--stdin'], { stdin });
    if (read.length !== missing.length) return await readLog(gitDir, commit, { limit });
    for (const [at, name] of missing.entries()) known.set(name, read[at] as LoggedCommit);
    return names.flatMap((name) => known.get(name) ?? []);
  };
}

async function gitDirOf(folder: string): Promise<string> {
  for (const candidate of [resolve(folder, '.git'), folder]) {
    const found = await ask(candidate, ['rev-parse', '--absolute-git-dir']);
    if (found !== null) return found;
  }
  throw new CloneProblem(`${folder} is no git repository; name a clone of one, bare or with a work tree`);
}

/** What git prints, or null where it fails. */
async function ask(gitDir: string, args: readonly string[]): Promise<string | null> {
  try {
    return (await runGit(args, { gitDir })).output.toString().trim();
  } catch {
    return null;
  }
}

/** Commits on the first line of the history, newest first. @throws {CloneProblem} where there are none. */
export async function headOf({ gitDir, name }: Clone): Promise<Sha> {
  const head = await ask(gitDir, ['rev-parse', '--verify', 'HEAD^{commit}']);
  if (head === null) throw new CloneProblem(`${name} has no commit at HEAD; check out a branch, or fetch one`);
  return asSha(head);
}

/** The last two parts of a path that say something: `honojs+hono` of `/clones/honojs+hono/repo`. */
function nameOf(folder: string): string {
  const parts = resolve(folder).split('/').filter(Boolean);
  const last = parts.at(-1) ?? folder;
  return (/^(?:repo|\.git|git)$/.test(last) ? (parts.at(-2) ?? last) : last).replace(/\.git$/, '');
}
