import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Permissions } from '../../src/github/least-permissions.ts';

export interface SeenRequest {
  readonly method: string;
  /** As it came, query included. */
  readonly url: string;
  /** What the token of the request may do and where; null of the App's own requests. */
  readonly grant: Grant | null;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Grant {
  readonly token: string;
  readonly repositories: readonly string[];
  readonly permissions: Permissions;
}

export interface ApiAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An enterprise server's API on loopback, which knows installations and tokens; the test answers everything else. */
export interface ApiHost {
  readonly url: string;
  readonly baseUrl: string;
  /** Everything but the making of tokens. */
  readonly requests: SeenRequest[];
  readonly minted: Grant[];
  /** What the installation grants; a token may ask for less. */
  granted: Permissions;
  installed: readonly string[];
  answer: (request: SeenRequest) => ApiAnswer;
  /** Tokens that are not known (any more). */
  readonly refused: Set<string>;
  reset(): void;
  close(): Promise<void>;
}

export const installationPage = 'https://ghe.test/organizations/acme/settings/installations/7';
export const privateKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

const all: Permissions = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  metadata: 'read',
};

export async function startApiHost(): Promise<ApiHost> {
  const server = createServer((request, response) => {
    void answerTo(host, request).then(({ status = 200, body = {}, headers = {} }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const host: ApiHost = {
    url,
    baseUrl: `${url}/api/v3`,
    requests: [],
    minted: [],
    granted: all,
    installed: ['shop'],
    answer: () => ({}),
    refused: new Set(),
    reset: () => {
      host.requests.length = 0;
      host.minted.length = 0;
      host.refused.clear();
      Object.assign(host, { granted: all, installed: ['shop'], answer: () => ({}) });
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return host;
}

async function answerTo(host: ApiHost, request: IncomingMessage): Promise<ApiAnswer> {
  const sent = await text(request);
  const body = (sent === '' ? {} : JSON.parse(sent)) as SeenRequest['body'];
  const { method = '', url = '' } = request;
  if (/^\/api\/v3\/app\/installations\/7\/access_tokens$/.test(url)) return mint(host, body);
  const token = /^token (.*)$/.exec(request.headers.authorization ?? '')?.[1];
  const grant = host.minted.find((known) => known.token === token) ?? null;
  const seen = { method, url, grant, body };
  host.requests.push(seen);
  if (token !== undefined && (grant === null || host.refused.has(token)))
    return { status: 401, body: { message: 'Bad credentials' } };
  if (url === '/api/v3/app/installations/7' && grant === null)
    return host.answer({ ...seen, url: 'installation' }).status === undefined
      ? { body: { id: 7, permissions: host.granted, html_url: installationPage } }
      : host.answer({ ...seen, url: 'installation' });
  return host.answer(seen);
}

let made = 0;

function mint(host: ApiHost, body: SeenRequest['body']): ApiAnswer {
  const { repositories, permissions } = body as { repositories: string[]; permissions: Permissions };
  const isGranted = Object.entries(permissions).every(
    ([name, level]) => host.granted[name] === 'write' || host.granted[name] === level,
  );
  if (!isGranted || !repositories.every((name) => host.installed.includes(name)))
    return { status: 422, body: { message: 'There is something wrong' } };
  made += 1;
  const token = ['ghs', '_', String(made).padStart(36, 'aT0ken')].join('');
  host.minted.push({ token, repositories, permissions });
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  return { status: 201, body: { token, expires_at, permissions, repository_selection: 'selected' } };
}
