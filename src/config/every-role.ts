import { nearestOf } from '../domain/nearest.ts';
import { missingAt } from '../models/choose-models.ts';
import type { EveryRole, ProviderAccess } from '../models/host-models.ts';
import { spellingProblem } from '../models/model-name.ts';
import { isKnownModel, registeredModels } from '../models/prices.ts';
import {
  isProviderName,
  type ProviderName,
  providerNames,
  providerOf,
  providers,
  rowAt,
  splitId,
} from '../models/providers.ts';

type Access = Partial<Readonly<Record<ProviderName, ProviderAccess>>>;

/**
 * Which provider's model `AI_FIX_MODEL` names: that of the one server without defaults, else the provider that it begins
 * with, else the only one there is.
 */
export function everyRoleOf(said: string | undefined, access: Access, problems: string[]): EveryRole | null {
  const text = said?.trim();
  if (text === undefined || Object.keys(access).length === 0) return null;
  const found = `AI_FIX_MODEL: found ${JSON.stringify(text.slice(0, 80))}`;
  const odd = spellingProblem(text);
  if (odd !== null) {
    problems.push(`${found}; ${odd}; allowed: provider/model`);
    return null;
  }
  const chosen = chosenOf(text, access);
  const problem =
    chosen === null
      ? `; allowed: provider/model with one of ${Object.keys(access).join(', ')}`
      : chosen.isBegun
        ? null
        : otherMeant(text, chosen.provider, access);
  if (chosen === null || problem !== null) {
    problems.push(`${found}${problem}`);
    return null;
  }
  return { provider: chosen.provider, model: chosen.model };
}

interface Chosen extends EveryRole {
  /** The text begins with the provider, or is the name at a server whatever it begins with. */
  readonly isBegun: boolean;
}

function chosenOf(text: string, access: Access): Chosen | null {
  const servers = providers.filter(({ name }) => {
    const reached = access[name];
    return reached !== undefined && rowAt(name, reached.baseUrl).defaults === null;
  });
  const { provider, model } = splitId(text);
  const named = isProviderName(provider) && access[provider] !== undefined && model !== '' ? provider : null;
  const [server, ...others] = servers;
  if (server !== undefined && others.length === 0) {
    // The name at `OPENAI_BASE_URL` is the whole text: there are servers whose models begin with `openai/`.
    if (server.name === 'openai') return { provider: server.name, model: text, isBegun: true };
    if (named === null) return { provider: server.name, model: text, isBegun: false };
  }
  if (named !== null) return { provider: named, model, isBegun: true };
  const [only, ...more] = providers.filter(({ name }) => access[name] !== undefined);
  if (only !== undefined && more.length === 0) return { provider: only.name, model: text, isBegun: false };
  return server === undefined && access.openai !== undefined
    ? { provider: 'openai', model: text, isBegun: false }
    : null;
}

/**
 * Why a text that would be the whole name of a model at this provider seems to begin with another provider, or with this
 * one's name misspelt; null where it does not, or where the provider is known to sell what is called so.
 */
function otherMeant(text: string, at: ProviderName, access: Access): string | null {
  const { provider: begin, model } = splitId(text);
  const meant = isProviderName(begin) ? begin : nearestOf(begin, providerNames);
  if (model === '' || meant === null) return null;
  const asking = { baseUrl: access[at]?.baseUrl };
  if (meant !== at && isKnownModel(`${at}/${text}`, asking)) return null;
  const sellsUnder = registeredModels(at, asking.baseUrl).some(({ id }) => id.startsWith(`${at}/${begin}/`));
  if (meant !== begin && sellsUnder) return null;
  const written = `allowed: ${at}/${text.slice(0, 80)} where a model of ${at} is called so`;
  return meant === begin
    ? `, but ${missingAt(providerOf(meant))}; ${written}`
    : `; ${written}; did you mean ${meant}/${model.slice(0, 80)}?`;
}
