/** Every metric of `/metrics` but those of the process; the docs' table is written from this. */

export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

const callSeconds = [0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320];
const burstSeconds = [1, 5, 15, 60, 180, 600, 1_800];
const webhookSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const metricDefinitions = {
  ai_fix_build_info: { kind: 'gauge', help: 'Always 1; which version this process runs.', labels: ['version', 'node'] },
  ai_fix_database_up: {
    kind: 'gauge',
    help: 'Whether the database answered when the gauges below were counted. Where it did not, they are left out.',
    labels: [],
  },
  ai_fix_fixes: {
    kind: 'gauge',
    help: 'Fixes by state. From the database: the same on every replica.',
    labels: ['state'],
  },
  ai_fix_bursts_queued: {
    kind: 'gauge',
    help: 'Bursts that are wanted or running. From the database.',
    labels: ['state'],
  },
  ai_fix_deliveries_unsettled: {
    kind: 'gauge',
    help: 'Webhooks that were taken and are not worked off. From the database.',
    labels: [],
  },
  ai_fix_oldest_delivery_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest webhook that is not worked off. From the database.',
    labels: [],
  },
  ai_fix_verdicts_total: { kind: 'counter', help: 'Verdicts of validation runs.', labels: ['verdict'] },
  ai_fix_outages_total: { kind: 'counter', help: 'Times that a fix had to wait for an outage.', labels: ['of'] },
  ai_fix_bursts_total: { kind: 'counter', help: 'Bursts that ended, by the event they ended with.', labels: ['event'] },
  ai_fix_burst_seconds: {
    kind: 'histogram',
    help: 'How long bursts worked in this process.',
    labels: ['kind'],
    buckets: burstSeconds,
  },
  ai_fix_model_tokens_total: {
    kind: 'counter',
    help: 'Tokens by class: input (the cached ones left out), cached, cache_write, output, reasoning (part of output).',
    labels: ['model', 'class'],
  },
  ai_fix_model_cost_usd_total: {
    kind: 'counter',
    help: 'What replies cost, where the price is known.',
    labels: ['model'],
  },
  ai_fix_model_unpriced_replies_total: {
    kind: 'counter',
    help: 'Replies whose price nobody knows: the cost above holds nothing of them.',
    labels: ['model'],
  },
  ai_fix_model_call_seconds: {
    kind: 'histogram',
    help: 'From the question to the end of the reply, retries and models passed over included.',
    labels: ['model'],
    buckets: callSeconds,
  },
  ai_fix_model_first_token_seconds: {
    kind: 'histogram',
    help: 'From the question to the first token, where the provider streams.',
    labels: ['model'],
    buckets: callSeconds,
  },
  ai_fix_model_questions_total: {
    kind: 'counter',
    help: 'Questions by how they ended: answered, failed (nobody of the chain answered), stopped. All three from the start.',
    labels: ['result'],
  },
  ai_fix_model_faults_total: {
    kind: 'counter',
    help: 'Questions that nobody of the chain answered, by the last model and its class of fault.',
    labels: ['model', 'fault'],
  },
  ai_fix_model_passed_over_total: {
    kind: 'counter',
    help: 'Times that a model of a chain did not answer, or was not even asked.',
    labels: ['model'],
  },
  ai_fix_model_breaker: {
    kind: 'gauge',
    help: '1 for the state that the circuit breaker of a model is in, in this process.',
    labels: ['model', 'state'],
  },
  ai_fix_model_calls_in_flight: { kind: 'gauge', help: 'Calls under way in this process.', labels: ['model'] },
  ai_fix_model_calls_queued: { kind: 'gauge', help: 'Calls that wait in line in this process.', labels: ['model'] },
  ai_fix_tool_calls_total: { kind: 'counter', help: 'Tool calls of models.', labels: ['tool', 'result'] },
  ai_fix_webhook_seconds: {
    kind: 'histogram',
    help: 'From the head of a webhook to its answer, by status code.',
    labels: ['status'],
    buckets: webhookSeconds,
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricDefinitions;
