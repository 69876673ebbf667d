import type { ModelRequest } from '../ports/model.ts';

/** Prose in English; code and other scripts take more tokens for their bytes, so what is too long by this surely is. */
const mostBytesPerToken = 4;
/** Dense code: what is left by this is there. */
const leastBytesPerToken = 2.5;

/** With less than this nothing useful can be written. */
const leastOutputTokens = 1_500;

/**
 * Whether a model can take a request, with room to answer. Only what surely is too long is refused: where the context is
 * unknown, or the text near its end, the provider decides.
 *
 * @param contextTokens what the model reads and writes together; null where nobody knows
 */
export const fits = (contextTokens: number | null, request: ModelRequest): boolean =>
  contextTokens === null ||
  contextTokens - bytesOf(request) / mostBytesPerToken >= Math.min(leastOutputTokens, request.maxOutputTokens);

/** The request, asking for no more to be written than the context has room for beside what is read. */
export function withinContext(contextTokens: number | null, request: ModelRequest): ModelRequest {
  if (contextTokens === null) return request;
  const sureRoom = Math.floor(contextTokens - bytesOf(request) / leastBytesPerToken);
  const maxOutputTokens = Math.min(request.maxOutputTokens, Math.max(leastOutputTokens, sureRoom));
  return maxOutputTokens === request.maxOutputTokens ? request : { ...request, maxOutputTokens };
}

const bytesOf = ({ system, tools, messages }: ModelRequest): number =>
  Buffer.byteLength(system) + Buffer.byteLength(JSON.stringify(tools)) + Buffer.byteLength(JSON.stringify(messages));
