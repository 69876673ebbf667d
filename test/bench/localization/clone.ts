import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { asSha, type Sha } from '../../../src/domain/ids.ts';
import type { GitFailure } from '../../../src/git/git-command.ts';
import { readCommits, readLog } from '../../../src/git/git-log.ts';
import { createGitTree } from '../../../src/git/git-tree.ts';
import { createListingCache, readListing } from '../../../src/git/listing.ts';
import { runGit } from '../../../src/git/run-git.ts';
import type { LoggedCommit } from '../../../src/ports/commit-log.ts';
import type { Tree } from '../../../src/ports/workspace.ts';
import { openBlobs } from './open-blobs.ts';

/** A local git repository, with a work tree or bare, that is only read. */
export interface Clone {
  readonly name: string;
  readonly gitDir: string;
  /** Its oldest commits are not all there. */
  readonly isShallow: boolean;
  tree(commit: Sha): Tree;
  log(commit: Sha, limit: number): Promise<readonly LoggedCommit[]>;
  close(): void;
}

/** What is wrong with a folder that somebody named. */
export class CloneProblem extends Error {
  override readonly name = 'CloneProblem';
}

/** @throws {CloneProblem} when the folder is no repository that can be read. */
export async function openClone(folder: string): Promise<Clone> {
  const gitDir = await gitDirOf(resolve(folder));
  const idForm = await ask(gitDir, ['rev-parse', '--show-object-format']);
  if (idForm !== 'sha1')
    throw new CloneProblem(`${folder} names its objects by ${idForm}; only sha1 repositories are read here`);
  const blobs = openBlobs(gitDir);
  return {
    name: nameOf(folder),
    gitDir,
    isShallow: (await ask(gitDir, ['rev-parse', '--is-shallow-repository'])) === 'true',
    tree: treesOf(gitDir, blobs),
    log: createLog(gitDir),
    close: blobs.close,
  };
}

/** What to do where git lacks something. */
export const lacking = ({ name, gitDir }: Clone, { message }: GitFailure): CloneProblem =>
  new CloneProblem(
    `git can't read what the history of ${name} needs, and nothing is fetched here (${message.trim().split('\n').at(-1)}); of a partial clone get the rest: git -C ${gitDir} fetch --refetch --no-filter`,
  );

/** Trees as the App has them, but for the one git that reads the blobs of all. */
function treesOf(gitDir: string, blobs: ReturnType<typeof openBlobs>): Clone['tree'] {
  const listings = createListingCache(200_000);
  const mirror = { gitDir, use: <T>(_needs: readonly Sha[], act: () => Promise<T>) => act(), missing: async () => [] };
  return (commit) => ({
    ...createGitTree(mirror, commit, listings),
    async readMany(paths, { maxBytes, signal }, each) {
      const { files } = await listings.get(`${gitDir} ${commit}`, () => readListing(gitDir, commit));
      const wanted = paths
        .flatMap((path) => files.get(path) ?? [])
        .filter(({ mode, sizeBytes }) => mode !== '120000' && sizeBytes <= maxBytes);
      if (wanted.length > 0) await blobs.read(wanted, each, signal);
    },
  });
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
  const found = await stat(folder).catch(() => null);
  if (found === null) throw new CloneProblem(`${folder} does not exist; name the folder of a clone`);
  if (!found.isDirectory()) throw new CloneProblem(`${folder} is a file; name the folder of a clone`);
  for (const candidate of [resolve(folder, '.git'), folder]) {
    const gitDir = await ask(candidate, ['rev-parse', '--absolute-git-dir']);
    if (gitDir !== null) return gitDir;
  }
  throw new CloneProblem(
    `${folder} is no git repository; name the top folder of a clone, or a bare one (what git clone made, with or without --mirror)`,
  );
}

/** What git prints, or null where it fails. */
async function ask(gitDir: string, args: readonly string[]): Promise<string | null> {
  try {
    return (await runGit(args, { gitDir })).output.toString().trim();
  } catch {
    return null;
  }
}

/** The commit that is checked out, or would be. @throws {CloneProblem} where there is none. */
export async function headOf({ gitDir, name }: Clone): Promise<Sha> {
  const head = await ask(gitDir, ['rev-parse', '--verify', 'HEAD^{commit}']);
  if (head !== null) return asSha(head);
  const branches = (await ask(gitDir, ['for-each-ref', '--count=5', '--format=%(refname:short)'])) ?? '';
  if (branches === '') throw new CloneProblem(`${name} is empty: it has no commit at all`);
  throw new CloneProblem(
    `${name} has no commit at HEAD, but ${branches.replaceAll('\n', ', ')}; check one of them out, or let HEAD name one (git symbolic-ref HEAD refs/heads/…)`,
  );
}

/** The last two parts of a path that say something: `honojs+hono` of `/clones/honojs+hono/repo`. */
function nameOf(folder: string): string {
  const parts = resolve(folder).split('/').filter(Boolean);
  const last = parts.at(-1) ?? folder;
  return (/^(?:repo|\.git|git)$/.test(last) ? (parts.at(-2) ?? last) : last).replace(/\.git$/, '');
}
