import { nearestOf } from '../domain/nearest.ts';
import { chooseModels } from '../models/choose-models.ts';
import type { HostModels } from '../models/host-models.ts';
import { matchesModel } from '../models/model-glob.ts';
import { providerProblem } from '../models/model-name.ts';
import { isKnownModel, registeredModels } from '../models/prices.ts';
import { isProviderName, type ProviderName, providerNames, providerOf, rowAt, splitId } from '../models/providers.ts';

/** Names of models with stars, as an admin writes them: those that mean nothing are told, as a price that holds nowhere is. */

/** `AI_FIX_ALLOWED_MODELS`: globs with commas or blanks between. */
export function readAllowedModels(
  variable: string,
  said: string | undefined,
  problems: string[],
): readonly string[] | null {
  if (said === undefined) return null;
  const globs = said.split(/[\s,]+/).filter((glob) => glob !== '');
  const odd = globs.flatMap((glob) => {
    const found = `${variable}: found ${JSON.stringify(glob.slice(0, 80))}`;
    if (glob === '*') return [];
    if (!/^[\w*-]+\/\S+$/.test(glob)) return [`${found}; allowed: provider/model, or a glob as in anthropic/*`];
    const problem = globProblem(glob);
    return problem === null ? [] : [`${found}; ${problem}`];
  });
  problems.push(...odd.slice(0, 5));
  return globs;
}

/** Null where what stands before the slash is a provider, or a glob of some. */
export function globProblem(glob: string): string | null {
  const { provider } = splitId(glob);
  return providerNames.some((name) => matchesModel(provider, name)) ? null : providerProblem(provider);
}

/**
 * A line for each name or glob that fits no model of the host's roster or the price registry: it may be a slip of the pen,
 * or a model that is newer than the registry. Where names are the admin's own only one that is nearly known is told.
 */
export function globsWithoutModels(host: HostModels): readonly string[] {
  const idsAt = knownModels(host);
  const said = [
    ...(host.allowed ?? []).map((glob) => ['AI_FIX_ALLOWED_MODELS', glob] as const),
    ...(host.prices ?? []).map(({ models }) => ['AI_FIX_PRICES', models] as const),
  ];
  return said.flatMap(([variable, glob]) => {
    const { provider, model } = splitId(glob);
    const providersMeant = providerNames.filter((name) => matchesModel(provider, name));
    const isKnown = providersMeant.some((name) => idsAt(name).some((id) => matchesModel(glob, id)));
    if (isKnown || isDatedName(glob, host)) return [];
    const names = providersMeant.flatMap(idsAt).map((id) => splitId(id).model);
    const meant = nearestOf(model, names);
    const isOwn = providersMeant.some((name) => rowAt(name, host.providers[name]?.baseUrl).defaults === null);
    if (meant === null && isOwn) return [];
    const hint = meant === null || glob.includes('*') ? '' : `; did you mean ${provider}/${meant}?`;
    const shown = JSON.stringify(glob.slice(0, 80));
    return [`${variable}: ${shown} fits no model of the roster or of the price registry${hint}`];
  });
}

/** Of a provider, what the roster names and the registry lists. Listing takes its time, so it is done once for all. */
function knownModels(host: HostModels): (provider: ProviderName) => readonly string[] {
  const ofRoster = Object.values(chooseModels(host).chains).flatMap((chain) => chain.map(({ model }) => model));
  const kept = new Map<ProviderName, readonly string[]>();
  return (provider) => {
    const known = kept.get(provider) ?? [
      ...ofRoster.filter((id) => splitId(id).provider === provider),
      ...registeredModels(provider, host.providers[provider]?.baseUrl).map(({ id }) => id),
    ];
    kept.set(provider, known);
    return known;
  };
}

/** The registry knows more names than it lists, as those with a date. */
function isDatedName(glob: string, { providers }: HostModels): boolean {
  const { provider } = splitId(glob);
  if (!isProviderName(provider) || providerOf(provider).registryId === null) return false;
  return isKnownModel(glob, { baseUrl: providers[provider]?.baseUrl });
}
