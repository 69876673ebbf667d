import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Tally, Watcher } from '../ports/watcher.ts';
import { boundedLabels } from './bounded-labels.ts';
import { type MetricDefinition, type MetricName, metricDefinitions } from './metric-definitions.ts';

/** How a model is doing in this process. */
export interface CallHealth {
  readonly modelId: string;
  readonly state: string;
  readonly inFlight: number;
  readonly queued: number;
}

export interface MetricSources {
  readonly version: string;
  /** @throws when the database does not answer. */
  tally(): Promise<Tally>;
  health(): readonly CallHealth[];
}

export interface Metrics extends Watcher {
  webhookAnswered(status: number, tookMs: number): void;
  /** What `/metrics` shows. */
  text(): Promise<string>;
  readonly contentType: string;
}

const tallyKeepMs = 5_000;
const tallyDeadlineMs = 2_000;
const mostModels = 60;
const mostTools = 40;

/** Counts in this process, and asks the database for what is the same on all; with bounded labels, and no names of repositories. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metric = register(registry);
  const model = boundedLabels(mostModels);
  const tool = boundedLabels(mostTools);
  metric.set('ai_fix_build_info', 1, { version: sources.version, node: process.versions.node });
  // What is zero is shown too: a series that begins with its first fault has not grown, and no alert sees it.
  for (const result of ['answered', 'failed', 'stopped']) metric.add('ai_fix_model_questions_total', 0, { result });
  const tally = remembered(sources.tally);

  return {
    burst: async ({ kind }, work) => {
      const beganMs = performance.now();
      try {
        return await work();
      } finally {
        metric.observe('ai_fix_burst_seconds', seconds(performance.now() - beganMs), { kind });
      }
    },
    step: (_name, work) => work(),
    answered: ({ turn: { reply }, usd, trace }) => {
      metric.add('ai_fix_model_questions_total', 1, { result: 'answered' });
      const labels = { model: model(reply.modelId) };
      const { inputTokens, cachedInputTokens, cacheWriteTokens = 0, outputTokens, reasoningTokens = 0 } = reply.usage;
      const classes = {
        input: Math.max(0, inputTokens - cachedInputTokens),
        cached: cachedInputTokens,
        cache_write: cacheWriteTokens,
        output: outputTokens,
        reasoning: reasoningTokens,
      };
      for (const [name, count] of Object.entries(classes))
        metric.add('ai_fix_model_tokens_total', count, { ...labels, class: name });
      if (usd === null) metric.add('ai_fix_model_unpriced_replies_total', 1, labels);
      else metric.add('ai_fix_model_cost_usd_total', usd, labels);
      metric.observe('ai_fix_model_call_seconds', seconds(trace.latencyMs), labels);
      if (trace.firstTokenMs !== null)
        metric.observe('ai_fix_model_first_token_seconds', seconds(trace.firstTokenMs), labels);
      for (const { modelId } of reply.passedOver ?? [])
        metric.add('ai_fix_model_passed_over_total', 1, { model: model(modelId) });
      for (const { name, isError } of trace.calls)
        metric.add('ai_fix_tool_calls_total', 1, { tool: tool(name), result: isError ? 'error' : 'ok' });
    },
    failed: (_conversation, { modelId, fault, passedOver }) => {
      metric.add('ai_fix_model_questions_total', 1, { result: fault === 'stopped' ? 'stopped' : 'failed' });
      metric.add('ai_fix_model_faults_total', 1, { model: model(modelId), fault });
      for (const { modelId: other } of passedOver)
        metric.add('ai_fix_model_passed_over_total', 1, { model: model(other) });
    },
    happened: (event) => {
      metric.add('ai_fix_bursts_total', 1, { event: event.type });
      if (event.type === 'judged') metric.add('ai_fix_verdicts_total', 1, { verdict: event.verdict });
      if (event.type === 'outage') metric.add('ai_fix_outages_total', 1, { of: event.of });
    },
    webhookAnswered: (status, tookMs) =>
      metric.observe('ai_fix_webhook_seconds', seconds(tookMs), { status: String(status) }),
    text: async () => {
      showTally(metric, await tally());
      showHealth(metric, sources.health(), model);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

const seconds = (ms: number): number => ms / 1_000;

type Labels = Readonly<Record<string, string>>;

interface Register {
  add(name: MetricName, count: number, labels?: Labels): void;
  set(name: MetricName, value: number, labels?: Labels): void;
  observe(name: MetricName, value: number, labels?: Labels): void;
  clear(name: MetricName): void;
}

/** What is no number (a price of NaN) is left out: prom-client would throw. */
function register(registry: Registry): Register {
  const made = new Map(
    Object.entries(metricDefinitions as Readonly<Record<string, MetricDefinition>>).map(([name, definition]) => [
      name,
      make(registry, name, definition),
    ]),
  );
  const find = <Kind>(name: string, kind: new (...args: never[]) => Kind): Kind => {
    const metric = made.get(name);
    if (metric instanceof kind) return metric;
    throw new TypeError(`${name} is no ${kind.name}`);
  };
  return {
    add: (name, count, labels = {}) => {
      if (Number.isFinite(count) && count >= 0) find(name, Counter).inc(labels, count);
    },
    set: (name, value, labels = {}) => {
      if (Number.isFinite(value)) find(name, Gauge).set(labels, value);
    },
    observe: (name, value, labels = {}) => {
      if (Number.isFinite(value)) find(name, Histogram).observe(labels, value);
    },
    clear: (name) => find(name, Gauge).reset(),
  };
}

function make(registry: Registry, name: string, { kind, help, labels, buckets }: MetricDefinition) {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  switch (kind) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return new Gauge(options);
    case 'histogram':
      return new Histogram({ ...options, ...(buckets === undefined ? {} : { buckets: [...buckets] }) });
  }
}

const counted = [
  'ai_fix_fixes',
  'ai_fix_bursts_queued',
  'ai_fix_deliveries_unsettled',
  'ai_fix_oldest_delivery_seconds',
] as const;

/** A number that is old would look like one that is true. */
function showTally(metric: Register, tally: Tally | null): void {
  for (const name of counted) metric.clear(name);
  metric.set('ai_fix_database_up', tally === null ? 0 : 1);
  if (tally === null) return;
  for (const [state, count] of Object.entries(tally.fixes)) metric.set('ai_fix_fixes', count, { state });
  metric.set('ai_fix_bursts_queued', tally.burstsWanted, { state: 'wanted' });
  metric.set('ai_fix_bursts_queued', tally.burstsRunning, { state: 'running' });
  metric.set('ai_fix_deliveries_unsettled', tally.deliveriesUnsettled);
  metric.set('ai_fix_oldest_delivery_seconds', tally.oldestDeliverySeconds);
}

const breakerStates = ['closed', 'open', 'half-open'] as const;

function showHealth(metric: Register, health: readonly CallHealth[], nameOf: (model: string) => string): void {
  for (const name of ['ai_fix_model_breaker', 'ai_fix_model_calls_in_flight', 'ai_fix_model_calls_queued'] as const)
    metric.clear(name);
  for (const { modelId, state, inFlight, queued } of health) {
    const model = nameOf(modelId);
    for (const known of breakerStates)
      metric.set('ai_fix_model_breaker', known === state ? 1 : 0, { model, state: known });
    metric.set('ai_fix_model_calls_in_flight', inFlight, { model });
    metric.set('ai_fix_model_calls_queued', queued, { model });
  }
}

/** However often somebody asks, the database is asked every few seconds, and never waited for long; null when it does not answer. */
function remembered(ask: () => Promise<Tally>): () => Promise<Tally | null> {
  let known: { readonly answer: Promise<Tally | null>; readonly atMs: number } | null = null;
  return () => {
    const nowMs = performance.now();
    if (known !== null && nowMs - known.atMs < tallyKeepMs) return known.answer;
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), tallyDeadlineMs).unref());
    known = { answer: Promise.race([ask().catch(() => null), late]), atMs: nowMs };
    return known.answer;
  };
}
