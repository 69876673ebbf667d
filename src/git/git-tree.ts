import type { Sha } from '../domain/ids.ts';
import type { SearchResult, Tree, TreeEntry } from '../ports/workspace.ts';
import { catFile, GitFailure } from './git-command.ts';
import { streamGit } from './git-stream.ts';
import { readHits } from './grep-output.ts';
import { type Listing, type ListingCache, readListing } from './listing.ts';
import type { Mirror } from './mirror.ts';

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const maxPatternChars = 1_000;

export function createGitTree(mirror: Mirror, commit: Sha, cache: ListingCache): Tree {
  const { gitDir } = mirror;
  const listing = (): Promise<Listing> =>
    cache.get(`${gitDir} ${commit}`, () => mirror.use([commit], () => readListing(gitDir, commit)));

  return {
    commit,
    async list(prefix = '') {
      const entries = [...(await listing()).files.values()];
      return prefix === '' ? entries : entries.filter(isBelow(prefix));
    },
    submodules: async () => (await listing()).submodules,
    async read(path) {
      const entry = (await listing()).files.get(path);
      if (entry === undefined) return null;
      return await mirror.use([commit], () => catFile(gitDir, ['blob', entry.blob]));
    },
    async search(pattern, options) {
      const problem = patternProblem(pattern);
      if (problem !== null) return { kind: 'bad-pattern', reason: problem };
      const { prefix = '' } = options;
      const isWithin = prefix === '' || [...(await listing()).files.values()].some(isBelow(prefix));
      if (!isWithin) return { kind: 'found', hits: [], isCut: false };
      return await mirror.use([commit], () => grep(gitDir, commit, pattern, options));
    },
  };
}

const isBelow = (prefix: string): ((entry: TreeEntry) => boolean) => {
  const folder = prefix.endsWith('/') ? prefix : `${prefix}/`;
  return ({ path }) => path === prefix || path.startsWith(folder);
};

function patternProblem(pattern: string): string | null {
  if (pattern.includes('\0')) return 'the pattern has a NUL character';
  return pattern.length > maxPatternChars ? `the pattern is longer than ${maxPatternChars} characters` : null;
}

type SearchOptions = Parameters<Tree['search']>[1];

async function grep(gitDir: string, commit: Sha, pattern: string, options: SearchOptions): Promise<SearchResult> {
  const { prefix = '', ignoreCase = false, limit } = options;
  const switches = [
    '-z',
    '-n',
    '-I',
    '-E',
    '--no-color',
    '--no-textconv',
    '--full-name',
    ...(ignoreCase ? ['-i'] : []),
  ];
  const args = ['grep', ...switches, '-e', pattern, commit, '--', ...(prefix === '' ? [] : [prefix])];
  const stream = streamGit(gitDir, args, { expectedExitCodes: [0, 1] });
  const hits = [];
  let isCut = false;
  for await (const hit of readHits(stream.stdout, commit)) {
    if (hits.length === limit) {
      isCut = true;
      stream.stop();
      break;
    }
    hits.push(hit);
  }
  try {
    await stream.finished();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (error.isTimeout) return { kind: 'bad-pattern', reason: 'the search took too long' };
    const reason = await refusal(gitDir, pattern);
    // Where git can't even search nothing for a letter, the mirror is to blame.
    if (reason === null || (await refusal(gitDir, 'x')) !== null) throw error;
    return { kind: 'bad-pattern', reason };
  }
  return { kind: 'found', hits, isCut };
}

/** What git says against searching the empty tree for the pattern, or null. */
async function refusal(gitDir: string, pattern: string): Promise<string | null> {
  const stream = streamGit(gitDir, ['grep', '-E', '-e', pattern, emptyTree, '--'], { expectedExitCodes: [0, 1] });
  for await (const _ of stream.stdout);
  try {
    await stream.finished();
    return null;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return error.stderr.replace(/^fatal: /, '').trim();
  }
}
