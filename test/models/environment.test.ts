import { afterEach, expect, test, vi } from 'vitest';
import { forgetSecrets } from '../../src/config/secret-variables.ts';
import { fakeProvider } from './fake-provider.ts';
import { key, request, unaborted, wires } from './wires.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const planted = 'planted-in-the-environment';

/** Everything that the two SDKs read for a client, as of openai 7 and @anthropic-ai/sdk 1. */
const readBySdks: Readonly<Record<string, string>> = {
  OPENAI_CUSTOM_HEADERS: `x-gateway: ${planted}\nauthorization: Bearer ${planted}`,
  ANTHROPIC_CUSTOM_HEADERS: `x-gateway: ${planted}\nx-api-key: ${planted}`,
  OPENAI_ORG_ID: planted,
  OPENAI_PROJECT_ID: planted,
  OPENAI_API_KEY: planted,
  OPENAI_ADMIN_KEY: planted,
  OPENAI_WEBHOOK_SECRET: planted,
  OPENAI_BASE_URL: `https://${planted}.test/v1`,
  OPENAI_LOG: 'debug',
  ANTHROPIC_API_KEY: planted,
  ANTHROPIC_AUTH_TOKEN: planted,
  ANTHROPIC_WEBHOOK_SIGNING_KEY: planted,
  ANTHROPIC_BASE_URL: `https://${planted}.test`,
  ANTHROPIC_LOG: 'debug',
};

test.each(wires)('nothing of the environment reaches a provider over $name', async (wire) => {
  for (const [name, value] of Object.entries(readBySdks)) vi.stubEnv(name, value);
  forgetSecrets(process.env);
  const provider = fakeProvider(() => Response.json(wire.reply({ text: 'Hello.' })));
  const said = vi.spyOn(console, 'debug');
  const model = wire.create({
    id: 'p/m',
    model: 'm',
    apiKey: key,
    baseUrl: `https://provider.test${wire.basePath}`,
    fetch: provider.fetch,
  });

  await model.reply(request(), unaborted());

  const seen = provider.asked.map(({ url, headers, body }) => ({ url, headers: [...headers], body }));
  expect(seen).toHaveLength(1);
  expect(JSON.stringify(seen)).not.toContain(planted);
  expect(JSON.stringify(seen)).toContain(key);
  expect(said).not.toHaveBeenCalled();
});
