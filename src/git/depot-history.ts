import { ForgeError } from '../domain/faults.ts';
import { asSha } from '../domain/ids.ts';
import type { BlamedLines, History, PastCommit } from '../ports/history.ts';
import { GitFailure } from './git-command.ts';
import { runGit } from './run-git.ts';

/** Of each commit's message; more of it is not read. */
const maxMessageLength = 4_000;
const fields = '%H%x00%an%x00%aI%x00%B%x00';

/** Of a repository that holds its past, or as much of it as there is. A path that git does not know has none. */
export function createDepotHistory(gitDir: string): History {
  return {
    ofFile: async (_repository, path, commit, limit) => {
      const args = ['log', `--format=tformat:${fields}`, '-z', '-n', String(limit), commit, '--', path];
      return asForge(async () => readCommits((await runGit(args, { gitDir })).output.toString()));
    },
    ofLines: async (_repository, path, commit) => {
      const args = ['blame', '--porcelain', commit, '--', path];
      return asForge(async () => {
        const { code, output } = await runGit(args, { gitDir, expectedExitCodes: [0, 128] });
        if (code !== 0) return null;
        const lines = blamedShas(output.toString());
        return withCommits(lines, await commitsOf(gitDir, [...new Set(lines)]));
      });
    },
  };
}

/** What git refuses here (a past that ends early, objects that a partial clone lacks) it refuses the next time too. */
async function asForge<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new ForgeError(`the history cannot be read: ${error.message}`, { isRetryable: false, cause: error });
  }
}

function readCommits(text: string): PastCommit[] {
  const words = text.split('\0');
  const commits: PastCommit[] = [];
  for (let at = 0; at + 3 < words.length; at += 5) {
    const [sha = '', author = '', date = '', message = ''] = words.slice(at, at + 4);
    commits.push({ sha: asSha(sha.trim()), author, at: date, message: message.slice(0, maxMessageLength) });
  }
  return commits;
}

/** The commit of each line, in order. In the porcelain form the text of a line stands behind a tab. */
const blamedShas = (text: string): string[] =>
  [...text.matchAll(/^([0-9a-f]{40}) \d+ \d+(?: \d+)?$/gm)].map(([, sha = '']) => sha);

async function commitsOf(gitDir: string, shas: readonly string[]): Promise<ReadonlyMap<string, PastCommit>> {
  if (shas.length === 0) return new Map();
  const stdin = Buffer.from(shas.map((sha) => `${sha}\n`).join(''));
  const args = ['log', '--no-walk=unsorted', '--stdin', `--format=tformat:${fields}`, '-z'];
  const commits = readCommits((await runGit(args, { gitDir, stdin })).output.toString());
  return new Map(commits.map((commit) => [commit.sha, commit]));
}

function withCommits(lines: readonly string[], commits: ReadonlyMap<string, PastCommit>): BlamedLines[] {
  const ranges: BlamedLines[] = [];
  for (const [index, sha] of lines.entries()) {
    const last = ranges.at(-1);
    const commit = commits.get(sha);
    if (commit === undefined) continue;
    if (last !== undefined && last.commit === commit && last.endLine === index)
      ranges[ranges.length - 1] = { ...last, endLine: index + 1 };
    else ranges.push({ startLine: index + 1, endLine: index + 1, commit });
  }
  return ranges;
}
