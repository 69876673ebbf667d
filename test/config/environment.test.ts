import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Environment, isUnregistered, readSettings, takeSettings } from '../../src/config/environment.ts';
import { secretVariables } from '../../src/config/secret-variables.ts';
import { ConfigError } from '../../src/domain/faults.ts';
import { noPurseLimits } from '../../src/domain/purse.ts';

const keyOf = (type: 'pkcs1' | 'pkcs8'): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type, format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
const pem = keyOf('pkcs1');

const enough = { APP_ID: '42', PRIVATE_KEY: pem, WEBHOOK_SECRET: 'a good secret', OPENAI_API_KEY: 'sk-1' };

function problemsOf(environment: Environment): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('of the least that is needed are filled with defaults', () => {
    const settings = readSettings(enough);

    expect(settings).toEqual({
      telemetry: { trace: { keys: [], isPlain: false, days: 90 }, metrics: null, spans: null },
      warnings: [],
      app: { id: 42, privateKey: pem, webhookSecret: 'a good secret' },
      server: { host: 'localhost', port: 3000, webhookProxyUrl: undefined },
      github: { apiUrl: 'https://api.github.com', webUrl: 'https://github.com' },
      database: { url: null },
      dataDir: '.data',
      models: { providers: { openai: { apiKey: 'sk-1' } } },
      logLevel: 'info',
      callsPerModel: 8,
      fixesPerHour: 100,
      purses: noPurseLimits,
      concurrency: { bursts: 8, burstsPerRepository: 2 },
      secrets: [pem.trim(), 'a good secret', 'sk-1'],
    });
  });

  it('take an empty value for one that is not set', () => {
    const settings = readSettings({ ...enough, PORT: '', DATABASE_URL: ' ', GHE_HOST: '', OPENAI_BASE_URL: '' });

    expect(settings).toEqual(readSettings(enough));
  });

  it('of an enterprise server lead to its addresses', () => {
    const { github } = readSettings({ ...enough, GHE_HOST: 'git.corp.test:8443', GHE_PROTOCOL: 'http' });

    expect(github).toEqual({ apiUrl: 'http://git.corp.test:8443/api/v3', webUrl: 'http://git.corp.test:8443' });
  });

  it('name every provider that is set', () => {
    const { models } = readSettings({
      ...enough,
      OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1',
      ANTHROPIC_API_KEY: 'sk-ant-1',
      AI_FIX_MODEL: 'local/one',
    });

    expect(models).toEqual({
      providers: {
        openai: { apiKey: 'sk-1', baseUrl: 'http://127.0.0.1:11434/v1' },
        anthropic: { apiKey: 'sk-ant-1' },
      },
      everyRole: { provider: 'openai', model: 'local/one' },
    });
  });

  it('limit what all fixes together may spend', () => {
    const { purses } = readSettings({
      ...enough,
      AI_FIX_USD_PER_MONTH: '900',
      AI_FIX_ORG_USD_PER_MONTH: '300.50',
      AI_FIX_REPO_USD_PER_DAY: '20',
    });

    expect(purses).toEqual({
      'host-month': { usd: 900, tokens: null },
      'organization-month': { usd: 300.5, tokens: null },
      'repository-day': { usd: 20, tokens: null },
    });
  });

  it.each(['$20', '-1', '0', 'NaN', 'Infinity', '1e9', 'lots'])('refuse %s as an amount of money', (written) => {
    expect(problemsOf({ ...enough, AI_FIX_USD_PER_MONTH: written })).toEqual([
      expect.stringMatching(/^AI_FIX_USD_PER_MONTH: found .* allowed: an amount of US dollars from 0\.01 to 1000000/),
    ]);
  });

  it('need no key for a server of one’s own', () => {
    const { models } = readSettings({
      ...enough,
      OPENAI_API_KEY: '',
      OPENAI_BASE_URL: 'http://llm.internal/v1',
      AI_FIX_MODEL: 'one',
    });

    expect(models.providers.openai).toEqual({ apiKey: '', baseUrl: 'http://llm.internal/v1' });
  });
});

describe('the private key', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ai-fix-key-'));
    await writeFile(join(folder, 'app.pem'), pem);
    await writeFile(join(folder, 'other.pem'), 'not a key');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['as GitHub gives it', pem],
    ['in the newer form', keyOf('pkcs8')],
    ['with its line breaks written as \\n', pem.replaceAll('\n', '\\n')],
    ['in base64', Buffer.from(pem).toString('base64')],
  ])('is read %s', (_how, written) => {
    const { app } = readSettings({ ...enough, PRIVATE_KEY: written });

    expect(app.privateKey).toMatch(/^-----BEGIN (RSA )?PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END/);
  });

  it('is read from its file', () => {
    const { app } = readSettings({ ...enough, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: join(folder, 'app.pem') });

    expect(app.privateKey).toBe(pem);
  });

  it.each([
    ['is no key', { PRIVATE_KEY: 'not a key' }],
    ['has lost its end', { PRIVATE_KEY: pem.slice(0, 400) }],
    ['has lost its middle', { PRIVATE_KEY: pem.replace(/\n[^-]+\n/, '\nAAAA\n') }],
  ])('that %s is refused without a word of it', (_how, part) => {
    const problems = problemsOf({ ...enough, ...part });

    expect(problems).toEqual([expect.stringMatching(/^PRIVATE_KEY: found a value that is not shown/)]);
  });

  it('whose file is missing, holds something else or is a folder is named with that path', () => {
    const paths = ['gone.pem', 'other.pem', '.'].map((name) => join(folder, name));

    const problems = paths.flatMap((path) => problemsOf({ ...enough, PRIVATE_KEY: '', PRIVATE_KEY_PATH: path }));

    expect(problems).toHaveLength(3);
    for (const [index, path] of paths.entries()) expect(problems[index]).toContain(JSON.stringify(path));
  });

  it('that stands where its path belongs is not printed', () => {
    const problems = problemsOf({ ...enough, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: pem });

    expect(problems).toHaveLength(1);
    expect(problems.join('\n')).not.toContain(pem.slice(40, 80));
  });
});

describe('wrong settings', () => {
  it('are all named at once', () => {
    const problems = problemsOf({
      APP_ID: 'abc',
      PORT: '99999',
      GHE_HOST: 'https://git.corp.test',
      GHE_PROTOCOL: 'ftp',
      WEBHOOK_PROXY_URL: 'smee',
      DATABASE_URL: 'mysql://db',
      OPENAI_BASE_URL: 'localhost:1',
      ANTHROPIC_BASE_URL: 'ftp://x',
      LOG_LEVEL: 'loud',
      AI_FIX_BURSTS: '0',
      AI_FIX_BURSTS_PER_REPOSITORY: '1.5',
    });

    const names = problems.map((problem) => problem.split(/[:,]| or /)[0]);
    expect(new Set(names)).toEqual(
      new Set([
        'APP_ID',
        'WEBHOOK_SECRET',
        'PORT',
        'GHE_HOST',
        'GHE_PROTOCOL',
        'WEBHOOK_PROXY_URL',
        'DATABASE_URL',
        'OPENAI_BASE_URL',
        'ANTHROPIC_BASE_URL',
        'LOG_LEVEL',
        'AI_FIX_BURSTS',
        'AI_FIX_BURSTS_PER_REPOSITORY',
        'PRIVATE_KEY',
        'AI_FIX_MODEL',
      ]),
    );
  });

  it('are shown as they stand, with what is allowed', () => {
    const [problem] = problemsOf({ ...enough, PORT: '99999' });

    expect(problem).toMatch(/^PORT: found "99999"; allowed: .*65.?535/);
  });

  it('of nothing at all say what is missing and where to find it', () => {
    const problems = problemsOf({});

    expect(problems).toHaveLength(4);
    expect(problems.join('\n')).toMatch(
      /APP_ID: missing; the App's id[\s\S]*WEBHOOK_SECRET: missing[\s\S]*OPENAI_API_KEY, ANTHROPIC_API_KEY/,
    );
  });

  it('never show a secret', () => {
    const secrets = {
      ...Object.fromEntries(secretVariables.map((name) => [name, `TOPSECRET-${name}`])),
      WEBHOOK_SECRET: 'TOPSECR',
      DATABASE_URL: 'TOPSECRET://host/db',
    };

    const problems = problemsOf({ ...secrets, APP_ID: 'x' });

    expect(problems.length).toBeGreaterThanOrEqual(4);
    expect(problems.join('\n')).not.toMatch(/TOPSECR/);
  });

  it.each([
    ['a model server without a model', { OPENAI_BASE_URL: 'http://llm.internal/v1' }, /^AI_FIX_MODEL: missing/],
    ['no model at all', { OPENAI_API_KEY: undefined }, /none is set/],
    ['a secret that is too short', { WEBHOOK_SECRET: 'short' }, /^WEBHOOK_SECRET: found a value that is not shown/],
  ])('%s is one', (_what, part, expected) => {
    const problems = problemsOf({ ...enough, ...part });

    expect(problems).toEqual([expect.stringMatching(expected)]);
  });
});

describe('secrets', () => {
  it('are known in every form in which they were given', () => {
    const base64 = Buffer.from(pem).toString('base64');

    const { secrets } = readSettings({
      ...enough,
      PRIVATE_KEY: base64,
      OPENAI_API_KEY: ' sk-with-spaces ',
      DATABASE_URL: 'postgresql://ai:p%40ss-word@db.test/ai',
      HTTPS_PROXY: 'http://me:proxy-password@proxy.test:3128',
      ANTHROPIC_API_KEY: 'sk-ant-1',
      OLLAMA_API_KEY: 'ollama-key',
    });

    expect(new Set(secrets)).toEqual(
      new Set([
        pem.trim(),
        base64,
        'a good secret',
        'sk-with-spaces',
        'sk-ant-1',
        'postgresql://ai:p%40ss-word@db.test/ai',
        'p%40ss-word',
        'p@ss-word',
        'proxy-password',
        'ollama-key',
      ]),
    );
  });

  it('leave the environment once they are read, with those of others', () => {
    const environment: NodeJS.ProcessEnv = {
      ...enough,
      PRIVATE_KEY_PATH: '/run/secrets/app.pem',
      ANTHROPIC_API_KEY: 'sk-ant-1',
      ANTHROPIC_AUTH_TOKEN: 'of a library',
      ...Object.fromEntries(
        secretVariables.map((name) => [name, enough[name as keyof typeof enough] ?? 'of-a-provider']),
      ),
      DATABASE_URL: 'postgresql://ai@db.test/ai',
      PGPASSWORD: 'of the database',
      AI_FIX_TRACE_KEY: '0123456789abcdef'.repeat(4),
      AI_FIX_METRICS_TOKEN: 'of-whoever-scrapes',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=of%20the%20collector',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=of%20the%20collector',
      AWS_SECRET_ACCESS_KEY: 'of the host',
      AWS_SESSION_TOKEN: 'of the host',
      GITHUB_TOKEN: 'of a person',
      npm_password: 'of npm',
      PATH: '/usr/bin',
      HTTPS_PROXY: 'http://proxy.test',
      SSL_CERT_FILE: '/etc/ssl/cert.pem',
      LOG_LEVEL: 'warn',
    };

    const settings = takeSettings(environment);

    expect(settings.app.webhookSecret).toBe('a good secret');
    expect(Object.keys(environment).sort()).toEqual(['APP_ID', 'HTTPS_PROXY', 'LOG_LEVEL', 'PATH', 'SSL_CERT_FILE']);
  });

  it('stay where they are when the settings are wrong, for a second try', () => {
    const environment: NodeJS.ProcessEnv = { ...enough, PORT: 'x' };

    expect(() => takeSettings(environment)).toThrow(ConfigError);
    expect(environment).toEqual({ ...enough, PORT: 'x' });
  });

  it.each([
    ['postgresql://ai@db.test/ai', 'p@ss:w%rd', 'postgresql://ai:p%40ss%3Aw%25rd@db.test/ai'],
    ['postgresql://ai:own@db.test/ai', 'other', 'postgresql://ai:own@db.test/ai'],
    ['postgresql://ai@db.test/ai', undefined, 'postgresql://ai@db.test/ai'],
    ['postgresql:///ai?host=/run/postgresql', 'unused', 'postgresql:///ai?host=/run/postgresql'],
  ])('of the database may stand beside its address: %s', (address, password, whole) => {
    const { database } = readSettings({ ...enough, DATABASE_URL: address, PGPASSWORD: password });

    expect(database.url).toBe(whole);
  });

  it('inside an address that is wrong are not shown', () => {
    const problems = problemsOf({ ...enough, OPENAI_BASE_URL: 'ftp://me:hidden@llm.test', AI_FIX_MODEL: 'one' });

    expect(problems).toEqual([expect.stringMatching(/^OPENAI_BASE_URL: found a value that is not shown/)]);
  });
});

describe('an App without id and key', () => {
  it.each([
    [{}, true],
    [{ WEBHOOK_SECRET: 'a good secret' }, true],
    [{ APP_ID: '42' }, false],
    [{ PRIVATE_KEY: pem }, false],
    [{ PRIVATE_KEY_PATH: 'app.pem' }, false],
    [{ NODE_ENV: 'production' }, false],
  ])('is registered first, but never in production: case %#', (environment, isExpected) => {
    expect(isUnregistered(environment)).toBe(isExpected);
  });
});
