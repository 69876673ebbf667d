import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FixId } from '../../src/domain/ids.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import type { FailedCall } from '../../src/domain/turn-trace.ts';
import type { BurstTicket, ConversationKey } from '../../src/ports/stores.ts';
import type { AnsweredCall } from '../../src/ports/watcher.ts';
import { createSpans, type SpanOptions } from '../../src/telemetry/spans.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { sampleFix, sampleRepository } from '../support/sample-fix.ts';

const secret = 'sk-0123456789abcdefghijklmnop';
const fix = sampleFix({ id: 'f-12-spans' as FixId, createdAtMs: Date.now() - 60_000 });
const burst = (kind: BurstTicket['kind'], number = 1): BurstTicket => ({
  fix: fix.id,
  number,
  kind,
  repository: sampleRepository,
});
const conversation: ConversationKey = { fix: fix.id, role: 'coder', part: 'attempt-1' };
const call: AnsweredCall = {
  conversation,
  usd: 0.25,
  turn: {
    index: 3,
    reply: {
      modelId: 'anthropic/claude-sonnet-5',
      text: `The key is ${secret}.`,
      toolCalls: [{ id: 'call-1', name: 'read_file', argumentsJson: '{"path":"a.ts"}' }],
      stop: 'tool-calls',
      usage: { inputTokens: 100, cachedInputTokens: 40, cacheWriteTokens: 5, outputTokens: 10, reasoningTokens: 4 },
      passedOver: [{ modelId: 'openai/gpt-6-sol', reason: 'overloaded' }],
    },
    results: [{ callId: 'call-1', output: 'no such file', isError: true }],
    overlayChanges: {},
  },
  trace: {
    prompt: { name: 'code', version: 3 },
    parameters: { maxOutputTokens: 1_000 },
    inputDigest: 'a'.repeat(64),
    inputBytes: 9_000,
    outputDigest: 'b'.repeat(64),
    latencyMs: 1_200,
    firstTokenMs: 300,
    calls: [
      {
        name: 'read_file',
        argumentsBytes: 15,
        argumentsDigest: 'c',
        outputBytes: 12,
        outputDigest: 'd',
        isError: true,
        tookMs: 7,
      },
    ],
  },
};
const failedCall: FailedCall = {
  modelId: 'openai/gpt-6-sol',
  fault: 'rate-limited',
  status: 429,
  reason: `quoted ${secret}`,
  passedOver: [],
  prompt: null,
  inputDigest: 'a',
  inputBytes: 1,
  latencyMs: 50,
};

let collector: OtlpReceiver;
beforeEach(async () => {
  collector = await startOtlpReceiver();
});
afterEach(() => collector.close());

const warnings: string[] = [];
const open = (more: Partial<SpanOptions> = {}) =>
  createSpans({
    url: `${collector.url}/v1/traces`,
    headers: { authorization: 'Bearer of-the-collector' },
    serviceName: 'ai-fix',
    timeoutMs: 500,
    withContent: false,
    version: '1.2.3',
    instance: 'one',
    redactor: createRedactor([secret]),
    log: { warn: (_details, text) => void warnings.push(text) },
    findFix: async () => fix,
    ...more,
  });
const named = (name: string) => collector.spans.find((span) => span.name === name);

describe('a fix', () => {
  it('is one trace: bursts below it, steps below them, calls and tools in these', async () => {
    const spans = open();

    await spans.burst(burst('attempt'), () => spans.step('write the patch', async () => spans.answered(call)));
    await spans.burst(burst('conclude', 2), async () =>
      spans.happened({ type: 'farewell-said' }, burst('conclude', 2)),
    );
    await spans.close();

    const root = named('fix');
    const [attempt, step, chat, tool] = [
      'burst attempt',
      'write the patch',
      'chat claude-sonnet-5',
      'execute_tool read_file',
    ].map(named);
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(root).toMatchObject({
      parentId: '',
      attributes: { 'ai_fix.fix': fix.id, 'ai_fix.repository': 'acme/shop' },
    });
    expect(root?.tookMs).toBeGreaterThan(59_000);
    expect(attempt?.parentId).toBe(root?.spanId);
    expect(step?.parentId).toBe(attempt?.spanId);
    expect([chat?.parentId, tool?.parentId]).toEqual([step?.spanId, step?.spanId]);
    expect(collector.resource).toMatchObject({
      'service.name': 'ai-fix',
      'service.version': '1.2.3',
      'service.instance.id': 'one',
    });
    expect(collector.requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', authorization: 'Bearer of-the-collector' },
    });
  });

  it('is the same trace after a restart', async () => {
    const before = open();
    await before.burst(burst('plan'), async () => undefined);
    await before.close();

    const after = open({ instance: 'two' });
    await after.burst(burst('attempt', 2), async () => undefined);
    await after.close();

    const [plan, attempt] = ['burst plan', 'burst attempt'].map(named);
    expect(plan?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect([attempt?.traceId, attempt?.parentId]).toEqual([plan?.traceId, plan?.parentId]);
  });

  it('is sent once it has ended, not when its last burst was interrupted or has to wait', async () => {
    const spans = open();
    const last = burst('conclude', 2);

    await expect(spans.burst(last, () => Promise.reject(new Error('interrupted')))).rejects.toThrow('interrupted');
    await spans.burst(last, async () =>
      spans.happened({ type: 'outage', of: 'github', reason: '', retryInMs: 1 }, last),
    );
    await spans.close();

    expect(named('burst conclude')).toBeDefined();
    expect(named('fix')).toBeUndefined();
  });

  it('whose work throws shows that, by the class of the fault alone', async () => {
    const spans = open();
    const work = () => Promise.reject(new TypeError(`quoted ${secret}`));

    await expect(spans.burst(burst('judge'), () => spans.step('read the verdict', work))).rejects.toThrow(TypeError);
    await spans.close();

    expect(named('read the verdict')).toMatchObject({ isError: true, attributes: { 'error.type': 'TypeError' } });
    expect(JSON.stringify(collector.spans)).not.toContain(secret);
  });
});

describe('a call', () => {
  it('carries what the conventions name', async () => {
    const spans = open();

    await spans.burst(burst('attempt'), async () => spans.answered(call));
    await spans.close();

    expect(named('chat claude-sonnet-5')).toMatchObject({
      kind: 3,
      isError: false,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': 'claude-sonnet-5',
        'gen_ai.response.model': 'claude-sonnet-5',
        'gen_ai.response.finish_reasons': ['tool_calls'],
        'gen_ai.request.max_tokens': 1_000,
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.cache_read.input_tokens': 40,
        'gen_ai.usage.cache_creation.input_tokens': 5,
        'gen_ai.usage.output_tokens': 10,
        'gen_ai.usage.reasoning.output_tokens': 4,
        'gen_ai.response.time_to_first_chunk': 0.3,
        'gen_ai.conversation.id': 'f-12-spans/coder/attempt-1',
        'gen_ai.agent.name': 'coder',
        'gen_ai.prompt.name': 'code',
        'ai_fix.prompt.version': 3,
        'ai_fix.cost_usd': 0.25,
        'ai_fix.passed_over': ['openai/gpt-6-sol'],
      },
    });
    expect(named('chat claude-sonnet-5')?.tookMs).toBeCloseTo(1_200, 0);
    expect(named('execute_tool read_file')).toMatchObject({
      isError: true,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'read_file',
        'gen_ai.tool.call.id': 'call-1',
      },
    });
  });

  it('carries no word of the conversation, unless that is asked for: then without secrets', async () => {
    const silent = open();
    await silent.burst(burst('attempt'), async () => silent.answered(call));
    await silent.close();
    const quiet = JSON.stringify(collector.spans);

    const talking = open({ withContent: true });
    await talking.burst(burst('attempt'), async () => talking.answered(call));
    await talking.close();
    const said = JSON.stringify(collector.spans);

    expect(quiet).not.toContain('The key is');
    expect(quiet).not.toContain('no such file');
    expect(said).toContain('The key is [redacted].');
    expect(said).toContain('no such file');
    expect(said).not.toContain(secret);
  });

  it('shows no secret in the id of a call, which a model may have written itself', async () => {
    const spans = open();
    const { reply } = call.turn;
    const toolCalls = [{ id: `call-${secret}-${'x'.repeat(500)}`, name: 'read_file', argumentsJson: '{}' }];

    await spans.burst(burst('attempt'), async () =>
      spans.answered({ ...call, turn: { ...call.turn, reply: { ...reply, toolCalls } } }),
    );
    await spans.close();

    const id = String(named('execute_tool read_file')?.attributes['gen_ai.tool.call.id']);
    expect(id).not.toContain(secret);
    expect(id.length).toBeLessThanOrEqual(80);
  });

  it('that failed is a span with its class and status', async () => {
    const spans = open();

    await spans.burst(burst('attempt'), async () => spans.failed(conversation, failedCall));
    await spans.close();

    expect(named('chat gpt-6-sol')).toMatchObject({
      isError: true,
      attributes: { 'error.type': 'rate-limited', 'http.response.status_code': 429, 'gen_ai.provider.name': 'openai' },
    });
    expect(JSON.stringify(collector.spans)).not.toContain(secret);
  });
});

describe('a collector', () => {
  it.each([
    ['is away', () => collector.close()],
    ['hangs', async () => collector.answerWith(0)],
    ['refuses', async () => collector.answerWith(400)],
  ])('that %s neither slows nor breaks the work, nor the end of the process', async (_how, spoil) => {
    await spoil();
    const spans = open();

    const beganMs = performance.now();
    for (let turn = 0; turn < 3_000; turn++) spans.answered(call);
    const done = await spans.burst(burst('attempt'), async () => 'done');
    const workedMs = performance.now() - beganMs;
    const endMs = performance.now();
    await spans.close();

    expect(done).toBe('done');
    expect(workedMs).toBeLessThan(5_000);
    expect(performance.now() - endMs).toBeLessThan(2_000);
  });

  it('that does not take spans is told of in the log, once', async () => {
    warnings.length = 0;
    collector.answerWith(400);
    const spans = open();

    for (let turn = 0; turn < 1_100; turn++) spans.answered(call);
    await spans.close();

    expect(warnings).toEqual(['the OpenTelemetry collector does not take spans; they are lost']);
  });
});
