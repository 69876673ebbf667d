import type { Role } from '../domain/conversation.ts';
import { compatibleQuirks, openAiQuirks, type Protocol, type Quirks } from './quirks.ts';

/** Who sells models, as plain rows: a provider is known by adding one, and nothing else. */

export const providerNames = [
  'anthropic',
  'openai',
  'azure',
  'gemini',
  'xai',
  'mistral',
  'deepseek',
  'openrouter',
  'groq',
  'ollama',
  'vllm',
  'llama-cpp',
  'lm-studio',
  'openai-compatible',
] as const;
export type ProviderName = (typeof providerNames)[number];

export interface Provider {
  /** What stands before the slash of `provider/model`. */
  readonly name: ProviderName;
  readonly title: string;
  readonly protocol: Protocol;
  /** Null where only the admin knows it: then one of `addressVariables` must be set. */
  readonly baseUrl: string | null;
  readonly keyVariable: string;
  /** The first that is set holds. */
  readonly addressVariables: readonly [string, ...string[]];
  /** What belongs behind an address that names no path. */
  readonly path: string;
  /** The port of an address that names none, where the provider's own variable may leave it out. */
  readonly port?: number;
  /** What an address may look like, for whoever has to set one. */
  readonly example?: string;
  /** False: a server of one's own, which mostly wants none. */
  readonly isKeyNeeded: boolean;
  readonly quirks: Quirks;
  /**
   * - `marked`: we say what is to be cached.
   * - `by-itself`: what requests begin with alike is cached unasked.
   * - `varies`: as the model behind it does.
   */
  readonly caching: 'marked' | 'by-itself' | 'varies';
  /** The provider's name in the price registry; null where nobody sells anything. */
  readonly registryId: string | null;
  /** Null where the models are the admin's own and only their names are known there. */
  readonly defaults: Readonly<Record<Role, string>> | null;
  /** Where the row comes from. */
  readonly source: string;
}

/** One model for the work and a small one for what is quick. */
const pair = (strong: string, fast: string): Readonly<Record<Role, string>> => ({
  architect: strong,
  coder: strong,
  fast,
  debugger: strong,
  reviewer: strong,
});

const hosted = { path: '', isKeyNeeded: true } as const;
const ownServer = {
  protocol: 'openai-chat',
  baseUrl: null,
  path: '/v1',
  isKeyNeeded: false,
  caching: 'by-itself',
  registryId: null,
  defaults: null,
} as const;

/** What most servers of the protocol know beside `max_tokens`. */
const plain: Quirks = { ...compatibleQuirks, outputLimit: 'max_tokens' };

/**
 * In the order in which their defaults are asked. Default models are those of November 2026, all of them in the price
 * registry; a newer one is named in the roster.
 */
export const providers: readonly Provider[] = [
  {
    ...hosted,
    name: 'anthropic',
    title: 'Anthropic',
    protocol: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    keyVariable: 'ANTHROPIC_API_KEY',
    addressVariables: ['ANTHROPIC_BASE_URL'],
    quirks: compatibleQuirks,
    caching: 'marked',
    registryId: 'anthropic',
    defaults: {
      architect: 'claude-opus-5-5',
      coder: 'claude-sonnet-5',
      fast: 'claude-haiku-4-5',
      debugger: 'claude-opus-5-5',
      reviewer: 'claude-opus-5-5',
    },
    source: 'https://platform.claude.com/docs/en/about-claude/models/overview',
  },
  {
    ...hosted,
    name: 'openai',
    title: 'OpenAI',
    protocol: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    keyVariable: 'OPENAI_API_KEY',
    addressVariables: ['OPENAI_BASE_URL'],
    quirks: openAiQuirks,
    caching: 'by-itself',
    registryId: 'openai',
    defaults: pair('gpt-6-sol', 'gpt-6-luna'),
    source: 'https://developers.openai.com/api/docs/models',
  },
  {
    ...hosted,
    name: 'azure',
    title: 'Azure OpenAI',
    protocol: 'openai',
    baseUrl: null,
    path: '/openai/v1',
    keyVariable: 'AZURE_OPENAI_API_KEY',
    addressVariables: ['AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_BASE_URL'],
    example: 'https://name.openai.azure.com',
    quirks: { ...openAiQuirks, keyHeader: 'api-key' },
    caching: 'by-itself',
    registryId: 'azure',
    // What stands behind the slash is a deployment, whose name is the admin's choice.
    defaults: null,
    source: 'https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle',
  },
  {
    ...hosted,
    name: 'gemini',
    title: 'Gemini',
    protocol: 'openai-chat',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyVariable: 'GEMINI_API_KEY',
    addressVariables: ['GEMINI_BASE_URL'],
    quirks: {
      ...compatibleQuirks,
      forcesTools: true,
      thinksInText: false,
      reasoningBack: 'thought_signature',
      effortWords: { none: 'minimal', max: 'high' },
    },
    caching: 'by-itself',
    registryId: 'google',
    defaults: pair('gemini-3.8-flash', 'gemini-3.5-flash-lite'),
    source: 'https://ai.google.dev/gemini-api/docs/openai',
  },
  {
    ...hosted,
    name: 'xai',
    title: 'xAI',
    protocol: 'openai-chat',
    baseUrl: 'https://api.x.ai/v1',
    keyVariable: 'XAI_API_KEY',
    addressVariables: ['XAI_BASE_URL'],
    quirks: { ...compatibleQuirks, forcesTools: true, thinksInText: false, effortWords: { none: null, max: 'high' } },
    caching: 'by-itself',
    registryId: 'x-ai',
    defaults: pair('grok-4.6', 'grok-4.3'),
    source: 'https://docs.x.ai/docs/models',
  },
  {
    ...hosted,
    name: 'mistral',
    title: 'Mistral',
    protocol: 'openai-chat',
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariable: 'MISTRAL_API_KEY',
    addressVariables: ['MISTRAL_BASE_URL'],
    quirks: {
      ...plain,
      forcesTools: true,
      usage: 'unasked',
      callIds: 'nine-letters',
      thinksInText: false,
      // Mistral Medium 3.5 and Small 4 know `none` and `high` (https://docs.mistral.ai/capabilities/reasoning).
      effortWords: { low: null, medium: 'high', max: 'high' },
    },
    caching: 'by-itself',
    registryId: 'mistral',
    defaults: pair('mistral-medium-3.5', 'mistral-small-2603'),
    source: 'https://docs.mistral.ai/api',
  },
  {
    ...hosted,
    name: 'deepseek',
    title: 'DeepSeek',
    protocol: 'openai-chat',
    baseUrl: 'https://api.deepseek.com',
    keyVariable: 'DEEPSEEK_API_KEY',
    addressVariables: ['DEEPSEEK_BASE_URL'],
    quirks: {
      ...plain,
      thinksInText: false,
      reasoningBack: 'reasoning_content',
      effort: 'thinking',
      effortWords: {},
    },
    caching: 'by-itself',
    registryId: 'deepseek',
    defaults: pair('deepseek-v4-pro', 'deepseek-v4-flash'),
    source: 'https://api-docs.deepseek.com',
  },
  {
    ...hosted,
    name: 'openrouter',
    title: 'OpenRouter',
    protocol: 'openai-chat',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariable: 'OPENROUTER_API_KEY',
    addressVariables: ['OPENROUTER_BASE_URL'],
    quirks: {
      ...plain,
      forcesTools: true,
      thinksInText: false,
      reasoningBack: 'reasoning_details',
      effort: 'reasoning',
      effortWords: { max: 'xhigh' },
    },
    caching: 'varies',
    registryId: 'openrouter',
    defaults: {
      architect: 'anthropic/claude-opus-5.5',
      coder: 'anthropic/claude-sonnet-5',
      fast: 'openai/gpt-6-luna',
      debugger: 'anthropic/claude-opus-5.5',
      reviewer: 'openai/gpt-6-sol',
    },
    source: 'https://openrouter.ai/docs/api-reference/overview',
  },
  {
    ...hosted,
    name: 'groq',
    title: 'Groq',
    protocol: 'openai-chat',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariable: 'GROQ_API_KEY',
    addressVariables: ['GROQ_BASE_URL'],
    quirks: { ...compatibleQuirks, effortWords: { none: null, max: 'high' } },
    caching: 'by-itself',
    registryId: 'groq',
    defaults: pair('openai/gpt-oss-120b', 'openai/gpt-oss-20b'),
    source: 'https://console.groq.com/docs/openai',
  },
  {
    ...ownServer,
    name: 'ollama',
    title: 'Ollama',
    keyVariable: 'OLLAMA_API_KEY',
    addressVariables: ['OLLAMA_BASE_URL', 'OLLAMA_HOST'],
    port: 11_434,
    example: 'http://localhost:11434',
    quirks: plain,
    source: 'https://docs.ollama.com/api/openai-compatibility',
  },
  {
    ...ownServer,
    name: 'vllm',
    title: 'vLLM',
    keyVariable: 'VLLM_API_KEY',
    addressVariables: ['VLLM_BASE_URL'],
    example: 'http://localhost:8000',
    quirks: { ...compatibleQuirks, forcesTools: true, effort: 'template' },
    source: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  },
  {
    ...ownServer,
    name: 'llama-cpp',
    title: 'llama.cpp',
    keyVariable: 'LLAMA_CPP_API_KEY',
    addressVariables: ['LLAMA_CPP_BASE_URL'],
    example: 'http://localhost:8080',
    quirks: { ...plain, forcesTools: true, effort: 'template' },
    source: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
  },
  {
    ...ownServer,
    name: 'lm-studio',
    title: 'LM Studio',
    keyVariable: 'LM_STUDIO_API_KEY',
    addressVariables: ['LM_STUDIO_BASE_URL'],
    example: 'http://localhost:1234',
    quirks: { ...plain, effortWords: { none: null, max: 'high' } },
    source: 'https://lmstudio.ai/docs/developer/openai-compat',
  },
  {
    ...ownServer,
    name: 'openai-compatible',
    title: 'any other server',
    keyVariable: 'OPENAI_COMPATIBLE_API_KEY',
    addressVariables: ['OPENAI_COMPATIBLE_BASE_URL'],
    path: '',
    example: 'https://llm.example/v1',
    quirks: compatibleQuirks,
    source: 'https://developers.openai.com/api/reference/resources/chat',
  },
];

const byName = new Map<string, Provider>(providers.map((row) => [row.name, row]));

export const isProviderName = (name: string): name is ProviderName => byName.has(name);

/** The row of a provider by its name. */
export function providerOf(name: ProviderName): Provider {
  const row = byName.get(name);
  if (row === undefined) throw new TypeError(`there is no row of ${name}`);
  return row;
}

/**
 * How a provider is talked with at an address: `OPENAI_BASE_URL` may lead to a server that only speaks the protocol, or
 * to a provider that has a row of its own.
 */
export function rowAt(name: ProviderName, baseUrl: string | undefined): Provider {
  const row = providerOf(name);
  if (name !== 'openai' || baseUrl === undefined || hostOf(baseUrl) === hostOf(row.baseUrl)) return row;
  const known = providers.find((other) => other.baseUrl !== null && hostOf(other.baseUrl) === hostOf(baseUrl));
  return known?.protocol === 'openai-chat' ? known : providerOf('openai-compatible');
}

const hostOf = (url: string | null): string | undefined => (url === null ? undefined : URL.parse(url)?.host);

/** The model's own name may hold slashes, as with resellers. */
export function splitId(id: string): { readonly provider: string; readonly model: string } {
  const slash = id.indexOf('/');
  return slash < 0 ? { provider: id, model: '' } : { provider: id.slice(0, slash), model: id.slice(slash + 1) };
}
