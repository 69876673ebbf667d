import { mkdirSync, mkdtempSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { asSha, type Sha } from '../../src/domain/ids.ts';
import { type GitHost, repositoryNamed, startGitHost, workspaceOn } from './git-host.ts';

const repository = repositoryNamed('demo');
const limits = () => ({ limit: 10, signal: new AbortController().signal });
let host: GitHost;
let first: Sha;
let last: Sha;

beforeAll(async () => {
  host = await startGitHost();
  first = host.commit('acme/demo', [{ path: 'a.txt', content: 'a\n' }]);
  host.commit('acme/demo', [{ path: 'a.txt', content: 'b\n' }], { parent: first });
  last = commitWith('Mend b\n\nIt was “off”.\n', [
    { path: 'a.txt', content: 'b\n' },
    { path: 'src/line\nbreak.ts', content: 'new\n' },
  ]);
});
afterAll(() => host.close());

/** A commit with a message of its own on top of main. */
function commitWith(message: string, files: readonly { path: string; content: string }[]): Sha {
  const parent = asSha(host.git('acme/demo', ['rev-parse', 'refs/heads/main']).toString().trim());
  const made = host.commit('acme/demo', files, { parent });
  const person = ['-c', 'user.name=Seed', '-c', 'user.email=seed@example.com'];
  const order = [...person, 'commit-tree', `${made}^{tree}`, '-p', parent];
  const commit = asSha(host.git('acme/demo', order, Buffer.from(message)).toString().trim());
  host.git('acme/demo', ['update-ref', 'refs/heads/main', commit]);
  return commit;
}

it('the commits that led to one come newest first, with message, time and paths', async () => {
  const workspace = workspaceOn(host);

  const past = await workspace.commitLog.before(repository, last, limits());

  expect(past.map(({ message, paths }) => [message.trim(), paths])).toEqual([
    ['Mend b\n\nIt was “off”.', ['src/line\nbreak.ts']],
    ['seed', ['a.txt']],
    ['seed', ['a.txt']],
  ]);
  expect(past[1]?.timeMs).toBe(1_700_000_000_000);
  await workspace.close();
});

it('no more commits come than were asked for', async () => {
  const workspace = workspaceOn(host);

  const past = await workspace.commitLog.before(repository, last, { ...limits(), limit: 2 });

  expect(past).toHaveLength(2);
  await workspace.close();
});

it('nothing of it stays on the disk, and the mirror is as it was', async () => {
  const mirrorsDir = mkdtempSync(join(host.scratch, 'history-'));
  const workspace = workspaceOn(host, { mirrorsDir });
  await workspace.open(repository, last);
  const before = readdirSync(mirrorsDir, { recursive: true }).toSorted();

  await workspace.commitLog.before(repository, last, limits());

  expect(readdirSync(mirrorsDir, { recursive: true }).toSorted()).toEqual(before);
  expect((await (await workspace.open(repository, last)).read('a.txt'))?.toString()).toBe('b\n');
  await workspace.close();
});

it('what was read once is not fetched again', async () => {
  const workspace = workspaceOn(host);
  await workspace.commitLog.before(repository, last, limits());
  const asked = host.requests.length;

  await workspace.commitLog.before(repository, last, limits());

  expect(host.requests).toHaveLength(asked);
  await workspace.close();
});

it.each([
  ['refuses', [403, 403, 403]],
  ['is broken', [500, 500, 500]],
])('a remote that %s means that there is no history, this time', async (_how, statuses) => {
  const workspace = workspaceOn(host);
  host.nextStatuses.push(...statuses);

  const without = await workspace.commitLog.before(repository, last, limits());
  host.nextStatuses.length = 0;
  const then = await workspace.commitLog.before(repository, last, limits());

  expect([without.length, then.length]).toEqual([0, 3]);
  await workspace.close();
});

it('a remote that is too slow means that there is no history', async () => {
  const workspace = workspaceOn(host);
  const release = Promise.withResolvers<void>();
  host.hold = () => release.promise;

  const past = await workspace.commitLog.before(repository, last, { limit: 10, signal: AbortSignal.timeout(300) });

  expect(past).toEqual([]);
  host.hold = null;
  release.resolve();
  await workspace.close();
});

it('a commit that the remote does not have has no history', async () => {
  const workspace = workspaceOn(host);

  expect(await workspace.commitLog.before(repository, asSha('9'.repeat(40)), limits())).toEqual([]);
  await workspace.close();
});

it('what a process that is gone left on the disk is swept, and what another one uses stays', async () => {
  const mirrorsDir = mkdtempSync(join(host.scratch, 'history-'));
  for (const name of ['.history-old', '.history-new']) mkdirSync(join(mirrorsDir, name));
  utimesSync(join(mirrorsDir, '.history-old'), new Date(0), new Date(0));

  const workspace = workspaceOn(host, { mirrorsDir });

  await vi.waitFor(() => expect(readdirSync(mirrorsDir)).toEqual(['.history-new']), 5_000);
  await workspace.close();
});
