import { calcPrice, findProvider, type Provider } from '@pydantic/genai-prices';
import type { Price } from '../domain/cost.ts';

/**
 * What a model costs by the registry package, which ships its table; nothing is fetched. Null when it is unknown.
 *
 * Prices that rise with the length of the prompt count at their lowest step. What a provider asks for writing into its
 * cache is no part of it: with Anthropic the bill for such tokens is a quarter higher.
 *
 * @param modelId `provider/model`
 * @param baseUrl where the provider is asked, if elsewhere than at its own address; tells resellers apart
 */
export function priceOf(modelId: string, baseUrl?: string): Price | null {
  const prices = lookUp(modelId, baseUrl)?.model_price;
  const inputUsdPerMillion = baseOf(prices?.input_mtok);
  const outputUsdPerMillion = baseOf(prices?.output_mtok);
  if (inputUsdPerMillion === null || outputUsdPerMillion === null) return null;
  const cachedInputUsdPerMillion = baseOf(prices?.cache_read_mtok) ?? inputUsdPerMillion;
  return { inputUsdPerMillion, cachedInputUsdPerMillion, outputUsdPerMillion };
}

/** How many tokens a model can read and write in one conversation. Null when the registry does not say. */
export function contextTokensOf(modelId: string, baseUrl?: string): number | null {
  return lookUp(modelId, baseUrl)?.model.context_window ?? null;
}

/** Asks for the price of no tokens: that is how the package tells which price is in force today. */
function lookUp(modelId: string, baseUrl: string | undefined) {
  const slash = modelId.indexOf('/');
  if (slash <= 0) return null;
  const provider = providerAt(baseUrl) ?? findProvider({ providerId: modelId.slice(0, slash) });
  if (provider === undefined) return null;
  return calcPrice({ input_tokens: 0, output_tokens: 0 }, modelId.slice(slash + 1), { provider });
}

const providerAt = (baseUrl: string | undefined): Provider | undefined =>
  baseUrl === undefined ? undefined : findProvider({ providerApiUrl: baseUrl });

function baseOf(price: number | { readonly base: number } | undefined): number | null {
  return (typeof price === 'object' ? price.base : price) ?? null;
}
