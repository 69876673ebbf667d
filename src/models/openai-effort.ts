import type { Effort } from '../domain/conversation.ts';
import type { Quirks } from './quirks.ts';

/** What a request to Chat Completions says about reasoning. */
export type EffortForm = Readonly<Record<string, unknown>>;

/**
 * The nearest words of OpenAI's for an effort, the likeliest first: not every model knows every one
 * (https://developers.openai.com/api/docs/guides/reasoning).
 */
export const openAiWords: Readonly<Record<Effort, readonly string[]>> = {
  none: ['none', 'minimal', 'low'],
  low: ['low'],
  medium: ['medium'],
  high: ['high'],
  max: ['max', 'xhigh', 'high'],
};

/** The forms in which a server can be told how hard to think, the likeliest first; the last says nothing. */
export function effortForms(effort: Effort | undefined, quirks: Quirks): EffortForm[] {
  if (effort === undefined || quirks.effort === 'untold') return [{}];
  const own = quirks.effortWords[effort];
  if (own === null) return [{}];
  const words = own === undefined ? openAiWords[effort] : [own];
  switch (quirks.effort) {
    case 'reasoning_effort':
      return [...words.map((word) => ({ reasoning_effort: word })), {}];
    case 'reasoning':
      return [...words.map((word) => ({ reasoning: { effort: word } })), {}];
    case 'thinking':
      return effort === 'none'
        ? [{ thinking: { type: 'disabled' } }, {}]
        : [...words.map((word) => ({ thinking: { type: 'enabled' }, reasoning_effort: word })), {}];
    case 'template':
      return [{ chat_template_kwargs: { enable_thinking: effort !== 'none' } }, {}];
  }
}
