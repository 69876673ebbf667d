import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { Sha } from '../../src/domain/ids.ts';
import { type GitHost, type GitWorkspace, repositoryNamed, startGitHost, workspaceOn } from './git-host.ts';

const repository = repositoryNamed('hostile');
let host: GitHost;
let commit: Sha;
/** Exists as soon as anything that the repository or the host's configuration named has run. */
let mark: string;

beforeAll(async () => {
  host = await startGitHost();
  mark = join(host.scratch, 'something-ran');
  commit = host.commit('acme/hostile', [
    {
      path: '.gitattributes',
      content: '* filter=evil diff=evil merge=evil text eol=crlf\n*.txt -diff export-ignore\n',
    },
    { path: '.gitconfig', content: `[filter "evil"]\n\tsmudge = touch ${mark}\n` },
    { path: '.gitmodules', content: `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% ${mark}\n` },
    { path: 'x', mode: '160000', content: '1234567890123456789012345678901234567890' },
    { path: 'passwd', mode: '120000', content: '/etc/passwd' },
    { path: 'up', mode: '120000', content: '../../../../..' },
    { path: 'HEAD', content: 'ref: refs/heads/evil\n' },
    { path: 'config', content: `[core]\n\tfsmonitor = touch ${mark}\n` },
    { path: 'hooks/post-checkout', mode: '100755', content: `#!/bin/sh\ntouch ${mark}\n` },
    { path: 'hooks/pre-push', mode: '100755', content: `#!/bin/sh\ntouch ${mark}\n` },
    { path: 'objects/info/alternates', content: '/etc\n' },
    { path: 'a.txt', content: 'one\r\ntwo\n' },
  ]);
});
afterAll(() => host.close());

function opened(mirrorsDir = mkdtempSync(join(host.scratch, 'mirrors-'))): GitWorkspace {
  const workspace = workspaceOn(host, { mirrorsDir });
  onTestFinished(() => workspace.close());
  return workspace;
}

/** Everything a fix does with a repository. */
async function useAll(workspace: GitWorkspace): Promise<void> {
  const tree = await workspace.open(repository, commit);
  for (const { path } of await tree.list()) await tree.read(path);
  await tree.search('one', { limit: 10 });
  const overlay = { 'a.txt': { kind: 'write', text: 'two\r\n', mode: '100644' } } as const;
  const { carrier } = await workspace.build(repository, commit, overlay, commit);
  await workspace.diff(repository, commit, carrier, 10_000);
  await workspace.push(repository, carrier, 'refs/ai-fix/f-1/1');
}

test('no attribute, module, link, hook or configuration that a repository holds makes anything run', async () => {
  await useAll(opened());

  expect(existsSync(mark)).toBe(false);
});

test('attributes change neither what is read, nor what is found, nor what a diff shows', async () => {
  const workspace = opened();
  const tree = await workspace.open(repository, commit);
  const overlay = { 'a.txt': { kind: 'write', text: 'one\r\n', mode: '100644' } } as const;
  const { carrier } = await workspace.build(repository, commit, overlay, commit);

  const bytes = await tree.read('a.txt');
  const found = await tree.search('^two$', { limit: 10 });
  const diff = await workspace.diff(repository, commit, carrier, 10_000);

  expect(bytes?.toString()).toBe('one\r\ntwo\n');
  expect(found).toMatchObject({ hits: [{ path: 'a.txt', line: 2 }] });
  expect(diff.text).toContain('-two\n');
});

test('links lead nowhere: they are read as their text, and nothing lies below them', async () => {
  const tree = await opened().open(repository, commit);

  const target = await tree.read('passwd');
  const below = await tree.read('up/etc/passwd');

  expect(target?.toString()).toBe('/etc/passwd');
  expect(below).toBeNull();
  expect((await tree.search('root:', { limit: 10 })).kind).toBe('found');
  expect(await tree.search('root:', { limit: 10 })).toMatchObject({ hits: [] });
});

test('no file of the repository becomes a file of this host', async () => {
  const mirrorsDir = mkdtempSync(join(host.scratch, 'mirrors-'));
  await useAll(opened(mirrorsDir));

  const names = readdirSync(mirrorsDir, { recursive: true }).map(String);

  expect(names).toContain('1/acme/hostile.git/HEAD');
  expect(names.filter((name) => /gitattributes|gitmodules|passwd|a\.txt|hooks/.test(name))).toEqual([]);
});

test("the configuration of the host's user takes no part", async () => {
  const home = mkdtempSync(join(host.scratch, 'home-'));
  const hook = join(home, 'hook');
  writeFileSync(hook, `#!/bin/sh\ntouch ${mark}\n`);
  chmodSync(hook, 0o700);
  mkdirSync(join(home, 'hooks'));
  for (const name of ['pre-push', 'reference-transaction'])
    writeFileSync(join(home, 'hooks', name), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o700 });
  const settings = `[core]\n\thooksPath = ${home}/hooks\n\tfsmonitor = ${hook}\n[credential]\n\thelper = ${hook}\n[diff]\n\texternal = ${hook}\n[url "http://127.0.0.1:1/"]\n\tinsteadOf = http://\n`;
  writeFileSync(join(home, '.gitconfig'), settings);
  writeFileSync(join(home, '.netrc'), 'machine 127.0.0.1 login evil password evil\n', { mode: 0o600 });
  vi.stubEnv('HOME', home);
  vi.stubEnv('GIT_ASKPASS', hook);
  vi.stubEnv('GIT_EXTERNAL_DIFF', hook);
  vi.stubEnv('GIT_DIR', home);
  vi.stubEnv('GIT_CONFIG_PARAMETERS', `'core.hooksPath=${home}/hooks'`);
  vi.stubEnv('GIT_TRACE', join(home, 'trace'));
  vi.stubEnv('GIT_TRACE_CURL', join(home, 'trace'));
  onTestFinished(() => void vi.unstubAllEnvs());

  await useAll(opened());

  expect(existsSync(mark)).toBe(false);
  expect(existsSync(join(home, 'trace'))).toBe(false);
});

test('mirrors can be read by nobody else', async () => {
  const mirrorsDir = join(host.scratch, 'private-mirrors');
  await opened(mirrorsDir).open(repository, commit);

  expect(statSync(mirrorsDir).mode & 0o077).toBe(0);
});
