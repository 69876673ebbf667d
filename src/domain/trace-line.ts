import { z } from 'zod';

/**
 * One line of a trace, as `ai-fix trace` prints it. The schema is what the docs say of it: fields are only ever added,
 * and `version` of the first line is raised when one changes its meaning.
 */

export const traceVersion = 1;

const at = z.iso.datetime().describe('when, in UTC');
const whole = z.number().int().nonnegative();
const digest = z.string().describe('SHA-256, hexadecimal');

const conversation = {
  role: z.string().describe('architect, coder, fast, debugger or reviewer'),
  part: z.string().describe('which conversation of the role, for instance attempt-2'),
  turn: whole.describe('from 0'),
};

const prompt = z
  .object({ name: z.string(), version: whole, source: z.string().optional(), digest: z.string().optional() })
  .nullable()
  .describe("the template with its version; source says whether its words are ours or the repository's");

const passedOver = z
  .array(z.object({ modelId: z.string(), reason: z.string() }))
  .describe('models of the chain that were asked before, or not even asked, and why');

const fixLine = z.object({
  type: z.literal('fix'),
  version: z.literal(traceVersion),
  at: at.describe('when it began'),
  fix: z.string(),
  repository: z.string(),
  issue: whole.describe('0 where failing checks of a branch are the ticket'),
  pullRequest: whole.nullable(),
  state: z.string(),
  usd: z.number().describe('what it cost until now'),
  hasUnknownPrice: z.boolean().describe('true: usd is a lower bound'),
  possibleUsd: z.number().describe('what questions without an answer may have cost beside that'),
  cachedPercent: whole.nullable().describe('share of what was read that came from caches'),
  texts: z
    .enum(['kept', 'dropped'])
    .describe('dropped: those of its calls are gone; docs/telemetry.md lists what stays'),
});

const eventLine = z.object({
  type: z.literal('event'),
  at,
  sequence: whole,
  event: z.string().describe('its type; docs/architecture.md has the story'),
  advanced: z.boolean().describe('whether it meant something in the state it met'),
  facts: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .describe('numbers and names of it: attempt, verdict, runId, …'),
  body: z.unknown().optional().describe('the whole event, with --bodies'),
});

const callLine = z.object({
  type: z.literal('call'),
  at: at.describe('when it was asked the last time'),
  ...conversation,
  asked: whole.describe('how often: more than once after a fault or a killed process'),
  status: z.enum(['answered', 'unanswered']).describe('unanswered: under way, or lost with its process'),
  model: z.string().nullable(),
  passedOver,
  prompt,
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  tokens: z.object({
    input: whole.describe('the cached ones included'),
    cached: whole,
    cacheWrite: whole,
    output: whole.describe('the reasoning included'),
    reasoning: whole,
    isEstimated: z.boolean().describe('the provider counted nothing'),
  }),
  cachedPercent: whole.nullable(),
  usd: z.number().nullable().describe('null: nobody knows the price'),
  latencyMs: whole.nullable(),
  firstTokenMs: whole.nullable().describe('null where the provider does not stream'),
  stop: z.string().nullable().describe('end, tool-calls, length or refusal'),
  inputDigest: digest.nullable(),
  inputBytes: whole.nullable(),
  outputDigest: digest.nullable(),
  texts: z.enum(['kept', 'dropped', 'unreadable', 'none']).describe('unreadable: encrypted with a key that is not set'),
  text: z.string().optional().describe('what it said, redacted, with --bodies'),
});

const toolLine = z.object({
  type: z.literal('tool'),
  at,
  ...conversation,
  call: whole.describe('its place in the reply, from 0'),
  name: z.string(),
  isError: z.boolean(),
  tookMs: whole,
  argumentsDigest: digest,
  argumentsBytes: whole,
  outputDigest: digest,
  outputBytes: whole,
  arguments: z.string().optional().describe('as the model wrote them, redacted, with --bodies'),
  output: z.string().optional().describe('what the model was told, redacted, with --bodies'),
});

const faultLine = z.object({
  type: z.literal('fault'),
  at,
  ...conversation,
  asked: whole,
  model: z.string().describe('the last one of the chain that was asked'),
  fault: z
    .string()
    .describe('its class: rate-limited, overloaded, unreachable, timed-out, unauthorized, no-reply, stopped, …'),
  status: whole.nullable(),
  reason: z.string().describe('as the provider said it, redacted; empty once texts are dropped'),
  passedOver,
  prompt,
  inputDigest: digest,
  inputBytes: whole,
  latencyMs: whole,
});

const attemptLine = z.object({
  type: z.literal('attempt'),
  at: at.nullable().describe('when it began'),
  number: whole,
  status: z.string(),
  files: whole.nullable().describe('files that its patch changes'),
  candidate: z.string().nullable().describe('the commit that was validated'),
  verdict: z.string().nullable(),
  failed: whole.nullable().describe('tests and checks that failed'),
  texts: z.enum(['kept', 'unreadable']),
  body: z.unknown().optional().describe('the whole attempt, with --bodies'),
});

export const traceLineSchemas = {
  fix: fixLine,
  event: eventLine,
  call: callLine,
  tool: toolLine,
  fault: faultLine,
  attempt: attemptLine,
} as const;

export const traceLineSchema = z.discriminatedUnion('type', [
  fixLine,
  eventLine,
  callLine,
  toolLine,
  faultLine,
  attemptLine,
]);

export type TraceLine = z.infer<typeof traceLineSchema>;
export type LineOf<Type extends TraceLine['type']> = Extract<TraceLine, { type: Type }>;
