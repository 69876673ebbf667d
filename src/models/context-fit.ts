import type { ModelRequest } from '../ports/model.ts';

/** Fewer than any tokenizer makes of code, so that no model is passed over that could have answered. */
const mostBytesPerToken = 5;

/** Whether a model of this context can hold a request with its whole answer. One that nobody knows may. */
export function mayHold(contextTokens: number | null, request: ModelRequest): boolean {
  if (contextTokens === null) return true;
  const { system, messages, tools, maxOutputTokens } = request;
  const bytes = Buffer.byteLength(system) + Buffer.byteLength(JSON.stringify([messages.map(withoutReasoning), tools]));
  return bytes / mostBytesPerToken + maxOutputTokens <= contextTokens;
}

/** It may not travel at all, and where it does it is short beside what it came to. */
function withoutReasoning(message: ModelRequest['messages'][number]): object {
  if (message.from !== 'model') return message;
  const { reasoning: _reasoning, ...said } = message;
  return said;
}
