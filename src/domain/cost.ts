import type { ModelReply, Usage } from './conversation.ts';

/** What a provider asks for tokens, in US dollars a million. */
export interface Rates {
  readonly inputUsdPerMillion: number;
  readonly cachedInputUsdPerMillion: number;
  /** For input that goes into the provider's cache; left out where that costs like other input. */
  readonly cacheWriteUsdPerMillion?: number;
  readonly outputUsdPerMillion: number;
  /** For output that is reasoning; left out where that costs like other output. */
  readonly reasoningUsdPerMillion?: number;
}

/** What a provider asks for a model. */
export interface Price extends Rates {
  /** Prompts longer than `aboveInputTokens` are dearer, all their tokens; the shortest first. */
  readonly steps?: readonly (Rates & { readonly aboveInputTokens: number })[];
}

/** All that a reply is paid for: what it used, and what tries before it used for nothing. */
export const paidUsage = ({
  usage,
  lostUsage = noUsage,
}: Pick<ModelReply, 'usage' | 'lostUsage'>): Required<Omit<Usage, 'isEstimated'>> => ({
  inputTokens: usage.inputTokens + lostUsage.inputTokens,
  cachedInputTokens: usage.cachedInputTokens + lostUsage.cachedInputTokens,
  cacheWriteTokens: (usage.cacheWriteTokens ?? 0) + (lostUsage.cacheWriteTokens ?? 0),
  outputTokens: usage.outputTokens + lostUsage.outputTokens,
  reasoningTokens: (usage.reasoningTokens ?? 0) + (lostUsage.reasoningTokens ?? 0),
});

export const noUsage: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

/** US dollars of one reply. */
export function costUsd(usage: Usage, price: Price): number {
  const { inputTokens, cachedInputTokens, cacheWriteTokens = 0, outputTokens, reasoningTokens = 0 } = usage;
  const rates = ratesFor(price, inputTokens);
  // What a provider counts twice costs once; what it counts at all is never less than nothing.
  const fresh = Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens);
  const thought = Math.min(reasoningTokens, outputTokens);
  return (
    (fresh * rates.inputUsdPerMillion +
      cachedInputTokens * rates.cachedInputUsdPerMillion +
      cacheWriteTokens * (rates.cacheWriteUsdPerMillion ?? rates.inputUsdPerMillion) +
      (outputTokens - thought) * rates.outputUsdPerMillion +
      thought * (rates.reasoningUsdPerMillion ?? rates.outputUsdPerMillion)) /
    1_000_000
  );
}

/** The most that so many tokens can cost, whatever of them the provider's cache holds or takes, or is reasoning. */
export function mostUsd(inputTokens: number, outputTokens: number, price: Price): number {
  const rates = ratesFor(price, inputTokens);
  const { inputUsdPerMillion, cachedInputUsdPerMillion, cacheWriteUsdPerMillion = 0 } = rates;
  const dearest = Math.max(inputUsdPerMillion, cachedInputUsdPerMillion, cacheWriteUsdPerMillion);
  return (inputTokens * dearest + outputTokens * dearestOutput(rates)) / 1_000_000;
}

export const dearestOutput = ({ outputUsdPerMillion, reasoningUsdPerMillion = 0 }: Rates): number =>
  Math.max(outputUsdPerMillion, reasoningUsdPerMillion);

export const ratesFor = (price: Price, inputTokens: number): Rates =>
  price.steps?.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens) ?? price;
