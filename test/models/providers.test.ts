import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readModelSettings } from '../../src/config/model-settings.ts';
import { type Provider, providers, rowAt } from '../../src/models/providers.ts';
import { createRoster } from '../../src/models/roster.ts';
import { key, request, unaborted } from './wires.ts';

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let origin: string;
const seen: Seen[] = [];

/** Answers 404 to everything: what was asked, and how, is all that is looked at. */
beforeAll(async () => {
  server = createServer((incoming, answer) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      seen.push({ path: incoming.url ?? '', headers: incoming.headers, body });
      answer.writeHead(404, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ error: { message: 'no such model', type: 'not_found_error' } }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  seen.length = 0;
});

async function ask(row: Provider, variables: Readonly<Record<string, string>>): Promise<void> {
  const { models, problems } = readModelSettings({ ...variables, AI_FIX_MODEL: 'some-model' }, false);
  expect(problems).toEqual([]);
  const roster = createRoster({
    host: models,
    chains: { coder: [{ model: `${row.name}/some-model` }] },
    requests: { maxRetryDelayMs: 0, timeoutMs: 5_000 },
  });
  await roster
    .modelFor('coder')
    .reply(request(), unaborted())
    .catch(() => undefined);
}

/** Behind what a provider's own address names, or what we put behind one that names nothing. */
const pathOf = ({ baseUrl, path }: Provider): string =>
  baseUrl === null ? path : new URL(baseUrl).pathname.replace(/\/$/, '');
const endings = /\/(?:chat\/completions|responses|v1\/messages)$/;

describe.each(providers.map((row) => [row.title, row] as const))('%s', (_title, row) => {
  test('is asked at its address, with the key in its own header and nowhere else', async () => {
    const [address] = row.addressVariables;

    await ask(row, { [row.keyVariable]: key, [address]: `${origin}${pathOf(row)}` });

    expect(seen.length).toBeGreaterThan(0);
    for (const { path, headers, body } of seen) {
      expect(path.startsWith(`${pathOf(row)}/`)).toBe(true);
      expect(path).toMatch(endings);
      const carrying = Object.entries(headers).filter(([, value]) => String(value).includes(key));
      const header = row.quirks.keyHeader;
      expect(carrying).toEqual([[header, header === 'authorization' ? `Bearer ${key}` : key]]);
      expect(`${path}${body}`).not.toContain(key);
      expect(JSON.parse(body)).toMatchObject({ model: 'some-model' });
    }
  });

  test('has a row that names where it comes from and what is left out is there', () => {
    expect(row.source).toMatch(/^https:\/\//);
    expect(row.baseUrl === null || row.baseUrl.startsWith('https://')).toBe(true);
    expect(row.baseUrl !== null || row.example !== undefined).toBe(true);
    expect(row.isKeyNeeded || row.baseUrl === null).toBe(true);
  });
});

test.each(providers.filter(({ isKeyNeeded }) => !isKeyNeeded).map((row) => [row.title, row] as const))(
  '%s is asked without a key, behind an address that names no path',
  async (_title, row) => {
    await ask(row, { [row.addressVariables[0]]: origin });

    expect(seen[0]?.path).toBe(`${row.path}/chat/completions`);
  },
);

test.each([
  ['http://127.0.0.1:4000/v1', 'openai-compatible'],
  ['https://api.openai.com/v1', 'openai'],
  ['https://eu.api.openai.com/v1', 'openai-compatible'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['https://api.deepseek.com/v1', 'deepseek'],
  ['https://api.anthropic.com/v1', 'openai-compatible'],
])('OPENAI_BASE_URL=%s is talked with as %s', (baseUrl, name) => {
  expect(rowAt('openai', baseUrl).name).toBe(name);
});
