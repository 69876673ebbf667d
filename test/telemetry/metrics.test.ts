import { describe, expect, it } from 'vitest';
import type { FixId } from '../../src/domain/ids.ts';
import type { BurstTicket, ConversationKey } from '../../src/ports/stores.ts';
import type { AnsweredCall, Tally } from '../../src/ports/watcher.ts';
import { boundedLabels } from '../../src/telemetry/bounded-labels.ts';
import { metricDefinitions } from '../../src/telemetry/metric-definitions.ts';
import { createMetrics, type MetricSources } from '../../src/telemetry/metrics.ts';
import { sampleRepository } from '../support/sample-fix.ts';

const tally: Tally = {
  fixes: { 'in-progress': 3, complete: 5 },
  burstsWanted: 2,
  burstsRunning: 1,
  deliveriesUnsettled: 4,
  oldestDeliverySeconds: 12,
};
const open = (more: Partial<MetricSources> = {}) =>
  createMetrics({ version: '1.2.3', tally: async () => tally, health: () => [], ...more });

const conversation: ConversationKey = { fix: 'f-1' as FixId, role: 'coder', part: 'attempt-1' };
const call = (modelId: string, usd: number | null, tool = 'read_file'): AnsweredCall => ({
  conversation,
  usd,
  turn: {
    index: 0,
    reply: {
      modelId,
      text: '',
      toolCalls: [],
      stop: 'end',
      usage: { inputTokens: 100, cachedInputTokens: 40, outputTokens: 10, reasoningTokens: 4 },
      passedOver: [{ modelId: 'anthropic/away', reason: 'overloaded' }],
    },
    results: [],
    overlayChanges: {},
  },
  trace: {
    prompt: null,
    parameters: {},
    inputDigest: '',
    inputBytes: 0,
    outputDigest: '',
    latencyMs: 3_000,
    firstTokenMs: 400,
    calls: [
      {
        name: tool,
        argumentsBytes: 1,
        argumentsDigest: '',
        outputBytes: 1,
        outputDigest: '',
        isError: true,
        tookMs: 1,
      },
    ],
  },
});
const burst: BurstTicket = { fix: 'f-1' as FixId, number: 1, kind: 'attempt', repository: sampleRepository };

describe('metrics', () => {
  it('count tokens by class, cost, latency and failover of each model', async () => {
    const metrics = open();

    metrics.answered(call('openai/a', 0.25));
    metrics.answered(call('openai/a', 0.5));
    metrics.answered(call('openai/b', null));
    metrics.failed(conversation, { modelId: 'openai/b', fault: 'rate-limited', passedOver: [] } as never);

    const text = await metrics.text();
    for (const line of [
      'ai_fix_model_tokens_total{model="openai/a",class="input"} 120',
      'ai_fix_model_tokens_total{model="openai/a",class="cached"} 80',
      'ai_fix_model_tokens_total{model="openai/a",class="output"} 20',
      'ai_fix_model_tokens_total{model="openai/a",class="reasoning"} 8',
      'ai_fix_model_cost_usd_total{model="openai/a"} 0.75',
      'ai_fix_model_unpriced_replies_total{model="openai/b"} 1',
      'ai_fix_model_call_seconds_bucket{le="5",model="openai/a"} 2',
      'ai_fix_model_first_token_seconds_count{model="openai/a"} 2',
      'ai_fix_model_passed_over_total{model="anthropic/away"} 3',
      'ai_fix_model_faults_total{model="openai/b",fault="rate-limited"} 1',
      'ai_fix_tool_calls_total{tool="read_file",result="error"} 3',
    ])
      expect(text).toContain(line);
  });

  it('show from the start how questions end, so that the first fault is a growth', async () => {
    const metrics = open();
    const before = await metrics.text();

    metrics.answered(call('openai/a', 0.25));
    for (const fault of ['overloaded', 'stopped', 'unreachable'])
      metrics.failed(conversation, { modelId: 'openai/b', fault, passedOver: [] } as never);
    const after = await metrics.text();

    for (const [result, count] of Object.entries({ answered: 1, failed: 2, stopped: 1 })) {
      expect(before).toContain(`ai_fix_model_questions_total{result="${result}"} 0`);
      expect(after).toContain(`ai_fix_model_questions_total{result="${result}"} ${count}`);
    }
  });

  it('count verdicts and outages, and time bursts, those that throw too', async () => {
    const metrics = open();

    metrics.happened({ type: 'judged', attempt: 1, verdict: 'failed', results: [], reason: '', feedback: '' }, burst);
    metrics.happened({ type: 'outage', of: 'models', reason: '', retryInMs: 1 }, burst);
    expect(await metrics.burst(burst, async () => 7)).toBe(7);
    await expect(metrics.burst(burst, () => Promise.reject(new Error('x')))).rejects.toThrow('x');

    const text = await metrics.text();
    expect(text).toContain('ai_fix_verdicts_total{verdict="failed"} 1');
    expect(text).toContain('ai_fix_outages_total{of="models"} 1');
    expect(text).toContain('ai_fix_bursts_total{event="judged"} 1');
    expect(text).toContain('ai_fix_burst_seconds_count{kind="attempt"} 2');
  });

  it('show what the database holds, and ask it once in a while however often somebody looks', async () => {
    let asked = 0;
    const metrics = open({
      tally: async () => {
        asked += 1;
        return tally;
      },
    });

    const texts = await Promise.all(Array.from({ length: 20 }, () => metrics.text()));

    expect(asked).toBe(1);
    expect(texts[19]).toContain('ai_fix_fixes{state="in-progress"} 3');
    expect(texts[19]).toContain('ai_fix_bursts_queued{state="wanted"} 2');
    expect(texts[19]).toContain('ai_fix_deliveries_unsettled 4');
    expect(texts[19]).toContain('ai_fix_database_up 1');
  });

  it.each([
    ['throws', () => Promise.reject(new Error('away'))],
    ['hangs', () => new Promise<never>(() => undefined)],
  ])('go on without a database that %s, and show no old numbers for new ones', async (_how, ask) => {
    const metrics = open({ tally: ask });
    metrics.answered(call('openai/a', 0.25));

    const text = await metrics.text();

    expect(text).toContain('ai_fix_database_up 0');
    expect(text).not.toMatch(/^ai_fix_fixes\{/m);
    expect(text).toContain('ai_fix_model_cost_usd_total{model="openai/a"} 0.25');
  });

  it('show the breakers of this process', async () => {
    const health = [{ modelId: 'openai/a', state: 'open', inFlight: 2, queued: 1 }];
    const metrics = open({ health: () => health });

    const text = await metrics.text();
    health.length = 0;

    expect(text).toContain('ai_fix_model_breaker{model="openai/a",state="open"} 1');
    expect(text).toContain('ai_fix_model_breaker{model="openai/a",state="closed"} 0');
    expect(text).toContain('ai_fix_model_calls_in_flight{model="openai/a"} 2');
    expect(await metrics.text()).not.toContain('ai_fix_model_breaker{');
  });

  it('bear what is no number', async () => {
    const metrics = open();

    metrics.answered(call('openai/a', Number.NaN));

    expect(await metrics.text()).not.toContain('ai_fix_model_cost_usd_total{');
  });

  it('make no more time series than they were given, whatever models and tools are called', async () => {
    const metrics = open();

    for (let n = 0; n < 300; n++) metrics.answered(call(`x/${n}`, 0.1, `tool-${n}`));

    const text = await metrics.text();
    expect(text.match(/^ai_fix_model_cost_usd_total\{/gm)).toHaveLength(61 - 1 + 0);
    expect(text).toContain('ai_fix_model_cost_usd_total{model="other"}');
    expect(text).toContain('ai_fix_tool_calls_total{tool="other",result="error"}');
  });

  it('name this version and the process, and every metric that is defined', async () => {
    const text = await open().text();

    expect(text).toContain(`ai_fix_build_info{version="1.2.3",node="${process.versions.node}"} 1`);
    expect(text).toContain('process_resident_memory_bytes');
    for (const name of Object.keys(metricDefinitions)) expect(text).toContain(`# HELP ${name} `);
  });
});

describe('a bounded label', () => {
  it('keeps the first names, and takes all after them together', () => {
    const label = boundedLabels(2);

    expect(['a', 'b', 'a', 'c', 'b', 'd'].map(label)).toEqual(['a', 'b', 'a', 'other', 'b', 'other']);
  });

  it("is no way to write lines of one's own", () => {
    expect(boundedLabels(9)('a"} 1\nb{c="')).toBe('a___1_b_c__');
  });
});
