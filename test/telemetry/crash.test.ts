import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startCli } from '../support/app-process.ts';

test('an App that ends with an error prints no secret of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ai-fix-crash-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const secret = randomBytes(20).toString('hex');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const environment = {
    APP_ID: '1',
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: secret,
    // Somebody mixed up two lines: the name of the host stands in what the system says against it.
    HOST: `${secret}.invalid`,
    GHE_HOST: '127.0.0.1:1',
    GHE_PROTOCOL: 'http',
    OPENAI_API_KEY: 'none-needed-here',
    LOG_LEVEL: 'trace',
  };

  const app = startCli(['start'], environment, folder);
  const { code } = await app.exit;

  expect(code).toBe(1);
  expect(app.output).toMatch(/ENOTFOUND|EAI_AGAIN/);
  expect(app.output).toContain('ai-fix: ');
  expect(app.output).not.toContain(secret);
});
