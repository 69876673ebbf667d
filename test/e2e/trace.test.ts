import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TraceLine, traceLineSchema } from '../../src/domain/trace-line.ts';
import { startCli } from '../support/app-process.ts';
import { type House, labelIssue, openHouse, untilShown } from '../support/house.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { patienceMs } from '../support/shown.ts';
import { tinyFiles, tinyIssue, tinyScript } from '../support/tiny-repository.ts';

/** A whole fix with everything switched on that looks at it, in the embedded database. */
const repository = 'acme/tiny-1';
const key = randomBytes(32).toString('base64');
const token = randomBytes(16).toString('hex');
let house: House;
let collector: OtlpReceiver;
let issue: number;

beforeAll(
  async () => {
    collector = await startOtlpReceiver();
    house = await openHouse({
      script: tinyScript(),
      databaseImage: inject('databaseImage'),
      environment: {
        AI_FIX_TRACE_KEY: key,
        AI_FIX_METRICS_TOKEN: token,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      },
    });
    await house.github.createRepository({ fullName: repository, files: tinyFiles, roles: { alice: 'admin' } });
    issue = await labelIssue(house.github, repository, tinyIssue);
    await untilShown(house.github, repository, issue, ['complete'], 2 * patienceMs);
    await house.github.settled();
  },
  2 * patienceMs + 20_000,
);
afterAll(async () => {
  await house.close();
  await collector.close();
});

async function trace(args: readonly string[], environment: Record<string, string> = { AI_FIX_TRACE_KEY: key }) {
  const running = startCli(['trace', ...args], { DATA_DIR: house.dataDir, ...environment }, house.dataDir);
  const { code } = await running.exit;
  return { code, output: running.output };
}

const linesIn = (output: string): TraceLine[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => traceLineSchema.parse(JSON.parse(line)));

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

test('a running App tells the trace, whose sums are what was spent', async () => {
  const { code, output } = await trace([`${repository}#${issue}`]);

  const lines = linesIn(output);
  const answered = lines.flatMap((line) => (line.type === 'call' && line.status === 'answered' ? [line] : []));
  const [first] = lines;
  const spent = await house.app.ports.turns.spending(first?.type === 'fix' ? (first.fix as never) : ('' as never));
  expect(code).toBe(0);
  expect(first).toMatchObject({ type: 'fix', repository, issue, state: 'complete' });
  expect(answered).toHaveLength(house.model.requests.length);
  expect(sumOf(answered.map(({ tokens }) => tokens.input + tokens.output))).toBe(spent.tokens);
  expect(sumOf(answered.map(({ usd }) => usd ?? 0))).toBeCloseTo(spent.usd, 9);
  expect(new Set(answered.map(({ role }) => role))).toEqual(
    new Set(['fast', 'architect', 'coder', 'debugger', 'reviewer']),
  );
  expect(answered.filter(({ prompt, latencyMs }) => prompt === null || latencyMs === null)).toEqual([]);
  expect(lines.flatMap((line) => (line.type === 'attempt' ? [line.verdict] : []))).toEqual(['failed', 'passed']);
  expect(lines.flatMap((line) => (line.type === 'event' ? [line.facts.verdict ?? []].flat() : []))).toEqual([
    'failed',
    'passed',
  ]);
  expect(output).not.toContain('Helllo');
});

test('it is encrypted in the database, and shown to whoever asks the running App for it', async () => {
  const fix = linesIn((await trace([`${repository}#${issue}`])).output)[0];

  const { code, output } = await trace([fix?.type === 'fix' ? fix.fix : '', '--bodies'], {});

  expect(code).toBe(0);
  expect(output).toContain('Helllo');
});

test('metrics are shown to whoever has the token, and count this fix', async () => {
  const get = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${house.app.port}/metrics`, { headers });

  const refused = await get({});
  const text = await (await get({ authorization: `Bearer ${token}` })).text();

  expect(refused.status).toBe(401);
  expect(text).toContain('ai_fix_fixes{state="complete"} 1');
  expect(text).toContain('ai_fix_verdicts_total{verdict="passed"} 1');
  expect(text).toContain('ai_fix_verdicts_total{verdict="failed"} 1');
  expect(text).toMatch(/ai_fix_model_tokens_total\{model="openai\/gpt-6-sol",class="output"\} [1-9]/);
  expect(text).toMatch(/ai_fix_webhook_seconds_count\{status="20\d"\} [1-9]/);
  expect(text).not.toContain('acme');
});

test('a name that is nearly one is met with the nearest, and a fix that nobody knows with those there are', async () => {
  const near = await trace([`acme/tiny-2#${issue}`]);
  const unknown = await trace(['zzzzzzzzzzzzzzzzzzzz']);

  expect([near.code, unknown.code]).toEqual([64, 64]);
  expect(near.output).toContain(`did you mean ${repository}#${issue}?`);
  expect(unknown.output).toContain(`(${repository}#${issue})`);
});

test('a stopped App sends its last spans, and its trace is read from the database', async () => {
  await house.app.stop();

  const plain = await trace([`${repository}#${issue}`, '--bodies']);
  const withoutKey = await trace([`${repository}#${issue}`, '--bodies'], {});
  const list = await trace([]);

  const bursts = collector.spans.filter(({ name }) => name.startsWith('burst '));
  expect(new Set(bursts.map(({ traceId, parentId }) => `${traceId} ${parentId}`)).size).toBe(1);
  expect(collector.spans.filter(({ name }) => name.startsWith('chat '))).toHaveLength(house.model.requests.length);
  expect(JSON.stringify(collector.spans)).not.toContain('Helllo');
  expect(plain.code).toBe(0);
  expect(plain.output).toContain('Helllo');
  expect(withoutKey.code).toBe(1);
  expect(withoutKey.output).toContain('AI_FIX_TRACE_KEY');
  expect(withoutKey.output).not.toContain('Helllo');
  expect(linesIn(withoutKey.output)).toHaveLength(linesIn(plain.output).length);
  expect(list.output).toContain(`${repository}#${issue}`);
});

test('a folder without a database is not made into one', async () => {
  const { code, output } = await trace(['f-1'], { DATA_DIR: `${house.dataDir}/nothing-here` });

  expect(code).toBe(78);
  expect(output).toContain('there is no database');
});
