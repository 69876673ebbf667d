import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { strToU8, zipSync } from 'fflate';
import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/domain/redact.ts';
import { createGitHubSandbox } from '../../src/github/github-sandbox.ts';
import { createInstallations } from '../../src/github/installations.ts';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import { type ApiAnswer, type ApiHost, privateKey, startApiHost } from './api-host.ts';

const Octokit = ProbotOctokit.defaults({ throttle: { enabled: false } });
const shop = { installationId: 7, owner: 'acme', name: 'shop' };
const limits = {
  wanted: (name: string) => name.startsWith('junit-'),
  maxDownloadBytes: 1024 * 1024,
  maxEntries: 10,
  maxTextBytes: 1_000,
};

let host: ApiHost;
let sandbox: Sandbox;
let stored: Record<string, Buffer>;
let storeAsked: { path: string; hasAuthorization: boolean }[];
let store = '';
/** The store of logs and artifacts: another origin than the API. */
const storeServer = createServer((request, response) => {
  const path = request.url ?? '';
  storeAsked.push({ path, hasAuthorization: request.headers.authorization !== undefined });
  const bytes = stored[path];
  response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
});

beforeAll(async () => {
  host = await startApiHost();
  storeServer.listen(0, '127.0.0.1');
  await once(storeServer, 'listening');
  store = `http://127.0.0.1:${(storeServer.address() as AddressInfo).port}`;
});
afterAll(async () => {
  storeServer.closeAllConnections();
  storeServer.close();
  await host.close();
});
beforeEach(() => {
  host.reset();
  stored = {};
  storeAsked = [];
  const credentials = { appId: 42, privateKey, baseUrl: host.baseUrl };
  sandbox = createGitHubSandbox(createInstallations(credentials, Octokit, createRedactor([]), false));
});

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly expired?: boolean;
  readonly size_in_bytes?: number;
}

/** GitHub's answers for a run with these artifacts, each of which lies in the store under its number. */
function run99(listed: readonly Listed[], download: (id: string) => ApiAnswer = atStore): void {
  host.answer = ({ url }) => {
    const { pathname, searchParams } = new URL(url, 'http://api');
    const id = /\/actions\/artifacts\/(\d+)\/zip$/.exec(pathname)?.[1];
    if (id !== undefined) return download(id);
    if (!pathname.endsWith('/actions/runs/99/artifacts')) return { status: 404 };
    const page = Number(searchParams.get('page') ?? 1);
    const artifacts = listed
      .slice((page - 1) * 100, page * 100)
      .map((one) => ({ expired: false, size_in_bytes: 100, ...one }));
    const next = `<${host.baseUrl}/repositories/1/actions/runs/99/artifacts?per_page=100&page=${page + 1}>; rel="next"`;
    const headers: Record<string, string> = listed.length > page * 100 ? { link: next } : {};
    return { body: { total_count: listed.length, artifacts }, headers };
  };
}

const atStore = (id: string): ApiAnswer => ({ status: 302, headers: { location: `${store}/${id}` } });
const zip = (files: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]))));

describe('the artifacts of a run', () => {
  it('are those that are wanted, read from a store that never sees the token', async () => {
    run99([
      { id: 1, name: 'junit-test' },
      { id: 2, name: 'coverage' },
    ]);
    stored = { '/1': zip({ 'ai-fix-junit.xml': '<testsuites/>', 'notes.txt': 'x' }), '/2': zip({}) };

    const artifacts = await sandbox.artifacts(shop, 99, limits);

    expect(artifacts).toEqual([
      { name: 'junit-test', files: [{ path: 'ai-fix-junit.xml', text: '<testsuites/>' }], fault: null },
    ]);
    expect(storeAsked).toEqual([{ path: '/1', hasAuthorization: false }]);
    expect(host.minted.map(({ permissions }) => permissions)).toEqual([{ actions: 'read' }]);
  });

  it('are none of a run that has none or is not known', async () => {
    run99([]);

    expect(await sandbox.artifacts(shop, 99, limits)).toEqual([]);
    expect(await sandbox.artifacts(shop, 98, limits)).toEqual([]);
  });

  it('are found on later pages, and not behind a thousand others', async () => {
    const others = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index + 10, name: 'other' }));
    stored = { '/1': zip({}) };

    run99([...others(150), { id: 1, name: 'junit-test' }]);
    const early = await sandbox.artifacts(shop, 99, limits);
    run99([...others(1_000), { id: 1, name: 'junit-test' }]);
    const late = await sandbox.artifacts(shop, 99, limits);

    expect(early).toEqual([{ name: 'junit-test', files: [], fault: null }]);
    expect(late).toEqual([]);
  });

  it('share one bound for what they expand to', async () => {
    run99([
      { id: 1, name: 'junit-a' },
      { id: 2, name: 'junit-b' },
      { id: 3, name: 'junit-c' },
    ]);
    stored = {
      '/1': zip({ 'a.xml': 'a'.repeat(600) }),
      '/2': zip({ 'b.xml': 'b'.repeat(600) }),
      '/3': zip({ 'c.xml': 'c'.repeat(400) }),
    };

    const artifacts = await sandbox.artifacts(shop, 99, limits);

    expect(artifacts.map(({ fault, files }) => [fault === null, files.length])).toEqual([
      [true, 1],
      [false, 0],
      [true, 1],
    ]);
  });

  it.each<[what: string, listed: Listed[], bytes: Buffer | null, fault: string]>([
    [
      'of one name',
      [
        { id: 1, name: 'junit-test' },
        { id: 2, name: 'junit-test' },
      ],
      null,
      'ambiguous: several of this name',
    ],
    ['that expired', [{ id: 1, name: 'junit-test', expired: true }], null, 'expired'],
    ['that say they are too large', [{ id: 1, name: 'junit-test', size_in_bytes: 2e9 }], null, 'larger than 1 MB'],
    ['that are too large', [{ id: 1, name: 'junit-test' }], Buffer.alloc(1024 * 1024 + 1), 'larger than 1 MB'],
    ['that are no archives', [{ id: 1, name: 'junit-test' }], Buffer.from('x'), 'not a zip archive, or a damaged one'],
    ['that the store lost', [{ id: 1, name: 'junit-test' }], null, 'not downloaded: its store answered 404'],
  ])('%s are named and not read', async (_what, listed, bytes, fault) => {
    run99(listed);
    stored = bytes === null ? {} : { '/1': bytes };

    expect(await sandbox.artifacts(shop, 99, limits)).toEqual([{ name: 'junit-test', files: [], fault }]);
  });

  it.each([404, 410])('that GitHub answers %d for are named and not read', async (status) => {
    run99([{ id: 1, name: 'junit-test' }], () => ({ status, body: { message: 'gone' } }));

    const fault = 'GitHub does not have it any more';
    expect(await sandbox.artifacts(shop, 99, limits)).toEqual([{ name: 'junit-test', files: [], fault }]);
  });

  it('are not fetched from inside a network', async () => {
    run99([{ id: 1, name: 'junit-test' }], () => ({ status: 302, headers: { location: 'http://169.254.169.254/' } }));

    const fault = 'not downloaded: its address is not one of a server';
    expect(await sandbox.artifacts(shop, 99, limits)).toEqual([{ name: 'junit-test', files: [], fault }]);
  });
});

describe('the log of a job', () => {
  it('is read from a store that never sees the token', async () => {
    host.answer = () => ({ status: 302, headers: { location: `${store}/log` } });
    stored = { '/log': Buffer.from('first\nlast\n') };

    expect(await sandbox.logTail(shop, 5, 5)).toBe('last\n');
    expect(storeAsked).toEqual([{ path: '/log', hasAuthorization: false }]);
    expect(host.requests.map(({ url }) => url)).toEqual(['/api/v3/repos/acme/shop/actions/jobs/5/logs']);
  });

  it('is none where GitHub has none', async () => {
    host.answer = () => ({ status: 404, body: { message: 'Not Found' } });

    expect(await sandbox.logTail(shop, 5, 100)).toBeNull();
  });
});
