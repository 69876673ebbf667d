import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloneProblem, openClone } from './clone.ts';
import { asTicket, isTelling, pastFixes } from './fixes.ts';

describe('a message as a ticket', () => {
  it.each([
    ['fix(cart): round once (#123)', 'fix(cart): round once'],
    ['Fix rounding in src/cart/price.ts', 'Fix rounding in'],
    ['Fix price.ts', 'Fix'],
    ['Fix rounding\n\nFixes #12\nCloses acme/shop#3', 'Fix rounding'],
    ['Fix rounding\n\nSigned-off-by: A <a@b.c>\nCo-authored-by: C <c@d.e>', 'Fix rounding'],
    ['Fix `parsePrice` and Cart.total', 'Fix `parsePrice` and Cart.total'],
    ['Fix it, see https://example.com/a', 'Fix it, see'],
    ['Fix after 0123456789abcdef0123456789abcdef01234567', 'Fix after'],
  ])('%j is %j', (message, ticket) => {
    expect(asTicket(message).replace(/\s+/g, ' ').trim()).toBe(ticket);
  });
});

it.each([
  ['Fix typo', false],
  ['docs: fix some warnings of clippy', false],
  ['fix: typo in the comment', false],
  ['fix(cart): rounding', true],
  ['Fix typos in Context and Engine', true],
  ['Fix compile error', false],
])('%j tells of a place: %s', (message, isOne) => {
  expect(isTelling(message)).toBe(isOne);
});

describe('the fixes of a history', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'bench-fixes-'));
    git('init', '--quiet', '--initial-branch=main');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const person = { NAME: 'Ann', EMAIL: 'ann@example.com' };
  function git(...args: string[]): string {
    const env = {
      ...process.env,
      GIT_AUTHOR_NAME: person.NAME,
      GIT_AUTHOR_EMAIL: person.EMAIL,
      GIT_COMMITTER_NAME: person.NAME,
      GIT_COMMITTER_EMAIL: person.EMAIL,
    };
    return execFileSync('git', ['-C', dir, ...args], { env, encoding: 'utf8' }).trim();
  }
  function commit(message: string, files: Readonly<Record<string, string>>): string {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    }
    git('add', '-A');
    git('commit', '--quiet', '-m', message);
    return git('rev-parse', 'HEAD');
  }

  it('are commits that say so and change sources that were there before', async () => {
    const first = commit('Begin', { 'src/a.ts': '1', 'README.md': '1', 'test/a.test.ts': '1' });
    const fix = commit('Fix a', { 'src/a.ts': '2', 'src/new.ts': '1', 'test/a.test.ts': '2' });
    commit('Add b', { 'src/a.ts': '3' });
    commit('Fix the docs', { 'README.md': '2' });
    commit('Fix everything', Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`src/m${at}.ts`, '1'])));

    const fixes = await pastFixes(await openClone(dir), 10);

    expect(fixes).toEqual([{ commit: fix, parent: first, query: 'Fix a', changed: ['src/a.ts'] }]);
  });

  it('read a history that ends at the parent: nothing later is known', async () => {
    commit('Begin', { 'src/a.ts': '1' });
    commit('Mend b', { 'src/a.ts': '2' });
    commit('Fix a', { 'src/a.ts': '3' });
    const clone = await openClone(dir);
    const [fix] = await pastFixes(clone, 1);

    const past = fix === undefined ? [] : await clone.log(fix.parent, 10);

    expect(past.map(({ message }) => message.trim())).toEqual(['Mend b', 'Begin']);
  });

  it('are missed with a reason where there are none', async () => {
    commit('Begin', { 'src/a.ts': '1' });

    await expect(pastFixes(await openClone(dir), 10)).rejects.toThrow(/none of the 1 commits of .* is a fix/);
  });

  it('are missed with an advice where the clone is too shallow', async () => {
    commit('Begin', { 'src/a.ts': '1' });
    commit('Fix a', { 'src/a.ts': '2' });
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${dir}`, join(dir, 'shallow')]);

    await expect(pastFixes(await openClone(join(dir, 'shallow')), 10)).rejects.toThrow(/git fetch --unshallow/);
  });

  it('are read back no further than they are asked for, newest first', async () => {
    commit('Begin', { 'src/a.ts': '1' });
    for (let at = 2; at < 6; at++) commit(`Fix a for the ${at}th time`, { 'src/a.ts': String(at) });

    const fixes = await pastFixes(await openClone(dir), 2);

    expect(fixes.map(({ query }) => query)).toEqual(['Fix a for the 5th time', 'Fix a for the 4th time']);
  });

  it('are found in bare repositories, mirrors and linked work trees', async () => {
    commit('Begin', { 'src/a.ts': '1' });
    commit('Fix a', { 'src/a.ts': '2' });
    git('clone', '--quiet', '--bare', '.', 'bare.git');
    git('clone', '--quiet', '--mirror', '.', 'mirror');
    git('worktree', 'add', '--quiet', '--detach', 'linked');

    for (const name of ['bare.git', 'mirror', 'linked'])
      expect(await pastFixes(await openClone(join(dir, name)), 10)).toHaveLength(1);
  });

  it('are looked for in repositories only, and the error says what was named instead', async () => {
    mkdirSync(join(dir, 'plain/.git'), { recursive: true });
    writeFileSync(join(dir, 'file'), '');
    git('init', '--quiet', '--object-format=sha256', 'other-ids');
    const problemOf = (name: string) => openClone(join(dir, name)).catch((error: unknown) => error);

    for (const name of ['nowhere', 'plain', 'file', 'other-ids'])
      expect(await problemOf(name)).toBeInstanceOf(CloneProblem);
    expect(await problemOf('nowhere')).toHaveProperty('message', expect.stringContaining('does not exist'));
    expect(await problemOf('plain')).toHaveProperty('message', expect.stringContaining('is no git repository'));
    expect(await problemOf('file')).toHaveProperty('message', expect.stringContaining('is a file'));
    expect(await problemOf('other-ids')).toHaveProperty('message', expect.stringContaining('by sha256'));
  });

  it('are missed with a reason in an empty repository, and in one whose HEAD names nothing', async () => {
    git('init', '--quiet', 'empty');
    await expect(pastFixes(await openClone(join(dir, 'empty')), 10)).rejects.toThrow(/is empty: it has no commit/);
    rmSync(join(dir, 'empty'), { recursive: true });
    commit('Fix a', { 'src/a.ts': '1' });
    git('symbolic-ref', 'HEAD', 'refs/heads/gone');

    await expect(pastFixes(await openClone(dir), 10)).rejects.toThrow(/no commit at HEAD, but main; check one/);
  });
});
