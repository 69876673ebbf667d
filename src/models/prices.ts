import { calcPrice, findProvider, type ModelInfo, type Provider } from '@pydantic/genai-prices';
import type { Price, Rates } from '../domain/cost.ts';
import { matchesModel } from './model-glob.ts';
import { isProviderName, providerOf, splitId } from './providers.ts';

/** What an admin says of models whose price or context the registry does not know, or knows otherwise. */
export interface PriceEntry {
  /** `provider/model`, or a glob of such ids. */
  readonly models: string;
  /** Null leaves it to the registry. Nothing is a price too: that of a server of one's own. */
  readonly price: Price | null;
  /** Null leaves it to the registry. */
  readonly contextTokens: number | null;
}

/** Where a model is asked, and what the admin says of it. */
export interface Asking {
  /** If elsewhere than at the provider's own address; tells resellers apart. */
  readonly baseUrl?: string | undefined;
  readonly prices?: readonly PriceEntry[] | undefined;
}

/**
 * What a model costs: by the admin's own word, else by the registry package, which ships its table; nothing is fetched.
 * Null when it is unknown. Of a price that changes with the hour it is the one of now.
 *
 * @param modelId `provider/model`
 */
export function priceOf(modelId: string, asking: Asking = {}): Price | null {
  const own = entryFor(modelId, asking, ({ price }) => price !== null)?.price ?? null;
  if (own !== null) return own;
  const prices = lookUp(modelId, asking)?.model_price;
  const rates = ratesAt(prices, 0);
  if (prices === undefined || rates === null) return null;
  const steps = stepsOf(prices).flatMap((start) => {
    const dearer = ratesAt(prices, start);
    return dearer === null ? [] : [{ aboveInputTokens: start, ...dearer }];
  });
  return steps.length === 0 ? rates : { ...rates, steps };
}

/** How many tokens a model can read and write in one conversation. Null when nobody says. */
export function contextTokensOf(modelId: string, asking: Asking = {}): number | null {
  const own = entryFor(modelId, asking, ({ contextTokens }) => contextTokens !== null)?.contextTokens ?? null;
  return own ?? lookUp(modelId, asking)?.model.context_window ?? null;
}

/** Whether the registry or the admin knows the model at all; true where there is no registry of its provider. */
export const isKnownModel = (modelId: string, asking: Asking = {}): boolean =>
  registryAt(modelId, asking.baseUrl) === undefined ||
  entryFor(modelId, asking, () => true) !== undefined ||
  lookUp(modelId, asking) !== null;

/** A model of the registry that writes text and has a price. */
export interface RegisteredModel {
  /** `provider/model` */
  readonly id: string;
  readonly price: Price;
  readonly contextTokens: number | null;
}

/** What the registry knows a provider to sell today, by name. Empty where it knows nothing of it. */
export function registeredModels(provider: string, baseUrl?: string): readonly RegisteredModel[] {
  const registry = registryAt(`${provider}/`, baseUrl);
  return (registry?.models ?? [])
    .filter((model) => isOffered(model))
    .map(({ id }) => `${provider}/${id}`)
    .flatMap((id) => {
      const price = priceOf(id, { baseUrl });
      return price === null ? [] : [{ id, price, contextTokens: contextTokensOf(id, { baseUrl }) }];
    })
    .toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}

/** Of the same id the one that says the most about it: the id itself, then the longest glob. */
function entryFor(
  modelId: string,
  { prices = [] }: Asking,
  says: (entry: PriceEntry) => boolean,
): PriceEntry | undefined {
  const fitting = prices.filter((entry) => says(entry) && matchesModel(entry.models, modelId));
  return (
    fitting.find(({ models }) => models === modelId) ?? fitting.toSorted((a, b) => b.models.length - a.models.length)[0]
  );
}

/** Models of other senses, of classes that nobody asks a conversation of, and what the provider takes away. */
const isOffered = ({ id, deprecated }: ModelInfo): boolean =>
  deprecated !== true &&
  !/(?:^|[-/.])(?:audio|realtime|tts|transcribe|image|embed(?:ding)?|ocr|whisper|voice|moderation|guard|live)(?:[-/.:]|$)/.test(
    id,
  );

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

/** Asks for the price of no tokens: that is how the package tells which price is in force now. */
function lookUp(modelId: string, { baseUrl }: Asking) {
  const registry = registryAt(modelId, baseUrl);
  const { model } = splitId(modelId);
  if (registry === undefined || model === '') return null;
  return calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { provider: registry });
}

/** By the address, which tells a reseller; where nobody knows that, by the provider's name. */
function registryAt(modelId: string, baseUrl: string | undefined): Provider | undefined {
  const atAddress = baseUrl === undefined ? undefined : findProvider({ providerApiUrl: baseUrl });
  if (atAddress !== undefined) return atAddress;
  const { provider } = splitId(modelId);
  const providerId = isProviderName(provider) ? providerOf(provider).registryId : null;
  return providerId === null ? undefined : findProvider({ providerId });
}

function priceAt(price: ModelPrice['input_mtok'], start: number): number | null {
  if (typeof price !== 'object') return price ?? null;
  return price.tiers.findLast((tier) => tier.start <= start)?.price ?? price.base;
}
