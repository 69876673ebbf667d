import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Sha } from '../../src/domain/ids.ts';
import { gitIn, networkGitIn } from '../../src/git/git-command.ts';
import { type GitHost, type GitWorkspace, repositoryNamed, startGitHost, workspaceOn } from './git-host.ts';

const repository = repositoryNamed('demo');
const overlay = { 'new.txt': { kind: 'write', text: 'new\n', mode: '100644' } } as const;
let host: GitHost;
/** Where nothing of ours may ever ask. */
let evil: GitHost;
let commit: Sha;
let mirrorsDir: string;
/** Exists as soon as a program has run that somebody else named. */
let mark: string;
let program: string;

beforeAll(async () => {
  [host, evil] = await Promise.all([startGitHost(), startGitHost()]);
  commit = host.commit('acme/demo', [{ path: 'a.txt', content: 'a\n' }]);
});
afterAll(async () => {
  await Promise.all([host.close(), evil.close()]);
});
beforeEach(() => {
  mirrorsDir = mkdtempSync(join(host.scratch, 'mirrors-'));
  mark = join(mirrorsDir, 'something-ran');
  program = join(mirrorsDir, 'program');
  writeFileSync(program, `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o700 });
  evil.requests.length = 0;
});

function opened(): GitWorkspace {
  const workspace = workspaceOn(host, { mirrorsDir });
  onTestFinished(() => workspace.close());
  return workspace;
}

const mirror = (): string => join(mirrorsDir, '1/acme/demo.git');
let count = 0;

/** A commit that no mirror has yet. The host's own git runs in this process's environment, so this comes first. */
function fresh(): { commit: Sha; text: string; ref: string } {
  count += 1;
  const text = `${count}\n`;
  const made = host.commit('acme/demo', [{ path: 'a.txt', content: text }], { ref: `refs/heads/n${count}` });
  return { commit: made, text, ref: `refs/ai-fix/f-${count}/1` };
}

/** Everything that git does for a fix. */
async function useAll(workspace: GitWorkspace, wanted: ReturnType<typeof fresh>): Promise<string> {
  const tree = await workspace.open(repository, wanted.commit);
  await tree.search('a', { limit: 1 });
  const { carrier } = await workspace.build(repository, wanted.commit, overlay, wanted.commit);
  await workspace.diff(repository, wanted.commit, carrier, 1_000);
  await workspace.push(repository, carrier, wanted.ref);
  return String(await tree.read('a.txt'));
}

describe('a protocol that starts a program or leads elsewhere', () => {
  const addresses: [string, () => string][] = [
    ['ext::', () => `ext::${program}`],
    ['a remote helper by name', () => 'evil::x'],
    ['file://', () => `file://${join(host.scratch, 'root/acme/demo.git')}`],
    ['a path', () => join(host.scratch, 'root/acme/demo.git')],
    ['ssh://', () => 'ssh://git@127.0.0.1:1/acme/demo.git'],
    ['ssh in short', () => 'git@127.0.0.1:acme/demo.git'],
    ['git://', () => 'git://127.0.0.1:1/acme/demo.git'],
    ['ftp://', () => 'ftp://127.0.0.1:1/acme/demo.git'],
    ['plain http', () => `${evil.url}/acme/demo.git`],
  ];

  it.each(addresses)('is not spoken: %s', async (_name, address) => {
    await opened().open(repository, commit);
    vi.stubEnv('GIT_SSH_COMMAND', program);
    onTestFinished(() => void vi.unstubAllEnvs());
    const limits = { silenceMs: 20_000, totalMs: 20_000 };

    const asking = networkGitIn(mirror(), { GIT_ALLOW_PROTOCOL: 'https' }, limits).raw(['ls-remote', address()]);

    await expect(asking).rejects.toThrow(/transport '.*' not allowed/);
    expect([existsSync(mark), evil.requests]).toEqual([false, []]);
  });

  it.each([...addresses, ['https', () => 'https://127.0.0.1:1/acme/demo.git'] as const])(
    'is not spoken by a command for this disk, whatever a configuration allows: %s',
    async (_name, address) => {
      await opened().open(repository, commit);
      const allowed = ['ext', 'file', 'ssh', 'git', 'http', 'https'].map(
        (name) => `[protocol "${name}"]\n\tallow = always\n`,
      );
      writeFileSync(join(mirror(), 'config'), `[core]\n\tbare = true\n\tsshCommand = ${program}\n${allowed.join('')}`);

      const asking = gitIn(mirror()).raw(['ls-remote', address()]);

      await expect(asking).rejects.toThrow(/transport '.*' not allowed/);
      expect([existsSync(mark), evil.requests]).toEqual([false, []]);
    },
  );
});

describe("this process's environment", () => {
  it('does not reach git', async () => {
    const hostile: Readonly<Record<string, string>> = {
      GIT_SSH_COMMAND: program,
      GIT_SSH: program,
      GIT_PROXY_COMMAND: program,
      GIT_ASKPASS: program,
      SSH_ASKPASS: program,
      GIT_EXTERNAL_DIFF: program,
      GIT_PAGER: program,
      GIT_EDITOR: program,
      GIT_EXEC_PATH: mirrorsDir,
      GIT_TEMPLATE_DIR: mirrorsDir,
      GIT_DIR: mirrorsDir,
      GIT_WORK_TREE: mirrorsDir,
      GIT_COMMON_DIR: mirrorsDir,
      GIT_INDEX_FILE: join(mirrorsDir, 'index'),
      GIT_OBJECT_DIRECTORY: mirrorsDir,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: mirrorsDir,
      GIT_NAMESPACE: 'evil',
      GIT_CEILING_DIRECTORIES: '/',
      GIT_CONFIG_PARAMETERS: `'core.hooksPath=${mirrorsDir}'`,
      GIT_CONFIG_SYSTEM: join(mirrorsDir, 'gitconfig'),
      GIT_CONFIG_GLOBAL: join(mirrorsDir, 'gitconfig'),
      XDG_CONFIG_HOME: mirrorsDir,
      HOME: mirrorsDir,
      GIT_ALLOW_PROTOCOL: 'ext:file',
      GIT_SSL_NO_VERIFY: '1',
      GIT_TRACE: mark,
      GIT_TRACE2_EVENT: mark,
      GIT_TRACE_PACKET: mark,
      GIT_CURL_VERBOSE: '1',
      ALL_PROXY: evil.url,
    };
    const settings = `[core]\n\thooksPath = ${mirrorsDir}\n\tfsmonitor = ${program}\n[url "${evil.url}/"]\n\tinsteadOf = ${host.url}/\n`;
    for (const path of ['gitconfig', '.gitconfig', 'git/config']) {
      mkdirSync(dirname(join(mirrorsDir, path)), { recursive: true });
      writeFileSync(join(mirrorsDir, path), settings);
    }
    for (const hook of ['reference-transaction', 'pre-push'])
      writeFileSync(join(mirrorsDir, hook), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o700 });
    const wanted = fresh();
    for (const [name, value] of Object.entries(hostile)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());

    const text = await useAll(opened(), wanted);

    expect(text).toBe(wanted.text);
    expect([existsSync(mark), evil.requests]).toEqual([false, []]);
  });

  it('adds nothing to the numbered configuration', async () => {
    vi.stubEnv('GIT_CONFIG_COUNT', '200');
    for (let index = 0; index < 200; index++) {
      vi.stubEnv(`GIT_CONFIG_KEY_${index}`, 'core.hooksPath');
      vi.stubEnv(`GIT_CONFIG_VALUE_${index}`, mirrorsDir);
    }
    onTestFinished(() => void vi.unstubAllEnvs());
    await opened().open(repository, commit);

    const hooks = await gitIn(mirror()).raw(['config', '--get-all', 'core.hooksPath']);

    expect(hooks).toBe('/dev/null\n');
  });
});

describe('what somebody else left in a mirror', () => {
  const section = (text: string) => () => {
    const config = join(mirror(), 'config');
    writeFileSync(
      config,
      `${readFileSync(config, 'utf8')}${text.replaceAll('PROGRAM', program).replaceAll('EVIL', evil.url).replaceAll('HOST', host.url)}`,
    );
  };
  const file =
    (path: string, text = '') =>
    () => {
      mkdirSync(dirname(join(mirror(), path)), { recursive: true });
      writeFileSync(join(mirror(), path), text, { mode: 0o700 });
    };

  it.each<[string, () => void]>([
    ['another address', section('[url "EVIL/"]\n\tinsteadOf = HOST/\n')],
    ['another address to push to', section('[url "EVIL/"]\n\tpushInsteadOf = HOST/\n')],
    ['a proxy', section('[http]\n\tproxy = EVIL\n')],
    ['a proxy for the host alone', section('[http "HOST"]\n\tproxy = EVIL\n')],
    ['a header', section('[http "HOST"]\n\textraHeader = "authorization: basic x"\n')],
    ['a credential helper', section('[credential]\n\thelper = PROGRAM\n')],
    ['a credential helper of the host', section('[credential "HOST"]\n\thelper = PROGRAM\n')],
    ['core.sshCommand', section('[core]\n\tsshCommand = PROGRAM\n')],
    ['core.gitProxy', section('[core]\n\tgitProxy = PROGRAM\n')],
    ['core.fsmonitor', section('[core]\n\tfsmonitor = PROGRAM\n')],
    ['core.hooksPath', section('[core]\n\thooksPath = /tmp\n')],
    ['core.askPass', section('[core]\n\taskPass = PROGRAM\n')],
    ['core.alternateRefsCommand', section('[core]\n\talternateRefsCommand = PROGRAM\n')],
    ['core.worktree', section('[core]\n\tbare = false\n\tworktree = /\n')],
    ['uploadpack.packObjectsHook', section('[uploadpack]\n\tpackObjectsHook = PROGRAM\n')],
    ['diff.external', section('[diff]\n\texternal = PROGRAM\n')],
    ['a filter', section('[filter "x"]\n\tsmudge = PROGRAM\n\tclean = PROGRAM\n')],
    ['an include', section('[include]\n\tpath = /etc/gitconfig\n')],
    [
      'a promisor',
      section('[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = EVIL/x\n\tpromisor = true\n'),
    ],
    ['protocol.ext', section('[protocol "ext"]\n\tallow = always\n')],
    ['a program to sign a push', section('[push]\n\tgpgSign = true\n[gpg]\n\tprogram = PROGRAM\n')],
    ['a hook', file('hooks/reference-transaction', '#!/bin/sh\nexit 1\n')],
    ['attributes', file('info/attributes', '* diff=x\n')],
    ['a second configuration', file('config.worktree', '[core]\n')],
    ['another common folder', file('commondir', '/tmp\n')],
    ['objects of another repository', file('objects/info/alternates', '/tmp\n')],
    ['objects of another host', file('objects/info/http-alternates', 'http://127.0.0.1:1/\n')],
  ])('is not used: the mirror is made anew after %s', async (_what, plant) => {
    const workspace = opened();
    await workspace.open(repository, commit);
    const before = readFileSync(join(mirror(), 'config'), 'utf8');
    const wanted = fresh();
    plant();

    const tree = await workspace.open(repository, wanted.commit);

    expect(String(await tree.read('a.txt'))).toBe(wanted.text);
    expect([existsSync(mark), evil.requests]).toEqual([false, []]);
    expect(readFileSync(join(mirror(), 'config'), 'utf8')).toBe(before);
    const left = [
      'hooks',
      'info',
      'config.worktree',
      'commondir',
      'objects/info/alternates',
      'objects/info/http-alternates',
    ];
    expect(left.filter((path) => existsSync(join(mirror(), path)))).toEqual([]);
  });

  it('is no way to the objects of another repository', async () => {
    const hidden = host.commit('acme/hidden', [{ path: 'key.txt', content: 'hidden\n' }]);
    const workspace = opened();
    await workspace.open(repositoryNamed('hidden'), hidden);
    await workspace.open(repository, commit);
    file('objects/info/alternates', `${join(mirrorsDir, '1/acme/hidden.git/objects')}\n`)();

    const opening = workspace.open(repository, hidden);

    await expect(opening).rejects.toMatchObject({ name: 'ForgeError', isRetryable: false });
  });

  it('is no link to another place', async () => {
    const workspace = opened();
    await workspace.open(repository, commit);
    const elsewhere = join(mirrorsDir, 'elsewhere');
    renameSync(mirror(), elsewhere);
    symlinkSync(elsewhere, mirror());
    const wanted = fresh();

    const text = await useAll(workspace, wanted);

    expect(text).toBe(wanted.text);
    expect(lstatSync(mirror()).isDirectory()).toBe(true);
    expect(existsSync(join(elsewhere, 'HEAD'))).toBe(true);
  });
});

describe('the configuration that git runs with', () => {
  it.each([
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['core.sshCommand', 'false'],
    ['core.gitProxy', 'none'],
    ['core.askPass', ''],
    ['credential.helper', ''],
    ['protocol.allow', 'never'],
    ['http.followRedirects', 'false'],
    ['http.sslVerify', 'true'],
    ['http.extraHeader', ''],
    ['http.cookieFile', ''],
    ['transfer.bundleURI', 'false'],
    ['transfer.credentialsInUrl', 'die'],
    ['fetch.uriProtocols', ''],
    ['push.gpgSign', 'false'],
    ['gc.auto', '0'],
  ])('says %s = %j last, after whatever a mirror says', async (key, value) => {
    await opened().open(repository, commit);
    const [group, name] = key.split('.');
    writeFileSync(join(mirror(), 'config'), `[core]\n\tbare = true\n[${group}]\n\t${name} = other\n`);

    const said = await gitIn(mirror()).raw(['config', '--get-all', key]);

    expect(said).toBe(`other\n${value}\n`);
  });

  it('needs no safe.directory: a mirror that another user owns, as after a change of the container, is used', async () => {
    await opened().open(repository, commit);
    const limits = { silenceMs: 20_000, totalMs: 20_000 };

    const type = await networkGitIn(mirror(), { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }, limits).raw([
      'cat-file',
      '-t',
      commit,
    ]);

    expect(type.trim()).toBe('commit');
  });
});
