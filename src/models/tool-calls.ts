import type { ToolCall } from '../domain/conversation.ts';
import { jsonObject } from '../domain/json-object.ts';

/** A provider's tool call; some servers leave the id out, or use one twice. */
export interface LooseToolCall {
  readonly id?: string | null | undefined;
  readonly name: string;
  readonly argumentsJson: string;
}

/** Gives every call of one reply an id of its own; the same reply always gets the same ids. */
export function withUniqueIds(calls: readonly LooseToolCall[]): ToolCall[] {
  const taken = new Set<string>();
  const times = new Map<string, number>();
  return calls.map(({ id, name, argumentsJson }, index) => {
    const wanted = id?.toWellFormed() || `call-${index}`;
    let unique = wanted;
    let time = times.get(wanted) ?? 1;
    while (taken.has(unique)) {
      time += 1;
      unique = `${wanted}-${time}`;
    }
    times.set(wanted, time);
    taken.add(unique);
    return { id: unique, name: name.toWellFormed(), argumentsJson: argumentsJson.toWellFormed() };
  });
}

/**
 * A call's arguments as the object that providers insist on when they see their own turn again.
 *
 * Malformed ones go back under a name that says so: the model can then see what it wrote.
 */
export const argumentsObject = (argumentsJson: string): Record<string, unknown> =>
  jsonObject(argumentsJson || '{}') ?? { malformed_arguments: argumentsJson };
