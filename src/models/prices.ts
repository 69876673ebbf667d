import { calcPrice, findProvider, type Provider } from '@pydantic/genai-prices';
import type { Price, Rates } from '../domain/cost.ts';

/**
 * What a model costs by the registry package, which ships its table; nothing is fetched. Null when it is unknown.
 *
 * @param modelId `provider/model`
 * @param baseUrl where the provider is asked, if elsewhere than at its own address; tells resellers apart
 */
export function priceOf(modelId: string, baseUrl?: string): Price | null {
  const prices = lookUp(modelId, baseUrl)?.model_price;
  const rates = ratesAt(prices, 0);
  if (prices === undefined || rates === null) return null;
  const steps = stepsOf(prices).flatMap((start) => {
    const dearer = ratesAt(prices, start);
    return dearer === null ? [] : [{ aboveInputTokens: start, ...dearer }];
  });
  return steps.length === 0 ? rates : { ...rates, steps };
}

type ModelPrice = NonNullable<ReturnType<typeof lookUp>>['model_price'];

/** Where a longer prompt begins to be dearer. */
function stepsOf({ input_mtok, cache_read_mtok, cache_write_mtok, output_mtok }: ModelPrice): number[] {
  const starts = [input_mtok, cache_read_mtok, cache_write_mtok, output_mtok].flatMap((price) =>
    typeof price === 'object' ? price.tiers.map(({ start }) => start) : [],
  );
  return [...new Set(starts)].toSorted((a, b) => a - b);
}

function ratesAt(prices: ModelPrice | undefined, start: number): Rates | null {
  const inputUsdPerMillion = priceAt(prices?.input_mtok, start);
  const outputUsdPerMillion = priceAt(prices?.output_mtok, start);
  if (inputUsdPerMillion === null || outputUsdPerMillion === null) return null;
  const cachedInputUsdPerMillion = priceAt(prices?.cache_read_mtok, start) ?? inputUsdPerMillion;
  const cacheWriteUsdPerMillion = priceAt(prices?.cache_write_mtok, start);
  return {
    inputUsdPerMillion,
    cachedInputUsdPerMillion,
    ...(cacheWriteUsdPerMillion === null ? {} : { cacheWriteUsdPerMillion }),
    outputUsdPerMillion,
  };
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

function priceAt(price: ModelPrice['input_mtok'], start: number): number | null {
  if (typeof price !== 'object') return price ?? null;
  return price.tiers.findLast((tier) => tier.start <= start)?.price ?? price.base;
}
