import type { Effort } from '../domain/conversation.ts';

/**
 * How a provider is talked with.
 *
 * - `anthropic`: Anthropic's Messages.
 * - `openai-chat`: OpenAI's Chat Completions, which nearly everybody else speaks too.
 * - `openai-responses`: OpenAI's Responses.
 * - `openai`: the one of OpenAI's two that fits the model (`openai-api.ts`), and the other where it is refused.
 */
export const protocols = ['anthropic', 'openai-chat', 'openai-responses', 'openai'] as const;
export type Protocol = (typeof protocols)[number];

/**
 * How servers that speak OpenAI's Chat Completions differ. A row of a provider names only what is not the default; what
 * a server refuses in words that name the parameter is done otherwise from then on, whatever stands here (`lessons.ts`).
 * What only some models of a provider need stands in `model-quirks.ts`. Strict schemas differ too; we ask for none.
 */
export interface Quirks {
  /**
   * OpenAI's reasoning models refuse `max_tokens`; most others know nothing else. Where the first is refused, the other
   * is tried (https://developers.openai.com/api/docs/api-reference/chat/create).
   */
  readonly outputLimit: 'max_completion_tokens' | 'max_tokens';
  /** `first-message`: the model's template has no system role, so its text stands at the head of the first user message. */
  readonly system: 'system' | 'first-message';
  /** False: the server is told to ask for one call at a time, and a conversation is handed to it that way. */
  readonly parallelCalls: boolean;
  /**
   * Where there is but one tool, a reply without a call of it is worth nothing: `tool_choice: required` says so. False
   * where it is not known (Ollama), where models that think refuse it
   * (https://github.com/deepseek-ai/DeepSeek-V3/issues/1376), or where prose in place of the call is then an error
   * (Groq), of which a reminder would have made a call.
   */
  readonly forcesTools: boolean;
  /** Whether texts are marked for the cache (`cache-marks.ts`); others refuse the mark or pass it over. */
  readonly cacheMarks: boolean;
  /**
   * Whether usage comes in a stream: only if `stream_options.include_usage` asks for it (OpenAI, vLLM, llama.cpp,
   * LM Studio, Ollama), or unasked (Mistral, which answers 422 to the question:
   * https://github.com/vybestack/llxprt-code/issues/114). Where it does not come, it is bounded by length.
   */
  readonly usage: 'on-request' | 'unasked';
  /** Mistral takes nothing but nine letters and digits (https://github.com/vercel/ai/issues/11802). */
  readonly callIds: 'any' | 'nine-letters';
  /**
   * Models behind local servers without a parser for reasoning write it into the text, as `<think>…</think>` at its
   * begin, or with the first tag in the template already. It is cut out and never shown. Reasoning in the fields
   * `reasoning_content` (DeepSeek, vLLM, llama.cpp, xAI) and `reasoning` (OpenRouter, Groq, Ollama, newer vLLM) is
   * known everywhere.
   */
  readonly thinksInText: boolean;
  /**
   * What of its own reasoning a model gets back with the turn it belongs to.
   *
   * - `nothing`: it is dropped. The default; some refuse what they do not know.
   * - `reasoning_content`: DeepSeek answers 400 where a turn with tool calls comes back without it, were it empty
   *   (https://api-docs.deepseek.com/guides/thinking_mode,
   *   https://github.com/deepseek-ai/deepseek-harness/discussions/739).
   * - `reasoning_details`: OpenRouter, as it came (https://openrouter.ai/docs/use-cases/reasoning-tokens).
   * - `thought_signature`: Gemini, in `extra_content.google` of the calls. A call of another model gets the word that
   *   Google keeps for histories without one (https://ai.google.dev/gemini-api/docs/thought-signatures).
   */
  readonly reasoningBack: 'nothing' | 'reasoning_content' | 'reasoning_details' | 'thought_signature';
  /**
   * Where the effort is told.
   *
   * - `reasoning_effort`: OpenAI, Azure, Gemini, xAI, Groq, Mistral, Ollama, LM Studio.
   * - `reasoning`: OpenRouter, as `{ effort }`.
   * - `thinking`: DeepSeek, `thinking: { type }` beside `reasoning_effort`.
   * - `template`: vLLM and llama.cpp, `chat_template_kwargs: { enable_thinking }`: on or off, no more.
   * - `untold`: nowhere.
   */
  readonly effort: 'reasoning_effort' | 'reasoning' | 'thinking' | 'template' | 'untold';
  /** The server's word for an effort, where it is not ours; null where it has none: the effort is then left untold. */
  readonly effortWords: Partial<Readonly<Record<Effort, string | null>>>;
  /** `api-key`: Azure OpenAI (https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle). */
  readonly keyHeader: 'authorization' | 'api-key';
  /** Whether `prompt_cache_key` is known; others refuse or ignore what OpenAI added to its protocol. */
  readonly cacheKey: boolean;
  /**
   * `without-tools`: where a stream loses or tears tool calls, requests with tools are asked for in one piece. A server
   * that refuses to stream (400 naming it) is found out by asking.
   */
  readonly streams: 'always' | 'without-tools' | 'never';
}

/** What a server is taken for of which nothing is known but that it is compatible. */
export const compatibleQuirks: Quirks = {
  outputLimit: 'max_completion_tokens',
  system: 'system',
  parallelCalls: true,
  forcesTools: false,
  cacheMarks: false,
  usage: 'on-request',
  callIds: 'any',
  thinksInText: true,
  reasoningBack: 'nothing',
  effort: 'reasoning_effort',
  effortWords: { max: 'high' },
  keyHeader: 'authorization',
  cacheKey: false,
  streams: 'always',
};

/** OpenAI itself. */
export const openAiQuirks: Quirks = {
  ...compatibleQuirks,
  forcesTools: true,
  thinksInText: false,
  effortWords: {},
  cacheKey: true,
};
