import type { ModelReply, ToolCall } from '../domain/conversation.ts';
import { repairedArguments } from './repair-arguments.ts';

/**
 * The calls of a reply, with the arguments repaired that are no JSON object but plainly stand for one. Nothing is repaired
 * in a reply that the output limit cut: what is missing there is not a comma.
 */
export function repairedCalls({ toolCalls, stop }: Pick<ModelReply, 'toolCalls' | 'stop'>): readonly ToolCall[] {
  return stop === 'length' ? toolCalls : toolCalls.map(repairedCall);
}

function repairedCall(call: ToolCall): ToolCall {
  if (call.argumentsJson.trim() === '' || isObject(call.argumentsJson)) return call;
  const argumentsJson = repairedArguments(call.argumentsJson);
  return argumentsJson === null ? call : { ...call, argumentsJson, isRepaired: true };
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Told behind the results, so that the model knows what was run; null where nothing was repaired. */
export function repairedNote(calls: readonly ToolCall[]): string | null {
  const places = calls.flatMap((call, index) => (call.isRepaired === true ? [index + 1] : []));
  if (places.length === 0) return null;
  const which = places.length === 1 ? `call ${places[0]}` : `calls ${places.join(', ')}`;
  return `[the arguments of ${which} were no valid JSON; they were read as the object they plainly stood for. Write plain JSON: double quotes, no trailing commas, nothing around it]`;
}
