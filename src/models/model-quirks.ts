import { matchesModel } from './model-glob.ts';
import type { Provider, ProviderName } from './providers.ts';
import type { Quirks } from './quirks.ts';

interface ModelQuirks {
  readonly provider: ProviderName;
  /** Globs of the provider's names, in small letters. */
  readonly models: readonly string[];
  readonly quirks: Partial<Quirks>;
  /** Where it is said. */
  readonly source: string;
}

/**
 * What only some models of a provider need, known before anybody asked. Names on a server of one's own are the admin's
 * choice: where they say nothing, the first refusal teaches the same.
 */
const rows: readonly ModelQuirks[] = [
  {
    provider: 'openrouter',
    models: ['anthropic/*'],
    quirks: { cacheMarks: true },
    source: 'https://openrouter.ai/docs/guides/best-practices/prompt-caching',
  },
  {
    provider: 'vllm',
    models: ['*gemma-2-*', '*gemma-2b*', '*gemma-7b*', '*gemma-1.1-*', '*codegemma*'],
    quirks: { system: 'first-message' },
    source: 'https://github.com/huggingface/chat-ui/issues/1386',
  },
  {
    provider: 'vllm',
    // Meta's own: what others made of them has templates of its own.
    models: ['3', '3.1', '3.2', '3.3'].map((version) => `meta-llama/*llama-${version}-*-instruct*`),
    quirks: { parallelCalls: false },
    source: 'https://docs.vllm.ai/en/latest/features/tool_calling/',
  },
  {
    provider: 'gemini',
    models: ['gemma-3-*', 'gemma-3n-*'],
    quirks: { system: 'first-message' },
    source: 'https://github.com/google/adk-python/issues/3900',
  },
];

/** How a provider is talked with about one of its models. */
export function quirksFor({ name, quirks }: Provider, model: string): Quirks {
  const fitting = rows.filter(
    ({ provider, models }) => provider === name && models.some((glob) => matchesModel(glob, model.toLowerCase())),
  );
  return Object.assign({}, quirks, ...fitting.map((row) => row.quirks));
}
