import type { Refusal } from './refusals.ts';

/** OpenAI's two ways to be asked. */
export type OpenAiApi = 'chat' | 'responses';

/** Models that do not reason, by their names; every other, and every new one, does. */
const withoutReasoning = [
  /^gpt-3\.5/,
  /^gpt-4/,
  /^chatgpt-/,
  // The chat variants of later ones, `gpt-5-chat-latest` and `gpt-5.2-chat-latest`.
  /^gpt-[\d.]+-chat/,
  // The only two of their line that Responses does not know.
  /^o1-(mini|preview)/,
];

/**
 * Over Responses a reasoning model may call tools and think at once, and gets its thoughts back; over Chat Completions it
 * calls them with reasoning off at best (https://developers.openai.com/api/docs/guides/migrate-to-responses). Fine-tuned
 * models are what they were tuned from.
 */
export function apiOf(model: string): OpenAiApi {
  const name = model.replace(/^ft:/, '');
  return withoutReasoning.some((pattern) => pattern.test(name)) ? 'chat' : 'responses';
}

/**
 * Whether a refusal says that the model is asked elsewhere, in sentences like "This model is only supported in
 * v1/responses and not in v1/chat/completions", or that the address has no such API at all.
 */
export function isForOther(api: OpenAiApi, refusal: Refusal): boolean {
  const message = refusal.message.toLowerCase();
  const namesOther =
    api === 'chat' ? /\bresponses\b/.test(message) : /chat\/completions|chat completions/.test(message);
  const hasNoApi = refusal.status === 404 || refusal.status === 405 || refusal.status === 501;
  const isAboutModel = /\bmodel\b.*(not exist|not found|do not have access)/.test(message);
  return namesOther || (hasNoApi && api === 'responses' && !isAboutModel);
}
