import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError, ForgeError } from '../../src/domain/faults.ts';
import { asSha } from '../../src/domain/ids.ts';
import { deliverBranch } from '../../src/git/deliver-branch.ts';
import { type Depot, openDepot } from '../../src/git/depot.ts';
import { createGitWorkspace } from '../../src/git/git-workspace.ts';
import { baseOf, openUserRepository } from '../../src/git/user-repository.ts';
import { workTreeState } from '../../src/git/work-tree-state.ts';
import { changesBetween, type LocalRepository, makeLocalRepository } from '../support/local-repository.ts';

const named = { installationId: 1, owner: 'local', name: 'shop' };
const files = { 'a.txt': 'one\n', 'src/b.txt': 'two\n', '.gitignore': 'node_modules/\n' };

let repository: LocalRepository;
let scratch: string;
beforeEach(() => {
  repository = makeLocalRepository(files);
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'ai-fix-depot-')));
});
afterEach(() => {
  repository.remove();
  rmSync(scratch, { recursive: true, force: true });
});

async function opened(path = repository.path, wanted: string | null = null) {
  const user = await openUserRepository(path);
  const base = await baseOf(user, wanted);
  const depot = await openDepot(scratch, user, base, 'ai-fix/');
  const workspace = createGitWorkspace({ mirrorsDir: join(scratch, 'mirrors'), remotes: depot.remotes });
  onTestFinished(() => workspace.close());
  return { user, base, depot, workspace };
}

test('the log of a depot is read where it lies, without a fetch', async () => {
  const { base, depot } = await opened();
  const signal = new AbortController().signal;
  const before = readdirSync(scratch, { recursive: true }).toSorted();

  const past = await depot.commitLog.before(named, base.commit, { limit: 10, signal });
  const nothing = await depot.commitLog.before(named, asSha('9'.repeat(40)), { limit: 10, signal });

  expect(past.at(-1)?.paths.toSorted()).toEqual(Object.keys(files).toSorted());
  expect(nothing).toEqual([]);
  expect(readdirSync(scratch, { recursive: true }).toSorted()).toEqual(before);
});

/** Everything a try does with a repository: the new commit, and where it was put. */
async function useAll(path = repository.path) {
  const { user, base, depot, workspace } = await opened(path);
  const state = workTreeState(depot.gitDir, user);
  await state?.uncommitted(base.commit);
  await state?.isIgnoredFolder('node_modules');
  const tree = await workspace.open(named, base.commit);
  for (const { path: file } of await tree.list()) await tree.read(file);
  const overlay = { 'a.txt': { kind: 'write', text: 'three\n', mode: '100644' } } as const;
  const built = await workspace.build(named, base.commit, overlay, base.commit);
  await workspace.push(named, built.carrier, 'refs/ai-fix/f-1/1');
  const commit = await depot.commits.create(named, { message: 'fix: it', tree: built.tree, parents: [base.commit] });
  const into = join(scratch, 'export');
  mkdirSync(into);
  await depot.exportTree(commit, into);
  const delivered = await deliverBranch(depot.gitDir, user, { commit, base: base.commit, branch: 'ai-fix/it' });
  return { commit, delivered, into, depot };
}

test('a commit gets into the repository as a new branch, and nothing else changes there', async () => {
  const before = repository.snapshot();

  const { commit, delivered, into } = await useAll();

  expect(delivered).toEqual({ kind: 'delivered', branch: 'ai-fix/it' });
  expect(repository.git('rev-parse', 'ai-fix/it').trim()).toBe(commit);
  expect(readFileSync(join(into, 'a.txt'), 'utf8')).toBe('three\n');
  const changed = changesBetween(before, repository.snapshot());
  expect(changed.filter((path) => !/^\.git\/(?:objects|refs\/heads\/ai-fix)/.test(path))).toEqual([
    // The folder's own time.
    ...changed.filter((path) => path === '.git/refs/heads'),
  ]);
  expect(repository.git('fsck', '--strict')).toBe('');
});

test('a bare repository, a folder inside a work tree, a linked work tree and a shallow clone are repositories too', async () => {
  const bare = join(scratch, 'bare.git');
  repository.git('clone', '--quiet', '--bare', repository.path, bare);
  const linked = join(scratch, 'linked');
  repository.git('worktree', 'add', '--quiet', '-b', 'side', linked);
  repository.write({ 'a.txt': 'newer\n' });
  repository.git('commit', '--quiet', '--all', '--message', 'more');
  const shallow = join(scratch, 'shallow');
  repository.git('clone', '--quiet', '--depth=1', `file://${repository.path}`, shallow);

  expect(await openUserRepository(bare)).toMatchObject({ workTree: null, headBranch: 'main', gitDir: bare });
  expect(await openUserRepository(join(repository.path, 'src'))).toMatchObject({
    workTree: realpathSync(repository.path),
    headBranch: 'main',
  });
  expect(await openUserRepository(linked)).toMatchObject({ workTree: linked, headBranch: 'side' });
  const { delivered } = await useAll(shallow);
  expect(delivered).toMatchObject({ kind: 'delivered' });
  expect(execFileSync('git', ['-C', shallow, 'show', 'ai-fix/it:a.txt']).toString()).toBe('three\n');
});

test('the branch of a linked work tree is made where all of them see it', async () => {
  const linked = join(scratch, 'linked');
  repository.git('worktree', 'add', '--quiet', '-b', 'side', linked);

  const { delivered } = await useAll(linked);

  expect(delivered).toEqual({ kind: 'delivered', branch: 'ai-fix/it' });
  expect(repository.git('show', 'ai-fix/it:a.txt')).toBe('three\n');
});

describe('what is no repository to work in', () => {
  const problemOf = async (path: string, wanted: string | null = null): Promise<string> => {
    try {
      await baseOf(await openUserRepository(path), wanted);
      return 'none';
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.join('; ');
      throw error;
    }
  };

  test.each([
    ['nothing', () => join(scratch, 'gone'), 'there is nothing; allowed: the folder of a git repository'],
    ['a file', () => join(repository.path, 'a.txt'), 'this is no folder'],
    ['a folder elsewhere', () => scratch, 'no git repository, neither here nor in a folder above'],
  ])('%s is refused, with what stands there and what is allowed', async (_what, path, problem) => {
    expect(await problemOf(path())).toContain(problem);
  });

  test('one without a commit, a base that is not there, and a broken link say so', async () => {
    const empty = join(scratch, 'empty');
    execFileSync('git', ['init', '--quiet', empty]);
    const broken = join(scratch, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, '.git'), 'gitdir: /nowhere\n');

    expect(await problemOf(empty)).toContain('there is no commit yet');
    expect(await problemOf(repository.path, 'maim')).toMatch(
      /--base: found "maim".*allowed: a branch \(main\), a tag or a commit/,
    );
    expect(await problemOf(repository.path, '--all')).toContain('--base: found "--all"');
    expect(await problemOf(broken)).toContain('it leads to no git repository');
  });

  test('one whose objects have other names is refused', async () => {
    const other = join(scratch, 'sha256');
    execFileSync('git', ['init', '--quiet', '--object-format=sha256', other]);

    expect(await problemOf(other)).toContain('its object format is sha256; allowed: sha1');
  });
});

test('a base may be a tag or a commit; its branch is then a name of ours', async () => {
  repository.git('tag', 'v1');
  const commit = repository.git('rev-parse', 'HEAD').trim();
  const user = await openUserRepository(repository.path);

  expect(await baseOf(user, 'v1')).toEqual({ branch: `at-${commit.slice(0, 7)}`, commit });
  expect(await baseOf(user, commit.slice(0, 10))).toEqual({ branch: `at-${commit.slice(0, 7)}`, commit });
  expect(await baseOf(user, 'main')).toEqual({ branch: 'main', commit });
});

test('uncommitted, staged and unknown files are named; ignored folders are told from others', async () => {
  repository.write({ 'a.txt': 'changed\n', 'new.txt': 'new\n', 'staged.txt': 'staged\n', 'node_modules/x.js': '1' });
  repository.git('add', 'staged.txt');
  const { user, base, depot } = await opened();

  const state = workTreeState(depot.gitDir, user);

  expect(await state?.uncommitted(base.commit)).toEqual(['a.txt', 'new.txt', 'staged.txt']);
  expect(await state?.isIgnoredFolder('node_modules')).toBe(true);
  expect(await state?.isIgnoredFolder('src')).toBe(false);
  expect(await state?.isIgnoredFolder('gone')).toBe(false);
});

test('a name that is taken is passed over, and one that git has no room for is said', async () => {
  repository.git('branch', 'ai-fix/it');
  const { commit, delivered, depot } = await useAll();
  expect(delivered).toEqual({ kind: 'delivered', branch: 'ai-fix/it-2' });

  const user = await openUserRepository(repository.path);
  const base = await baseOf(user, null);
  const refused = await deliverBranch(depot.gitDir, user, { commit, base: base.commit, branch: 'main/below' });

  expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringContaining("'refs/heads/main' exists") });
});

test('nothing that a repository configures, hooks or names in attributes runs on this host', async () => {
  const mark = join(scratch, 'something-ran');
  const trap = `touch ${mark}`;
  repository.write({ '.gitattributes': '* filter=evil diff=evil merge=evil text\n', 'c.bin': 'x\n' });
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--message', 'attributes');
  const settings = [
    ['core.fsmonitor', trap],
    ['core.sshCommand', trap],
    ['core.pager', trap],
    ['core.editor', trap],
    ['core.alternateRefsCommand', trap],
    ['core.hooksPath', join(repository.path, 'traps')],
    ['filter.evil.clean', trap],
    ['filter.evil.smudge', trap],
    ['filter.evil.process', trap],
    ['diff.evil.textconv', trap],
    ['diff.external', trap],
    ['uploadpack.packObjectsHook', trap],
    ['gpg.program', trap],
    ['commit.gpgSign', 'true'],
    ['credential.helper', `!${trap}`],
    ['remote.origin.url', `ext::sh -c ${trap.replaceAll(' ', '% ')}`],
    ['remote.origin.uploadpack', trap],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialclonefilter', 'blob:none'],
    ['extensions.partialClone', 'origin'],
    ['core.repositoryformatversion', '1'],
    ['protocol.allow', 'always'],
  ];
  for (const name of ['reference-transaction', 'pre-commit', 'post-index-change', 'update', 'post-receive'])
    for (const folder of ['traps', '.git/hooks']) {
      repository.write({ [`${folder}/${name}`]: `#!/bin/sh\n${trap}\n` });
      chmodSync(join(repository.path, folder, name), 0o755);
    }
  repository.write({ 'a.txt': 'changed, so that it is looked at\n' });
  for (const [name, value] of settings) repository.git('config', name ?? '', value ?? '');
  rmSync(mark, { force: true });

  const { delivered } = await useAll();

  expect(delivered).toMatchObject({ kind: 'delivered' });
  expect(existsSync(mark)).toBe(false);
  // The traps are real: a git that takes the repository's word runs into them, and fails.
  expect(() => repository.git('status')).toThrow();
  expect(existsSync(mark)).toBe(true);
});

test('objects that are missing are not fetched from where the repository says, and that is told', async () => {
  const mark = join(scratch, 'something-ran');
  repository.git('config', 'remote.origin.promisor', 'true');
  repository.git('config', 'remote.origin.url', repository.path);
  repository.git('config', 'remote.origin.uploadpack', `touch ${mark}`);
  repository.git('config', 'extensions.partialClone', 'origin');
  const blob = repository.git('rev-parse', 'HEAD:a.txt').trim();
  rmSync(join(repository.path, '.git/objects', blob.slice(0, 2), blob.slice(2)));
  const { depot, base, workspace } = await opened();

  mkdirSync(join(scratch, 'export'));
  await expect(depot.exportTree(base.commit, join(scratch, 'export'))).rejects.toThrow(
    /is missing; of a partial clone/,
  );
  await expect(workspace.open(named, base.commit)).rejects.toThrow(ForgeError);

  expect(existsSync(mark)).toBe(false);
});

describe('an export', () => {
  /** A tree that no work tree could have made. */
  async function treeOf(lines: readonly string[]): Promise<{ depot: Depot; commit: ReturnType<typeof asSha> }> {
    const write = (type: string, input: string) =>
      execFileSync('git', ['-C', repository.path, 'hash-object', '-t', type, '-w', '--stdin', '--literally'], { input })
        .toString()
        .trim();
    const link = write('blob', scratch);
    const text = write('blob', 'text\n');
    const input = lines.map((line) => `${line.replace('LINK', link).replace('TEXT', text)}\n`).join('');
    const tree = execFileSync('git', ['-C', repository.path, 'mktree'], { input }).toString().trim();
    const moment = 'a <a@b.c> 1700000000 +0000';
    const commit = write('commit', `tree ${tree}\nauthor ${moment}\ncommitter ${moment}\n\nodd\n`);
    repository.git('update-ref', 'refs/heads/odd', commit);
    const { depot } = await opened(repository.path, 'odd');
    return { depot, commit: asSha(commit) };
  }

  test('writes bytes as they are, with modes and links, and follows none', async () => {
    const { depot, commit } = await treeOf([
      '120000 blob LINK\tlink',
      '100755 blob TEXT\trun.sh',
      '100644 blob TEXT\tx',
    ]);
    const into = join(scratch, 'export');
    mkdirSync(into);

    await depot.exportTree(commit, into);

    expect(readdirSync(into).sort()).toEqual(['link', 'run.sh', 'x']);
    expect(execFileSync('stat', ['-c', '%F %a', join(into, 'run.sh')]).toString()).toContain('regular file 755');
    expect(
      execFileSync('readlink', [join(into, 'link')])
        .toString()
        .trim(),
    ).toBe(scratch);
  });

  test.each([
    [['100644 blob TEXT\t..'], 'none that git would check out'],
    [['100644 blob TEXT\t.git'], 'none that git would check out'],
    [['100644 blob TEXT\t.GIT'], 'none that git would check out'],
  ])('of the tree %j is refused', async (lines, problem) => {
    const { depot, commit } = await treeOf(lines);
    const into = join(scratch, 'export');
    mkdirSync(into);

    await expect(depot.exportTree(commit, into)).rejects.toThrow(problem);

    expect(readdirSync(into)).toEqual([]);
  });

  test('never writes through a link of the same name as a folder', async () => {
    const folder = repository.git('rev-parse', 'HEAD:src').trim();
    const write = (input: Buffer, type: string) =>
      execFileSync('git', ['-C', repository.path, 'hash-object', '-t', type, '-w', '--stdin', '--literally'], { input })
        .toString()
        .trim();
    const link = write(Buffer.from(scratch), 'blob');
    const line = (mode: string, name: string, object: string) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(object, 'hex')]);
    const tree = write(Buffer.concat([line('120000', 'src', link), line('40000', 'src', folder)]), 'tree');
    const moment = 'a <a@b.c> 1700000000 +0000';
    const commit = asSha(write(Buffer.from(`tree ${tree}\nauthor ${moment}\ncommitter ${moment}\n\nodd\n`), 'commit'));
    const { depot } = await opened();
    const into = join(scratch, 'export');
    mkdirSync(into);

    await expect(depot.exportTree(commit, into)).rejects.toThrow('lies below a file');

    expect(readdirSync(scratch)).not.toContain('b.txt');
  });
});
