import type { Sha } from '../domain/ids.ts';
import type { LoggedCommit } from '../ports/commit-log.ts';
import { streamGit } from './git-stream.ts';
import { exactText } from './listing.ts';

const maxMessageChars = 2_000;
const maxPaths = 100;
/** A commit that imports a whole tree prints a line for each file; more than this of one commit is dropped. */
const maxCommitBytes = 4 * 1024 * 1024;

/**
 * Reads the log that ends at a commit, newest first. Only commits and trees are needed, no blobs.
 *
 * @throws {GitFailure}
 */
export const readLog = (
  gitDir: string,
  commit: Sha,
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal },
): Promise<LoggedCommit[]> =>
  readCommits(gitDir, ['--no-merges', `--max-count=${limit}`, commit, '--'], { ...(signal && { signal }) });

/** Reads what `git log` shows for these arguments. @throws {GitFailure} */
export async function readCommits(
  gitDir: string,
  asked: readonly string[],
  { stdin, signal }: { readonly stdin?: string; readonly signal?: AbortSignal },
): Promise<LoggedCommit[]> {
  const switches = ['--no-renames', '--no-color', '--no-textconv', '--no-ext-diff', '--no-show-signature'];
  // A byte that neither a message nor a path can hold would end both; so one that UTF-8 never has begins a commit.
  const form = ['-z', '--name-only', '--root', '--encoding=UTF-8', '--format=tformat:%xff%ct%x00%B'];
  const stream = streamGit(gitDir, ['log', ...switches, ...form, ...asked], { ...(stdin && { stdin }) });
  const commits: LoggedCommit[] = [];
  let held: Buffer[] = [];
  let size = 0;
  const close = (): void => {
    const parsed = parseCommit(Buffer.concat(held));
    if (parsed !== null) commits.push(parsed);
    held = [];
    size = 0;
  };
  const keep = (part: Buffer): void => {
    if (size < maxCommitBytes) held.push(part);
    size += part.length;
  };
  for await (const chunk of stream.stdout) {
    if (signal?.aborted) {
      stream.stop();
      break;
    }
    let start = 0;
    for (let mark = chunk.indexOf(0xff); mark >= 0; mark = chunk.indexOf(0xff, start)) {
      keep(chunk.subarray(start, mark));
      close();
      start = mark + 1;
    }
    keep(chunk.subarray(start));
  }
  close();
  await stream.finished();
  return commits;
}

/** `<seconds> NUL <message> NUL LF? <path> NUL <path> NUL …`; null where it is none. */
function parseCommit(bytes: Buffer): LoggedCommit | null {
  const [seconds, message, ...rest] = splitAtNul(bytes);
  if (seconds === undefined || message === undefined || !/^\d+$/.test(seconds.toString())) return null;
  const paths = rest.flatMap((raw, index) => {
    const path = exactText(index === 0 && raw[0] === 10 ? raw.subarray(1) : raw);
    return path === null || path === '' ? [] : [path];
  });
  return {
    message: message.toString('utf8').slice(0, maxMessageChars),
    timeMs: Number(seconds.toString()) * 1_000,
    paths: paths.slice(0, maxPaths),
  };
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return parts;
}
