import type { Usage } from './conversation.ts';

/** What a provider asks for a model, in US dollars a million tokens. */
export interface Price {
  readonly inputUsdPerMillion: number;
  readonly cachedInputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
}

export const noUsage: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

/** US dollars of one reply. */
export function costUsd(usage: Usage, price: Price): number {
  const fresh = usage.inputTokens - usage.cachedInputTokens;
  return (
    (fresh * price.inputUsdPerMillion +
      usage.cachedInputTokens * price.cachedInputUsdPerMillion +
      usage.outputTokens * price.outputUsdPerMillion) /
    1_000_000
  );
}
