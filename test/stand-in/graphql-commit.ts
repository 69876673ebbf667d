import { gitText } from './git.ts';
import { type Asking, assertMay, connection, failure, type Window } from './graphql-asking.ts';
import type { Repository } from './repository.ts';

/** A commit by its name, with the history and the blame of its files, as git tells them. */
export async function findObject(asking: Asking, repository: Repository, oid: string) {
  assertMay(asking, repository, ['contents:read']);
  const known = await logOf(repository, [oid, '--max-count=1']);
  const [commit] = known;
  if (commit === undefined) return null;
  return {
    ...commit,
    history: async (asked: Window & { readonly path?: string }) => {
      const paths = asked.path === undefined ? [] : ['--', asked.path];
      return connection('history', await logOf(repository, [oid, ...paths]), asked);
    },
    blame: async ({ path }: { readonly path: string }) => ({ ranges: await blameOf(repository, oid, path) }),
  };
}

const format = '%H%x1f%cI%x1f%an%x1f%B%x1e';

async function logOf({ folder }: Repository, args: readonly string[]) {
  const text = await gitText(folder, ['log', `--format=${format}`, ...args]).catch(() => '');
  return text
    .split('\x1e')
    .filter((record) => record.includes('\x1f'))
    .map((record) => {
      const [oid = '', committedDate = '', name = '', message = ''] = record.trimStart().split('\x1f');
      return { __typename: 'Commit', oid, committedDate, message: message.trimEnd(), author: { name, user: null } };
    });
}

async function blameOf(repository: Repository, oid: string, path: string) {
  const text = await gitText(repository.folder, ['blame', '--porcelain', oid, '--', path]).catch(() => null);
  if (text === null) throw failure('NOT_FOUND', `Could not resolve the path ${path} at ${oid}.`);
  const ranges: { startingLine: number; endingLine: number; oid: string }[] = [];
  for (const [, sha = '', line = ''] of text.matchAll(/^([\da-f]{40}) \d+ (\d+)/gm)) {
    const last = ranges.at(-1);
    if (last?.oid === sha && last.endingLine + 1 === Number(line)) last.endingLine += 1;
    else ranges.push({ startingLine: Number(line), endingLine: Number(line), oid: sha });
  }
  return Promise.all(
    ranges.map(async (range) => ({ ...range, commit: (await logOf(repository, [range.oid, '--max-count=1']))[0] })),
  );
}
