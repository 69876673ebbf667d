import { z } from 'zod';
import type { Message, ToolCall } from '../domain/conversation.ts';

/** What a model gave out in one turn, in its order. */
export type TurnPart =
  | { readonly kind: 'reasoning'; readonly part: unknown }
  /** `phase`: the provider's own word for whether more was to follow, where it has one. */
  | { readonly kind: 'text'; readonly text: string; readonly phase?: string }
  | { readonly kind: 'call'; readonly call: ToolCall };

type ModelMessage = Extract<Message, { from: 'model' }>;

/** Stands in kept reasoning for what a message holds elsewhere, so that the order can be told again. */
const markSchema = z.union([
  z.object({ kept: z.literal('text'), length: z.number(), phase: z.string().optional() }),
  z.object({ kept: z.literal('call') }),
]);

/**
 * The reasoning of a turn as it is kept: the provider's parts, and between them marks for text and calls, where a model
 * thought on after it had begun to answer. Providers want each thought back before what followed from it. A text of a
 * phase is marked too, though nothing was thought.
 */
export function keptReasoning(turn: readonly TurnPart[]): unknown[] {
  const hasPhase = (part: TurnPart) => part.kind === 'text' && part.phase !== undefined;
  const last = turn.findLastIndex((part) => part.kind === 'reasoning' || hasPhase(part));
  const firstAnswer = turn.findIndex(({ kind }) => kind !== 'reasoning');
  const isPlain = firstAnswer < 0 || last < firstAnswer;
  return turn.slice(0, last + 1).flatMap((part): unknown[] => {
    if (part.kind === 'reasoning') return [part.part];
    if (isPlain) return [];
    if (part.kind === 'call') return [{ kept: 'call' }];
    const { text, phase } = part;
    return [{ kept: 'text', length: text.length, ...(phase !== undefined && { phase }) }];
  });
}

/** The turn in its order again; thoughts first where text or calls are no longer what they were (redacted, cut). */
export function turnInOrder({ text, toolCalls }: ModelMessage, kept: readonly unknown[]): TurnPart[] {
  const answer = (from: number, call: number): TurnPart[] => [
    ...(text.length > from ? [{ kind: 'text' as const, text: text.slice(from) }] : []),
    ...toolCalls.slice(call).map((one) => ({ kind: 'call' as const, call: one })),
  ];
  const parts: TurnPart[] = [];
  let written = 0;
  let called = 0;
  for (const one of kept) {
    const mark = markSchema.safeParse(one);
    if (!mark.success) {
      parts.push({ kind: 'reasoning', part: one });
    } else if (mark.data.kept === 'text') {
      const { length, phase } = mark.data;
      parts.push({ kind: 'text', text: text.slice(written, written + length), ...(phase !== undefined && { phase }) });
      written += length;
    } else {
      const call = toolCalls[called];
      if (call !== undefined) parts.push({ kind: 'call', call });
      called += 1;
    }
  }
  if (written <= text.length && called <= toolCalls.length) return [...parts, ...answer(written, called)];
  return [...parts.filter(({ kind }) => kind === 'reasoning'), ...answer(0, 0)];
}
