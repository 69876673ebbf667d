import { applyChanges } from '../../../src/agent/overlay-changes.ts';
import type { ToolCall } from '../../../src/domain/conversation.ts';
import { changedPaths, type Overlay } from '../../../src/domain/overlay.ts';
import type { PaidTurn } from '../../../src/ports/stores.ts';
import type { Prompt } from '../../../src/prompts/render.ts';

/** A conversation that is over, with all that a judge needs to know of it. */
export interface Held {
  readonly prompt: Pick<Prompt, 'name' | 'version' | 'source'>;
  readonly turns: readonly PaidTurn[];
  /** The tools that the model was shown, finishing ones among them. */
  readonly tools: readonly string[];
  readonly finishes: readonly string[];
  readonly base: Readonly<Record<string, string>>;
  /** The edits that were in place when it began. */
  readonly start: Overlay;
}

export interface DoneCall extends ToolCall {
  readonly turn: number;
  readonly isError: boolean;
  readonly output: string;
  /** Null where they are none. */
  readonly args: Readonly<Record<string, unknown>> | null;
}

/** Every call with what came of it, in order. */
export const callsOf = ({ turns }: Held): readonly DoneCall[] =>
  turns.flatMap(({ index, reply, results }) =>
    reply.toolCalls.map((call, at) => ({
      ...call,
      turn: index,
      isError: results[at]?.isError ?? true,
      output: results[at]?.output ?? '',
      args: argumentsOf(call.argumentsJson),
    })),
  );

function argumentsOf(json: string): DoneCall['args'] {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** The call that ended it; null where none was accepted. */
export const finishOf = (held: Held): DoneCall | null =>
  callsOf(held).findLast(({ name, isError }) => held.finishes.includes(name) && !isError) ?? null;

export const endOf = ({ turns, start }: Held): Overlay =>
  turns.reduce((overlay, turn) => applyChanges(overlay, turn.overlayChanges), start);

/** A file with these edits; null where there is none. */
export function textIn(base: Held['base'], overlay: Overlay, path: string): string | null {
  const entry = overlay[path];
  if (entry !== undefined) return entry.kind === 'write' ? entry.text : null;
  return base[path] ?? null;
}

/** Paths that are not as they were when it began. */
export function touched(held: Held): readonly string[] {
  const end = endOf(held);
  return [...new Set([...changedPaths(end), ...changedPaths(held.start)])].filter(
    (path) => textIn(held.base, end, path) !== textIn(held.base, held.start, path),
  );
}

/** Paths that are not as in the repository. */
export function changed(held: Held): readonly string[] {
  const end = endOf(held);
  return changedPaths(end).filter((path) => textIn(held.base, end, path) !== (held.base[path] ?? null));
}
