import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import type { ProviderError } from '../../src/domain/faults.ts';
import { createBreakers } from '../../src/models/breakers.ts';
import { createFailoverModel } from '../../src/models/failover-model.ts';
import { type Certificate, createAuthority, createCertificate } from '../support/certificate.ts';
import { faultOf, key, openAiWire, request, unaborted, type Wire, wires } from './wires.ts';

const servers: Server[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Answers over TLS; keeps whether anybody got so far as to ask. */
async function serve(wire: Wire, { pem, key: privateKey }: Certificate) {
  const asked: string[] = [];
  const server = createServer({ cert: pem, key: privateKey }, (incoming, response) => {
    asked.push(incoming.url ?? '');
    response.end(JSON.stringify(wire.reply({ text: 'done' })));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const modelAt = (wire: Wire, origin: string) =>
  wire.create({
    id: `${wire.name}/m`,
    model: 'm',
    apiKey: key,
    baseUrl: `${origin}${wire.basePath}`,
    maxRetryDelayMs: 0,
  });

const host = '127.0.0.1';
const authority = createAuthority('an authority of our own');

test.each(wires)('a server over $name whose certificate nobody vouches for gets neither key nor code', async (wire) => {
  for (const certificate of [createCertificate({ host }), createCertificate({ host, by: authority })]) {
    const { origin, asked } = await serve(wire, certificate);

    const error = await faultOf(modelAt(wire, origin).reply(request(), unaborted()));

    expect(error).toMatchObject({
      fault: 'untrusted',
      remedy: 'tell-admin',
      isRetryable: false,
      // Nobody read the question.
      mayBeCharged: false,
      message: expect.stringMatching(/has a certificate that this host does not trust \((DEPTH_ZERO|UNABLE_TO)_\w+\)$/),
    });
    expect((error as ProviderError).usage).toBeUndefined();
    expect(asked).toEqual([]);
  }
});

test('the chain goes on, and the admin is told once whose certificate it is', async () => {
  const { origin } = await serve(openAiWire, createCertificate({ host }));
  const next = { id: 'other/m', reply: async () => ({ ...reply, modelId: 'other/m' }) };
  const reply = {
    text: 'done',
    toolCalls: [],
    stop: 'end',
    usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 },
  } as const;
  const told: unknown[] = [];
  const breakers = createBreakers({
    info: () => undefined,
    warn: () => undefined,
    error: (details) => void told.push(details),
  });
  const chain = createFailoverModel(
    [
      { model: modelAt(openAiWire, origin), contextTokens: null },
      { model: next, contextTokens: null },
    ],
    { breakers },
  );

  const replies = [await chain.reply(request(), unaborted()), await chain.reply(request(), unaborted())];

  expect(replies.map(({ modelId }) => modelId)).toEqual(['other/m', 'other/m']);
  expect(replies[0]?.passedOver).toMatchObject([{ modelId: 'openai/m' }]);
  expect(replies[0]).not.toHaveProperty('lostUsage');
  expect(told).toMatchObject([{ code: 'model-untrusted', model: 'openai/m' }]);
});

const script = `
import { createOpenAiModel } from './src/models/openai-model.ts';
const request = { system: 's', messages: [{ from: 'user', text: 'x' }], tools: [], maxOutputTokens: 1000 };
for (const baseUrl of process.argv.slice(1)) {
  const model = createOpenAiModel({ id: 'p/m', model: 'm', apiKey: 'k', baseUrl, maxRetryDelayMs: 0 });
  const said = await model.reply(request, new AbortController().signal).then(
    ({ text }) => text,
    ({ fault, message }) => fault + ': ' + message,
  );
  console.log(said);
}`;

test('with NODE_EXTRA_CA_CERTS an authority of the admin’s is trusted, for its own hosts and as long as it says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  folders.push(folder);
  const file = join(folder, 'authority.pem');
  writeFileSync(file, authority.pem);
  const certificates = [
    createCertificate({ host, by: authority }),
    createCertificate({ host: 'llm.example', by: authority }),
    createCertificate({ host, by: authority, days: { from: -30, until: -1 } }),
    createCertificate({ host, by: createAuthority('a stranger') }),
  ];
  const addresses: string[] = [];
  for (const certificate of certificates) addresses.push(`${(await serve(openAiWire, certificate)).origin}/v1`);

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, ...addresses], {
    env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: file },
    timeout: 60_000,
  });

  const untrusted = 'untrusted: p/m has a certificate that this host does not trust';
  expect(stdout.trim().split('\n')).toEqual([
    'done',
    `${untrusted} (ERR_TLS_CERT_ALTNAME_INVALID)`,
    `${untrusted} (CERT_HAS_EXPIRED)`,
    expect.stringMatching(/^untrusted: .* \(UNABLE_TO_\w+\)$/),
  ]);
}, 90_000);
