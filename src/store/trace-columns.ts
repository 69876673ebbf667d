import type { Redactor } from '../domain/redact.ts';
import type { CallTrace, TurnTrace } from '../domain/turn-trace.ts';
import type { PaidTurn } from '../ports/stores.ts';
import { toJson, toText } from './database.ts';

const longestName = 80;
const mostPassedOver = 20;

/** The columns of a turn that outlive its texts. What a model or a provider named is redacted and cut. */
export function traceColumns({ reply }: PaidTurn, trace: TurnTrace | undefined, redactor: Redactor) {
  const name = (text: string): string => toText(redactor.redact(text).slice(0, longestName));
  const calls = trace?.calls.map((call): CallTrace => ({ ...call, name: name(call.name) }));
  const passedOver = reply.passedOver
    ?.slice(0, mostPassedOver)
    .map(({ modelId, reason }) => ({ modelId: name(modelId), reason: redactor.redact(reason).slice(0, 300) }));
  return {
    stop: reply.stop,
    reasoning_tokens: String(reply.usage.reasoningTokens ?? 0),
    is_estimated: reply.usage.isEstimated ?? false,
    passed_over: passedOver === undefined ? null : toJson(passedOver),
    ...(trace === undefined
      ? {}
      : {
          prompt: trace.prompt === null ? null : toJson(trace.prompt),
          parameters: toJson(trace.parameters),
          input_digest: trace.inputDigest,
          input_bytes: String(trace.inputBytes),
          output_digest: trace.outputDigest,
          latency_ms: trace.latencyMs,
          first_token_ms: trace.firstTokenMs,
          calls: toJson(calls),
        }),
  };
}
