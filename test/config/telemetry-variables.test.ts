import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { takeTraceSettings } from '../../src/config/environment.ts';
import { secretsIn } from '../../src/config/secret-variables.ts';
import { readHeaders, readSpans } from '../../src/config/span-variables.ts';
import { readKeys, telemetryOf, telemetryVariables } from '../../src/config/telemetry-variables.ts';
import { ConfigError } from '../../src/domain/faults.ts';

const schema = z.object(telemetryVariables);
const settingsOf = (environment: Record<string, string>) => telemetryOf(schema.parse(environment));
const problemOf = (environment: Record<string, string>): string =>
  schema
    .safeParse(environment)
    .error?.issues.map(({ message }) => message)
    .join('\n') ?? '';
const [one, two] = [randomBytes(32), randomBytes(32)] as const;

describe('the key of the traces', () => {
  it.each([
    ['base64', one.toString('base64'), [one]],
    ['base64 for addresses', one.toString('base64url'), [one]],
    ['hexadecimal', one.toString('hex'), [one]],
    ['several, the newest first', ` ${one.toString('hex')} , ${two.toString('base64')},`, [one, two]],
  ])('may be %s', (_what, text, keys) => {
    expect(readKeys(text)?.map((key) => Buffer.from(key))).toEqual(keys);
  });

  it.each([
    ['none at all', ','],
    ['too short', randomBytes(31).toString('base64')],
    ['too long', randomBytes(33).toString('base64')],
    ['words', 'correct horse battery staple correct horse'],
    ['a good one beside a bad one', `${one.toString('hex')},x`],
  ])('that is %s is refused with what is allowed', (_what, text) => {
    expect(problemOf({ AI_FIX_TRACE_KEY: text })).toContain('32 random bytes');
  });

  it.each([
    ['64 times one letter', 'a'.repeat(64)],
    ['zero bytes', Buffer.alloc(32).toString('base64')],
    ['one letter in base64', 'A'.repeat(42).concat('E=')],
    ['two bytes by turns', 'ab01'.repeat(16)],
  ])('that is %s is no random one', (_what, text) => {
    expect(problemOf({ AI_FIX_TRACE_KEY: text })).toContain('these are a pattern');
    expect(problemOf({ AI_FIX_TRACE_KEY: `${one.toString('hex')},${text}` })).toBe('');
    expect(problemOf({ AI_FIX_TRACE_KEY: `plain,${text}` })).toBe('');
  });

  it('may only read, with a word in front, which is no secret', () => {
    const text = `plain, ${one.toString('hex')}`;

    expect(settingsOf({ AI_FIX_TRACE_KEY: text }).trace).toMatchObject({ keys: [one], isPlain: true });
    expect(settingsOf({ AI_FIX_TRACE_KEY: one.toString('hex') }).trace).toMatchObject({ isPlain: false });
    expect(secretsIn({ AI_FIX_TRACE_KEY: text })).not.toContain('plain');
    expect(problemOf({ AI_FIX_TRACE_KEY: 'plain' })).toContain('32 random bytes');
  });

  it('is a secret, each of several by itself', () => {
    const [first, second] = [one.toString('base64'), two.toString('hex')];

    expect(secretsIn({ AI_FIX_TRACE_KEY: `${first}, ${second}` })).toEqual(expect.arrayContaining([first, second]));
  });
});

describe('what the trace command reads', () => {
  it('is only where traces lie, and it leaves no secret behind', () => {
    const environment: NodeJS.ProcessEnv = {
      DATA_DIR: '/data',
      DATABASE_URL: 'postgresql://me@db.test/ai',
      PGPASSWORD: 'hidden',
      AI_FIX_TRACE_KEY: one.toString('hex'),
    };

    const { keys, ...settings } = takeTraceSettings(environment);

    expect(settings).toMatchObject({ dataDir: '/data', database: { url: 'postgresql://me:hidden@db.test/ai' } });
    expect(keys).toHaveLength(1);
    expect(environment).toEqual({ DATA_DIR: '/data' });
  });

  it('is refused with the name of the variable, and without what stands there', () => {
    const take = () => takeTraceSettings({ AI_FIX_TRACE_KEY: 'not a key at all' });

    expect(take).toThrow(ConfigError);
    expect(take).toThrow(/^AI_FIX_TRACE_KEY: found a value that is not shown; allowed: 32 random bytes/);
  });
});

describe('metrics', () => {
  it('are off unless somebody asks for them', () => {
    expect(settingsOf({}).metrics).toBeNull();
    expect(settingsOf({ AI_FIX_METRICS: 'loopback' }).metrics).toEqual({ token: null, isOpenToLoopback: true });
    expect(settingsOf({ AI_FIX_METRICS_TOKEN: 'a'.repeat(16) }).metrics).toEqual({
      token: 'a'.repeat(16),
      isOpenToLoopback: false,
    });
  });

  it.each([
    [{ AI_FIX_METRICS: 'on' }],
    [{ AI_FIX_METRICS_TOKEN: 'short' }],
    [{ AI_FIX_METRICS_TOKEN: '0123456789…0123456789' }],
  ])('refuse %j', (environment) => {
    expect(problemOf(environment)).not.toBe('');
  });
});

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c.test:4318' };

describe('spans', () => {
  it('go nowhere without an endpoint', () => {
    expect(settingsOf({}).spans).toBeNull();
  });

  it('go to the path of traces under the common endpoint, or to just their own', () => {
    expect(settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c.test:4318/' }).spans?.url).toBe(
      'http://c.test:4318/v1/traces',
    );
    expect(settingsOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c.test/in' }).spans?.url).toBe('http://c.test/in');
  });

  it.each([{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }])('are off by %j', (off) => {
    expect(settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c.test:4318', ...off }).spans).toBeNull();
  });

  it('hold no words unless that is asked for', () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c.test:4318' };

    expect(settingsOf(endpoint).spans?.withContent).toBe(false);
    expect(
      settingsOf({ ...endpoint, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' }).spans?.withContent,
    ).toBe(true);
  });

  it('take headers as the standard writes them, of which those that let somebody in are secrets', () => {
    const text = 'Authorization=Bearer%20abcdefgh-1234, x-tenant = production';

    expect(readHeaders(text)).toEqual({ authorization: 'Bearer abcdefgh-1234', 'x-tenant': 'production' });
    expect(secretsIn({ OTEL_EXPORTER_OTLP_HEADERS: text })).toEqual(
      expect.arrayContaining(['Bearer abcdefgh-1234', 'abcdefgh-1234']),
    );
    expect(secretsIn({ OTEL_EXPORTER_OTLP_HEADERS: text })).not.toContain('production');
  });

  it('take every long value of a header for a secret, but those of headers that name something', () => {
    const text = 'x-honeycomb-team=hcaik_0123456789,x-honeycomb-dataset=production,stage=test,broken=%zz-0123456789';

    const secrets = secretsIn({ OTEL_EXPORTER_OTLP_HEADERS: text });

    expect(secrets).toEqual(expect.arrayContaining(['hcaik_0123456789', '%zz-0123456789']));
    expect(secrets).not.toContain('production');
    expect(secrets).not.toContain('test');
  });

  it.each(['no pair', 'a=%zz', 'a=%0d%0ab', '=x'])('are not sent with the headers %j', (text) => {
    const { spans, spanIssues } = readSpans({ ...collector, OTEL_EXPORTER_OTLP_HEADERS: text });

    expect(spans).toBeNull();
    expect(spanIssues[0]?.message).toContain('name=value');
  });

  it.each([
    ['authorization=Bearer%20abc%E2%80%A6', 'the value of authorization holds a character U+2026 at place 11'],
    ['x-tenant=a,x-key=…', 'the value of x-key holds a character U+2026 at place 1'],
  ])('are not sent with %j, which no header carries, and the reason says the place alone', (text, why) => {
    const { spans, spanIssues } = readSpans({ ...collector, OTEL_EXPORTER_OTLP_HEADERS: text });

    expect(spans).toBeNull();
    expect(spanIssues[0]?.message.split('; ')).toContain(why);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, '4318'],
    [{ OTEL_TRACES_EXPORTER: 'console' }, 'otlp or none'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'unix:/run/otel.sock' }, 'an http or https address'],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: 'ten' }, 'milliseconds'],
  ])('that are asked for as %j are not sent, and nothing is refused', (more, why) => {
    const set = { ...collector, ...more };

    expect(problemOf(set)).toBe('');
    expect(settingsOf(set).spans).toBeNull();
    expect(settingsOf(set).spanIssues[0]?.message).toContain(why);
  });

  it.each([
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    { ...collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_SDK_DISABLED: 'True' },
    { ...collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' },
    { ...collector, OTEL_TRACES_EXPORTER: 'console,otlp', OTEL_SDK_DISABLED: 'no' },
  ])('are nothing to complain of with %j', (set) => {
    expect(settingsOf(set).spanIssues).toEqual([]);
  });
});
