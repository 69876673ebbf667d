import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asyncServer } from '../support/async-server.ts';
import { type GitHttpOptions, handleGit } from './git-http.ts';

let scratch: string;
let root: string;
let server: Server;
let url: string;
let options: GitHttpOptions;

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'git-http-'));
  root = join(scratch, 'root');
  options = { root, authorize: ({ token }) => (token === null ? 401 : 200), afterPush: async () => undefined };
  mkdirSync(join(root, 'acme'), { recursive: true });
  await git('init', '--quiet', '--bare', '--initial-branch=main', join(root, 'acme/demo.git'));
  await git('init', '--quiet', '--initial-branch=main', join(scratch, 'work'));
  await inWork('commit', '--quiet', '--allow-empty', '-m', 'first');
  server = asyncServer(async (request, response) => {
    if (!(await handleGit(request, response, options))) response.writeHead(418).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://x:the-token@127.0.0.1:${typeof address === 'object' ? address?.port : ''}/acme/demo.git`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  rmSync(scratch, { recursive: true });
});

const identity = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b' };

async function git(...args: string[]): Promise<string> {
  const environment = {
    PATH: process.env.PATH,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
  };
  const { stdout } = await promisify(execFile)('git', args, { env: { ...environment, ...identity } });
  return stdout.trim();
}
const inWork = (...args: string[]): Promise<string> => git('-C', join(scratch, 'work'), ...args);

test('what stock git pushes, stock git clones', async () => {
  await inWork('push', '--quiet', url, 'main');

  await git('clone', '--quiet', url, join(scratch, 'clone'));

  expect(await git('-C', join(scratch, 'clone'), 'rev-parse', 'HEAD')).toBe(await inWork('rev-parse', 'HEAD'));
});

test('a pack of megabytes arrives, sent in chunks', async () => {
  const noise = Array.from({ length: 300_000 }, (_, index) => Math.sin(index)).join('\n');
  writeFileSync(join(scratch, 'work/noise'), noise);
  await inWork('add', 'noise');
  await inWork('commit', '--quiet', '-m', 'noise');

  await inWork('push', '--quiet', url, 'main');

  const pushed = await git('-C', join(root, 'acme/demo.git'), 'rev-parse', 'main:noise');
  expect(pushed).toBe(await inWork('rev-parse', 'main:noise'));
});

test('a request with a compressed body is understood', async () => {
  await inWork('push', '--quiet', url, 'main');
  // Asking for many branches makes a long request, which git compresses.
  for (let index = 0; index < 40; index += 1) {
    await inWork('commit', '--quiet', '--allow-empty', '-m', `commit ${index}`);
    await inWork('branch', `branch-${index}`);
  }
  await inWork('push', '--quiet', '--all', url);
  const encodings: (string | undefined)[] = [];
  server.prependListener('request', (request) => encodings.push(request.headers['content-encoding']));

  await git('clone', '--quiet', url, join(scratch, 'clone'));

  expect(encodings).toContain('gzip');
  expect(await git('-C', join(scratch, 'clone'), 'rev-parse', 'origin/branch-39')).toBe(
    await inWork('rev-parse', 'main'),
  );
});

test('a push ends only after `afterPush`, which sees the ref where it was moved', async () => {
  const steps: string[] = [];
  options = {
    ...options,
    async afterPush(repository) {
      const tip = await git('-C', join(root, 'acme/demo.git'), 'rev-parse', 'main');
      steps.push(`${repository} ${tip}`);
    },
  };

  await inWork('push', '--quiet', url, 'main');
  steps.push('the client is done');

  expect(steps).toEqual([`acme/demo ${await inWork('rev-parse', 'main')}`, 'the client is done']);
});

test('hooks of the server see what `environment` tells about the pusher', async () => {
  const hook = join(root, 'acme/demo.git/hooks/pre-receive');
  mkdirSync(join(root, 'acme/demo.git/hooks'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\necho "you are $PUSHER" >&2\nexit 1\n', { mode: 0o755 });
  options = { ...options, environment: ({ repository, token }) => ({ PUSHER: `${token} at ${repository}` }) };

  const push = inWork('push', url, 'main');

  await expect(push).rejects.toMatchObject({ stderr: expect.stringContaining('you are the-token at acme/demo') });
});

test.each([
  [401, /Authentication failed/],
  [403, /returned error: 403/],
  [404, /not found/],
] as const)('a push refused with %d fails in the words git has for it', async (status, words) => {
  const asked: unknown[] = [];
  options = {
    ...options,
    authorize(ask) {
      asked.push(ask);
      // GitHub asks for credentials first.
      return ask.token === null ? 401 : status;
    },
  };

  const push = inWork('push', url, 'main');

  await expect(push).rejects.toMatchObject({ stderr: expect.stringMatching(words) });
  expect(asked).toContainEqual({ repository: 'acme/demo', token: 'the-token', isWrite: true });
});

test.each([
  '/',
  '/acme/demo',
  '/api/v3/repos/acme/demo',
  '/api/v3/acme/demo.git/info/refs',
  '/../x/info/refs',
  '/./demo/info/refs',
])('%s is no git URL and is left to others', async (path) => {
  const response = await fetch(new URL(url).origin + path);

  expect(response.status).toBe(418);
});

test('nothing outside the root is served', async () => {
  await git('init', '--quiet', '--bare', join(scratch, 'secret.git'));

  const response = await fetch(
    `${new URL(url).origin}/acme/%2e%2e%2f%2e%2e%2fsecret.git/info/refs?service=git-upload-pack`,
  );

  expect(response.status).toBe(418);
  expect(existsSync(join(scratch, 'secret.git'))).toBe(true);
});
