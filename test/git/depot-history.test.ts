import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { asSha, type Sha } from '../../src/domain/ids.ts';
import { createDepotHistory } from '../../src/git/depot-history.ts';

const repository = { owner: 'local', name: 'depot', installationId: 1 };
let folder: string;
let first: Sha;
let second: Sha;

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=a@example.org', ...args])
    .toString()
    .trim();

function commit(text: string, message: string): Sha {
  writeFileSync(join(folder, 'a b.ts'), text);
  git('add', '.');
  git('commit', '-q', '-m', message);
  return asSha(git('rev-parse', 'HEAD'));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'depot-history-'));
  git('init', '-q');
  first = commit('one\ntwo\nthree\n', 'Begin');
  second = commit('one\nTWO\nthree\n', 'Mend the second line\n\nIt was small.');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the history of a depot', () => {
  const history = () => createDepotHistory(join(folder, '.git'));

  it('tells the commits that changed a file, newest first and no more than asked for', async () => {
    const all = await history().ofFile(repository, 'a b.ts', second, 10);
    const one = await history().ofFile(repository, 'a b.ts', second, 1);
    const before = await history().ofFile(repository, 'a b.ts', first, 10);

    expect(all.map(({ sha, author, message }) => [sha, author, message.trim()])).toEqual([
      [second, 'Ada', 'Mend the second line\n\nIt was small.'],
      [first, 'Ada', 'Begin'],
    ]);
    expect([one.length, before.length]).toEqual([1, 1]);
    expect(Number.isNaN(Date.parse(all[0]?.at ?? ''))).toBe(false);
  });

  it('tells for each range of lines the commit that it comes from', async () => {
    const lines = await history().ofLines(repository, 'a b.ts', second);

    expect(lines?.map(({ startLine, endLine, commit: { sha } }) => [startLine, endLine, sha])).toEqual([
      [1, 1, first],
      [2, 2, second],
      [3, 3, first],
    ]);
  });

  it('knows nothing of a path that is not there, even one that looks like a switch or a pattern', async () => {
    for (const path of ['nowhere.ts', '--all', '*', ':(top)a b.ts']) {
      expect(await history().ofFile(repository, path, second, 5)).toEqual([]);
      expect(await history().ofLines(repository, path, second)).toBeNull();
    }
  });

  it('that git cannot read is a fault of the forge, as its callers expect', async () => {
    const nowhere = asSha('9'.repeat(40));

    await expect(history().ofFile(repository, 'a b.ts', nowhere, 5)).rejects.toThrow(ForgeError);
  });
});
