import type { Selectable } from 'kysely';
import type { Attempt } from '../domain/attempt.ts';
import { cachedPercent, type Spending } from '../domain/budget.ts';
import type { PassedOver } from '../domain/conversation.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { changedPaths } from '../domain/overlay.ts';
import { type LineOf, traceVersion } from '../domain/trace-line.ts';
import type { CallTrace, PromptOrigin } from '../domain/turn-trace.ts';
import type { PaidTurn } from '../ports/stores.ts';
import { partName } from './drop-texts.ts';
import type { Schema } from './schema.ts';

/** Rows as lines of a trace. */

/** All but the texts. */
export const numberColumns = [
  'fix_id',
  'role',
  'part',
  'index',
  'asked',
  'asked_at',
  'answered_at',
  'model_id',
  'passed_over',
  'prompt',
  'parameters',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'is_estimated',
  'cost_usd',
  'latency_ms',
  'first_token_ms',
  'stop',
  'input_digest',
  'input_bytes',
  'output_digest',
  'calls',
  'texts_dropped_at',
] as const;

type FixRow = Pick<
  Selectable<Schema['fixes']>,
  'texts_dropped_at' | 'pull_request_number' | 'issue_number' | 'repository'
>;
type TurnRow = Pick<Selectable<Schema['turns']>, (typeof numberColumns)[number]>;

export const fixLine = (fix: Fix, row: FixRow, spending: Spending): LineOf<'fix'> => ({
  type: 'fix',
  version: traceVersion,
  at: new Date(fix.createdAtMs).toISOString(),
  fix: fix.id,
  repository: row.repository,
  issue: row.issue_number,
  pullRequest: row.pull_request_number,
  state: fix.state,
  usd: spending.usd,
  hasUnknownPrice: spending.hasUnknownPrice,
  possibleUsd: spending.possible?.usd ?? 0,
  cachedPercent: cachedPercent(spending),
  texts: row.texts_dropped_at === null ? 'kept' : 'dropped',
});

/** What of an event says where the work stands, and holds nobody's words. */
const plainFacts = [
  'attempt',
  'number',
  'verdict',
  'runId',
  'limit',
  'of',
  'by',
  'gate',
  'digest',
  'document',
  'waitingFor',
  'retryInMs',
  'remainingMs',
  'isUnproven',
  'isShare',
] as const;
const longestFact = 100;

export function eventLine(row: Selectable<Schema['events']>, withBody: boolean): LineOf<'event'> {
  const body = row.body as unknown as Record<string, unknown>;
  const candidate = (body.candidate ?? {}) as { sha?: unknown; runId?: unknown };
  const all = { ...body, ...(candidate.sha === undefined ? {} : { sha: candidate.sha, runId: candidate.runId }) };
  const facts = Object.entries(all).filter(
    ([name, value]) =>
      ((plainFacts as readonly string[]).includes(name) || name === 'sha') &&
      (typeof value === 'number' ||
        typeof value === 'boolean' ||
        (typeof value === 'string' && value.length <= longestFact)),
  );
  return {
    type: 'event',
    at: row.at.toISOString(),
    sequence: row.sequence,
    event: row.type,
    advanced: row.did_advance,
    facts: Object.fromEntries(facts) as LineOf<'event'>['facts'],
    ...(withBody ? { body } : {}),
  };
}

type Texts = PaidTurn | 'unreadable' | null;

export function callLine(row: TurnRow, texts: Texts): LineOf<'call'> {
  const [inputTokens, cachedInputTokens] = [Number(row.input_tokens), Number(row.cached_input_tokens)];
  return {
    type: 'call',
    at: row.asked_at.toISOString(),
    ...conversationOf(row),
    asked: row.asked,
    status: row.answered_at === null ? 'unanswered' : 'answered',
    model: row.model_id,
    passedOver: (row.passed_over ?? []) as PassedOver[],
    prompt: row.prompt as PromptOrigin | null,
    parameters: (row.parameters ?? {}) as LineOf<'call'>['parameters'],
    tokens: {
      input: inputTokens,
      cached: cachedInputTokens,
      cacheWrite: Number(row.cache_write_tokens),
      output: Number(row.output_tokens),
      reasoning: Number(row.reasoning_tokens),
      isEstimated: row.is_estimated,
    },
    cachedPercent: inputTokens === 0 ? null : Math.round((100 * cachedInputTokens) / inputTokens),
    usd: row.answered_at === null ? null : row.cost_usd,
    latencyMs: row.latency_ms,
    firstTokenMs: row.first_token_ms,
    stop: row.stop,
    inputDigest: row.input_digest,
    inputBytes: row.input_bytes === null ? null : Number(row.input_bytes),
    outputDigest: row.output_digest,
    texts: textsState(row, texts),
    ...(isRead(texts) ? { text: texts.reply.text } : {}),
  };
}

function textsState(row: TurnRow, texts: Texts): LineOf<'call'>['texts'] {
  if (row.texts_dropped_at !== null) return 'dropped';
  if (texts === 'unreadable') return 'unreadable';
  return row.answered_at === null ? 'none' : 'kept';
}

const isRead = (texts: Texts): texts is PaidTurn => texts !== null && texts !== 'unreadable';

export function toolLines(row: TurnRow, texts: Texts): LineOf<'tool'>[] {
  const calls = (row.calls ?? []) as unknown as readonly CallTrace[];
  return calls.map((call, index) => {
    const said = isRead(texts) ? texts.reply.toolCalls[index] : undefined;
    const result = isRead(texts) ? texts.results[index] : undefined;
    return {
      type: 'tool',
      at: (row.answered_at ?? row.asked_at).toISOString(),
      ...conversationOf(row),
      call: index,
      ...call,
      ...(said === undefined ? {} : { arguments: said.argumentsJson }),
      ...(result === undefined ? {} : { output: result.output }),
    };
  });
}

export const faultLine = (row: Selectable<Schema['failed_calls']>, part: string): LineOf<'fault'> => ({
  type: 'fault',
  at: row.at.toISOString(),
  role: row.role,
  part,
  turn: row.index,
  asked: row.asked,
  model: row.model_id,
  fault: row.fault,
  status: row.status,
  reason: row.reason,
  passedOver: (row.passed_over ?? []) as PassedOver[],
  prompt: row.prompt as PromptOrigin | null,
  inputDigest: row.input_digest,
  inputBytes: Number(row.input_bytes),
  latencyMs: row.latency_ms,
});

/** @param attempt null where it cannot be decrypted. */
export const attemptLine = (
  number: number,
  at: Date | null,
  attempt: Attempt | null,
  withBody: boolean,
): LineOf<'attempt'> => ({
  type: 'attempt',
  at: at?.toISOString() ?? null,
  number,
  status: attempt?.status ?? 'unknown',
  files: attempt === null ? null : changedPaths(attempt.overlay).length,
  candidate: attempt?.candidate ?? null,
  verdict: attempt?.verdict?.kind ?? null,
  failed: attempt?.verdict?.failed ?? null,
  texts: attempt === null ? 'unreadable' : 'kept',
  ...(withBody && attempt !== null ? { body: attempt } : {}),
});

const conversationOf = ({ role, part, index }: { role: string; part: string; index: number }) => ({
  role,
  part: partName(part),
  turn: index,
});
