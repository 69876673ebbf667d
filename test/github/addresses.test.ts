import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name));

/** Every way by which a module could open a connection. */
const mayConnect =
  /(?:await|return|=|\()\s*(?:globalThis\.)?fetch\(|from '(?:node:)?(?:https?|net|tls|dgram|http2|dns)'|\bWebSocket\b|\bEventSource\b|'undici'|new (?:pg\.\w+|OpenAI|Anthropic|Octokit|SmeeClient)\(/;
const onlyTypes = /^import type .*$/gm;

/** Where the addresses come from: never from a repository. */
const sources: Readonly<Record<string, string>> = {
  'cli/doctor/host-checks.ts': 'HOST and PORT: the App itself, on this machine',
  'cli/eval/task-repository.ts':
    'no connection: git fetches from a folder or bundle that the task names, by the protocol file',
  'cli/trace/door-client.ts': 'a socket in the data folder',
  'durable/embedded-postgres.ts': 'a socket in the data folder',
  'durable/engine-pool.ts': 'DATABASE_URL',
  'durable/postgres.ts': 'DATABASE_URL',
  'durable/replica-lock.ts': 'DATABASE_URL',
  'git/askpass.ts': 'a socket in the temporary folder, which only git asks',
  'github/download.ts': "what GitHub's API redirects to; see domain/download-address.ts",
  'github/github-experiments.ts': "the API's own address; it follows no redirect",
  'github/installations.ts': 'GHE_HOST, or api.github.com',
  'models/anthropic-model.ts': 'ANTHROPIC_BASE_URL, or api.anthropic.com',
  'models/openai-model.ts': 'OPENAI_BASE_URL, or api.openai.com',
  'web/trace-door.ts': 'it only listens, on a socket in the data folder',
};

test.each(["import { request } from 'node:https';", 'await fetch(address)', 'new WebSocket(url)', 'new pg.Pool({})'])(
  'the search below finds %s',
  (line) => {
    expect(line).toMatch(mayConnect);
  },
);

test('whoever opens a connection is known, with where its address comes from', () => {
  const connecting = files.filter((file) => mayConnect.test(readFileSync(file, 'utf8').replaceAll(onlyTypes, '')));

  expect(connecting.map((file) => relative(root, file)).sort()).toEqual(Object.keys(sources).sort());
});
