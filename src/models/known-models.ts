import type { Chains, ModelChoice } from '../domain/conversation.ts';
import { nearestOf } from '../domain/nearest.ts';
import type { HostModels } from './host-models.ts';
import { type Asking, isKnownModel, registeredModels } from './prices.ts';
import { isProviderName, providerNames, splitId } from './providers.ts';

/** Where a model of this host is asked, for the look into prices. */
export function askingOf(modelId: string, { providers, prices }: HostModels): Asking {
  const { provider } = splitId(modelId);
  return { baseUrl: isProviderName(provider) ? providers[provider]?.baseUrl : undefined, prices };
}

/** Up to three models of the same provider whose names are nearly this one, the nearest first. */
export function nearestModels(modelId: string, baseUrl?: string): readonly string[] {
  const { provider, model } = splitId(modelId);
  let names = registeredModels(provider, baseUrl).map(({ id }) => splitId(id).model);
  const near: string[] = [];
  for (let count = 0; count < 3; count++) {
    const nearest = nearestOf(model, names);
    if (nearest === null) break;
    near.push(`${provider}/${nearest}`);
    names = names.filter((name) => name !== nearest);
  }
  return near;
}

/** Models of which somebody said the name alone: of providers that are set up, else of others; up to three. */
export function modelsNamed(name: string, host: HostModels): readonly string[] {
  const [here, elsewhere] = [true, false].map((isSetUp) =>
    providerNames.filter((provider) => (host.providers[provider] !== undefined) === isSetUp),
  );
  const near = [here, elsewhere].map((names = []) =>
    names.flatMap((provider) => nearestModels(`${provider}/${name}`, host.providers[provider]?.baseUrl).slice(0, 1)),
  );
  return (near.find((ids) => ids.length > 0) ?? []).slice(0, 3);
}

/** A line for each model that stands in one chain twice, with the same parameters: asking it again is no other chance. */
export function repeatedModels(chains: Chains, before = ''): readonly string[] {
  return Object.entries(chains).flatMap(([role, chain]) => {
    const told = chain.map((choice) => JSON.stringify(choice, Object.keys(choice).sort()));
    return chain.flatMap(({ model }, index) => {
      const first = told.indexOf(told[index] ?? '');
      if (first === index) return [];
      return [`${before}models.${role}.${index}: ${model} stands at ${first} already, with the same parameters`];
    });
  });
}

export const repeatedInHost = ({ chains = {} }: HostModels): readonly string[] =>
  repeatedModels(chains, 'AI_FIX_MODELS: ');

/**
 * A line for each model that the registry does not know of a provider that it knows. New models come every week, so that
 * is no error; but it may be a slip of the pen.
 */
export function unknownNames(choices: readonly ModelChoice[], host: HostModels): readonly string[] {
  const ids = [...new Set(choices.map(({ model }) => model))];
  return ids
    .filter((id) => !isKnownModel(id, askingOf(id, host)))
    .map((id) => {
      const near = nearestModels(id, askingOf(id, host).baseUrl);
      const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
      return `${id} is a name that the price registry does not know; its price and context are unknown.${meant}`;
    });
}
