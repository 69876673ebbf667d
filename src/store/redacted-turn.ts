import type { Redactor } from '../domain/redact.ts';
import type { FailedCall } from '../domain/turn-trace.ts';
import type { PaidTurn } from '../ports/stores.ts';

/**
 * A turn as it may be kept: without the secrets that a model said or a tool found.
 *
 * The overlay stays exact, since a resumed conversation goes on writing from it; what it holds is judged before it is
 * pushed. Ids stay too: results are matched to calls by them. Reasoning is signed, so it is kept as it came or, where it
 * quotes a secret, not at all: the provider would refuse it with a word changed, and takes the turn without it.
 */
export function redactedTurn(turn: PaidTurn, redactor: Redactor): PaidTurn {
  const { results } = turn;
  const { reasoning, ...reply } = turn.reply;
  return {
    ...turn,
    reply: {
      ...reply,
      ...(reasoning !== undefined && holdsNoSecret(reasoning.parts, redactor) && { reasoning }),
      text: redactor.redact(reply.text),
      toolCalls: reply.toolCalls.map((call) => ({
        ...call,
        argumentsJson: redactedJson(call.argumentsJson, redactor),
      })),
      ...(reply.passedOver !== undefined && {
        passedOver: reply.passedOver.map(({ modelId, reason }) => ({ modelId, reason: redactor.redact(reason) })),
      }),
    },
    results: results.map((result) => ({
      ...result,
      output: redactor.redact(result.output),
      ...(result.note !== undefined && { note: redactor.redact(result.note) }),
    })),
  };
}

const holdsNoSecret = (parts: readonly unknown[], redactor: Redactor): boolean =>
  JSON.stringify(redactedParts(parts, redactor)) === JSON.stringify(parts);

const longestReason = 500;
const mostPassedOver = 20;

/** What a provider said of a call that failed may quote the key it was asked with. */
export const redactedFault = (fault: FailedCall, redactor: Redactor): FailedCall => ({
  ...fault,
  modelId: redactor.redact(fault.modelId),
  reason: shortReason(fault.reason, redactor),
  passedOver: fault.passedOver
    .slice(0, mostPassedOver)
    .map(({ modelId, reason }) => ({ modelId: redactor.redact(modelId), reason: shortReason(reason, redactor) })),
});

const shortReason = (reason: string, redactor: Redactor): string =>
  redactor.redact(reason).slice(0, longestReason).toWellFormed().replaceAll('\0', '\ufffd');

/** Inside the strings, so that it stays JSON; as it stands where the model wrote none or nests it without end. */
function redactedJson(text: string, redactor: Redactor): string {
  try {
    const value: unknown = JSON.parse(text);
    const redacted = JSON.stringify(redactedParts(value, redactor));
    return redacted === JSON.stringify(value) ? text : redacted;
  } catch {
    return redactor.redact(text);
  }
}

function redactedParts(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.redact(value);
  if (Array.isArray(value)) return value.map((part) => redactedParts(part, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [redactor.redact(name), redactedParts(part, redactor)]),
  );
}
