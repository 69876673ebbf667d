import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import type { Sha } from '../../src/domain/ids.ts';
import {
  type GitHost,
  type GitWorkspace,
  repositoryNamed,
  startGitHost,
  validToken,
  type WorkspaceOrder,
  workspaceOn,
} from './git-host.ts';
import { filesWith, scanProcesses } from './process-scan.ts';

const repository = repositoryNamed('demo');
const overlay = { 'new.txt': { kind: 'write', text: 'new\n', mode: '100644' } } as const;
const ref = 'refs/ai-fix/f-1/1';
let host: GitHost;
let commit: Sha;

beforeAll(async () => {
  host = await startGitHost();
  commit = host.commit('acme/demo', [{ path: 'a.txt', content: 'a\n' }]);
});
afterAll(() => host.close());
beforeEach(() => {
  vi.stubEnv('TMPDIR', mkdtempSync(join(host.scratch, 't-')));
});
afterEach(() => {
  vi.unstubAllEnvs();
  host.hold = null;
  host.nextStatuses.length = 0;
});

function opened(options: Partial<WorkspaceOrder> = {}): GitWorkspace {
  const workspace = workspaceOn(host, options);
  onTestFinished(() => workspace.close());
  return workspace;
}

async function faultOf(act: Promise<unknown>): Promise<ForgeError> {
  try {
    await act;
  } catch (error) {
    if (error instanceof ForgeError) return error;
    throw error;
  }
  throw new Error('it went well');
}

/** Everything a log might print of an error. */
const printed = (error: Error): string =>
  `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;

test('a push replaces what the ref held, and a second push of the same commit changes nothing', async () => {
  const workspace = opened();
  const first = await workspace.build(repository, commit, overlay, commit);
  const second = await workspace.build(repository, commit, {}, commit);

  await workspace.push(repository, first.carrier, ref);
  await workspace.push(repository, second.carrier, ref);
  await workspace.push(repository, second.carrier, ref);

  expect(host.git('acme/demo', ['rev-parse', ref]).toString().trim()).toBe(second.carrier);
});

test('while a fetch and a push run, the token stands in no argument, no environment and no file', async () => {
  const mirrorsDir = mkdtempSync(join(host.scratch, 'mirrors-'));
  const scans: ReturnType<typeof scanProcesses>[] = [];
  const files: ReturnType<typeof filesWith>[] = [];
  const look = (): void => {
    scans.push(scanProcesses(validToken));
    files.push(filesWith(validToken, process.env.TMPDIR ?? ''), filesWith(validToken, mirrorsDir));
  };
  host.hold = async () => look();
  const workspace = opened({
    mirrorsDir,
    token: async () => {
      look();
      return validToken;
    },
  });
  const { carrier } = await workspace.build(repository, commit, overlay, commit);
  await workspace.push(repository, carrier, ref);
  look();

  const seen = scans.flatMap((scan) => scan.seen);
  expect(seen.filter((line) => /git.* fetch /.test(line))).not.toEqual([]);
  expect(seen.filter((line) => /git.* push /.test(line))).not.toEqual([]);
  expect(scans.flatMap(({ holders }) => holders)).toEqual([]);
  expect(files.flatMap(({ holders }) => holders)).toEqual([]);
  expect(files.at(-1)?.fileCount).toBeGreaterThan(0);
});

test('the scan above would find a token in arguments and in an environment', async () => {
  const inArguments = spawn('sleep', ['infinity'], { argv0: validToken });
  const inEnvironment = spawn('sleep', ['infinity'], { env: { ...process.env, TOKEN: validToken } });
  await Promise.all([once(inArguments, 'spawn'), once(inEnvironment, 'spawn')]);

  const { holders } = scanProcesses(validToken);
  inArguments.kill();
  inEnvironment.kill();

  expect(holders).toHaveLength(2);
});

test('the socket of the credentials is private, and tells the token to no other question', async () => {
  const answers: string[] = [];
  const modes: string[] = [];
  host.hold = async (request) => {
    if (request.headers.authorization === undefined || answers.length > 0) return;
    const folder = join(process.env.TMPDIR ?? '', readdirSync(process.env.TMPDIR ?? '')[0] ?? '');
    const socket = join(folder, readdirSync(folder).find((name) => name.endsWith('.sock')) ?? '');
    modes.push(...[folder, socket].map((path) => (statSync(path).mode & 0o777).toString(8)));
    for (const question of [
      "Password for 'https://x-access-token@evil.example': ",
      `Password for '${host.url}': `,
      '',
    ]) {
      answers.push(await answerTo(socket, question));
    }
  };

  await opened().open(repository, commit);

  expect(modes).toEqual(['700', '600']);
  expect(answers).toEqual(['', '', '']);
});

async function answerTo(path: string, question: string): Promise<string> {
  const socket = connect(path);
  socket.write(`${question}\0`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

test('nothing is left in the temporary folder once the workspace is closed', async () => {
  const workspace = workspaceOn(host);
  await workspace.open(repository, commit);

  await workspace.close();

  expect(readdirSync(process.env.TMPDIR ?? '')).toEqual([]);
});

test('a wrong token is asked for once more and then ends in a fault that no retry mends and that does not show it', async () => {
  const wrong = 'ghs_WrongTokenThatMustNotLeak';
  const refusals: (string | undefined)[] = [];
  const workspace = opened({
    token: async (_repository, _access, refused) => {
      refusals.push(refused);
      return wrong;
    },
  });

  const fault = await faultOf(workspace.open(repository, commit));

  expect(fault).toMatchObject({ status: 401, isRetryable: false });
  expect(refusals).toEqual([undefined, wrong]);
  expect(printed(fault)).not.toContain(wrong);
});

test('a fetch asks for a token that may read, and only a push for one that may write', async () => {
  const asked: string[] = [];
  const workspace = opened({
    token: async (_repository, access) => {
      asked.push(access);
      return validToken;
    },
  });
  const { carrier } = await workspace.build(repository, commit, overlay, commit);
  await workspace.push(repository, carrier, ref);

  expect(asked).toEqual(['read', 'write']);
});

test.each([
  ['..', 'demo'],
  ['acme', '..'],
  ['../..', 'demo'],
  ['a@evil.example', 'demo'],
  ['acme', 'demo?x=y'],
  ['acme', 'demo#x'],
  ['%2e%2e', 'demo'],
  ['acme', 'demo.git\r\nhost: evil.example'],
])('the repository %j/%j leads to no request, no token and no folder', async (owner, name) => {
  const asked: string[] = [];
  const mirrorsDir = mkdtempSync(join(host.scratch, 'mirrors-'));
  const workspace = opened({ mirrorsDir, token: async () => String(asked.push('token')) });
  host.requests.length = 0;

  const opening = workspace.open({ installationId: 1, owner, name }, commit);

  await expect(opening).rejects.toThrow(TypeError);
  expect([asked, host.requests, readdirSync(mirrorsDir)]).toEqual([[], [], []]);
});

test('a new token that is not known yet is followed by a second one', async () => {
  const tokens = ['ghs_TooNew', validToken];
  const workspace = opened({ token: async () => tokens.shift() ?? 'ghs_None' });

  const tree = await workspace.open(repository, commit);

  expect(await tree.list()).toHaveLength(1);
});

test('a repository that is not there is a fault that no retry mends', async () => {
  const fault = await faultOf(opened().open(repositoryNamed('nowhere'), commit));

  expect(fault).toMatchObject({ status: 404, isRetryable: false });
  expect(fault.message).toContain('acme/nowhere');
  expect(printed(fault)).not.toContain(validToken);
});

test('a token that may only read can not push', async () => {
  host.readTokens.add('ghs_ReadOnly');
  const workspace = opened({ token: async () => 'ghs_ReadOnly' });
  const { carrier } = await workspace.build(repository, commit, overlay, commit);

  const fault = await faultOf(workspace.push(repository, carrier, ref));

  expect(fault).toMatchObject({ status: 403, isRetryable: false });
});

test.each([
  [500, true],
  [502, true],
  [503, true],
  [429, true],
  [403, false],
  [404, false],
])('a remote that answers %d is worth a retry: %s', async (status, isRetryable) => {
  host.nextStatuses.push(status);

  const fault = await faultOf(opened().open(repository, commit));

  expect(fault).toMatchObject({ status, isRetryable });
});

test('a connection that breaks in the middle of a fetch is worth a retry, which succeeds', async () => {
  const workspace = opened();
  host.hold = async (request) => {
    if (request.method === 'POST') request.socket.destroy();
  };
  const fault = await faultOf(workspace.open(repository, commit));
  host.hold = null;

  const tree = await workspace.open(repository, commit);

  expect(fault.isRetryable).toBe(true);
  expect(await tree.list()).toHaveLength(1);
});

test('a host that nobody listens at is worth a retry', async () => {
  const workspace = opened({ remoteUrl: () => 'http://127.0.0.1:1/acme/demo.git' });

  const fault = await faultOf(workspace.open(repository, commit));

  expect(fault).toMatchObject({ isRetryable: true, status: undefined });
});

test('a push that a rule of the remote refuses is a fault that no retry mends', async () => {
  const workspace = opened();
  const { carrier } = await workspace.build(repository, commit, overlay, commit);
  host.git('acme/demo', ['config', 'transfer.hideRefs', 'refs/ai-fix/hidden']);

  const fault = await faultOf(workspace.push(repository, carrier, 'refs/ai-fix/hidden/x'));

  expect(fault.isRetryable).toBe(false);
  expect(fault.message).toContain('remote rejected');
});

test('a redirect is not followed, so credentials stay with the host that was named', async () => {
  const asked: (string | undefined)[] = [];
  const other = await startGitHost();
  onTestFinished(() => other.close());
  other.hold = async (request) => void asked.push(request.url);
  host.redirectTo = other.url;
  onTestFinished(() => {
    host.redirectTo = null;
  });

  const fault = await faultOf(opened().open(repository, commit));

  expect(fault.message).toContain('301');
  expect(asked).toEqual([]);
});

test.each(['main', '--force', 'refs/tags/v1', 'refs/heads/-x', 'refs/heads/a:refs/heads/main', 'refs/heads/*'])(
  'nothing is pushed to %j',
  async (name) => {
    const before = host.git('acme/demo', ['for-each-ref']).toString();

    const pushing = opened().push(repository, commit, name);

    await expect(pushing).rejects.toThrow(/not a full ref name of ours/);
    expect(host.git('acme/demo', ['for-each-ref']).toString()).toBe(before);
  },
);
