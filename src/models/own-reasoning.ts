import type { Message, Reasoning } from '../domain/conversation.ts';

/**
 * The reasoning of a turn that may be handed back to this model: its own. Providers sign or encrypt it for one model;
 * after a failover, in either direction, what another thought is left out, and the turn stands as anybody could have
 * written it.
 */
export function ownReasoning(message: Message, modelId: string): readonly unknown[] | null {
  if (message.from !== 'model' || message.reasoning === undefined) return null;
  return familyOf(message.reasoning.modelId) === familyOf(modelId) ? message.reasoning.parts : null;
}

/** Snapshots of one model are one: `anthropic/claude-haiku-4-5-20251001`, `openai/gpt-5.4-2026-03-05`. */
const familyOf = (modelId: string): string => modelId.replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');

/**
 * Null where there is none, or where it holds what a database cannot keep: a reply that could not be recorded would be
 * bought again and again, and cut reasoning is refused.
 */
export function reasoningOf(modelId: string, parts: readonly unknown[]): Reasoning | null {
  if (parts.length === 0 || /\\u0000|\\ud[89a-f]/i.test(JSON.stringify(parts))) return null;
  return { modelId, parts };
}
