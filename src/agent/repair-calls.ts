import type { ModelReply, ToolCall } from '../domain/conversation.ts';
import { jsonObject } from '../domain/json-object.ts';
import { longestSeen, repairedArguments } from './repair-arguments.ts';

/**
 * The calls of a reply, with the arguments repaired that are no JSON object but plainly stand for one. Nothing is repaired
 * in a reply that the output limit cut: what is missing there is not a comma. One reply gets as much of it as one call:
 * nothing else runs meanwhile, and the reply is paid but not recorded yet.
 */
export function repairedCalls({ toolCalls, stop }: Pick<ModelReply, 'toolCalls' | 'stop'>): readonly ToolCall[] {
  if (stop === 'length') return toolCalls;
  let seen = 0;
  return toolCalls.map((call) => {
    if (call.argumentsJson.trim() === '' || jsonObject(call.argumentsJson) !== null) return call;
    seen += call.argumentsJson.length;
    const argumentsJson = seen > longestSeen ? null : repairedArguments(call.argumentsJson);
    return argumentsJson === null ? call : { ...call, argumentsJson, isRepaired: true };
  });
}

/** Told behind the results, so that the model knows what was run; null where nothing was repaired. */
export function repairedNote(calls: readonly ToolCall[]): string | null {
  const places = calls.flatMap((call, index) => (call.isRepaired === true ? [index + 1] : []));
  if (places.length === 0) return null;
  const which = places.length === 1 ? `call ${places[0]}` : `calls ${places.join(', ')}`;
  return `[the arguments of ${which} were no valid JSON; they were read as the object they plainly stood for. Write plain JSON: double quotes, no trailing commas, nothing around it]`;
}
