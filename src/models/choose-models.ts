import type { Chains, ModelChoice, Role } from '../domain/conversation.ts';
import { defaultChain } from './default-chains.ts';
import type { HostModels } from './host-models.ts';
import { matchesModel } from './model-glob.ts';
import { modelNameProblem } from './model-name.ts';
import { parameterProblems } from './parameter-problems.ts';
import { isProviderName, type Provider, providerOf, providers, rowAt, splitId } from './providers.ts';

export interface ChosenModels {
  /** Every role has a chain. */
  readonly chains: Readonly<Record<Role, readonly ModelChoice[]>>;
  /** Each with its place, what was found and what is allowed. With any, the chains are not to be used. */
  readonly problems: readonly string[];
}

/**
 * Decides for each role whom to ask: as a repository says, else as the host says, else by the keys that are there. A
 * chain holds as a whole: nothing of a farther one is put behind a nearer one.
 */
export function chooseModels(host: HostModels, chosen: Chains = {}): ChosenModels {
  const problems: string[] = [];
  const chainOf = (role: Role): readonly ModelChoice[] => {
    const [place, chain] =
      chosen[role] === undefined
        ? [`AI_FIX_MODELS: models.${role}`, host.chains?.[role]]
        : [`models.${role}`, chosen[role]];
    if (chain === undefined) {
      const standard = defaultChain(role, host);
      if (standard.length === 0) problems.push(withoutModels(host));
      return standard;
    }
    if (chain.length === 0) problems.push(`${place}: found an empty list; allowed: at least one provider/model`);
    for (const [index, choice] of chain.entries()) {
      const found = [...problemsOf(choice, host), ...(chosen[role] === undefined ? [] : notAllowed(choice, host))];
      problems.push(...found.slice(0, 1).map((problem) => `${place}.${index}${problem}`));
    }
    return chain;
  };
  const chains = {
    architect: chainOf('architect'),
    coder: chainOf('coder'),
    fast: chainOf('fast'),
    debugger: chainOf('debugger'),
    reviewer: chainOf('reviewer'),
  };
  return { chains, problems: [...new Set(problems)] };
}

/** Each to be read behind the choice's place. */
function problemsOf(choice: ModelChoice, { providers: access }: HostModels): readonly string[] {
  const found = `: found ${JSON.stringify(choice.model)}`;
  const { provider, model } = splitId(choice.model);
  if (model === '') return [`${found}; allowed: provider/model, for instance ${exampleOf(access)}`];
  const odd = modelNameProblem(choice.model);
  if (odd !== null || !isProviderName(provider)) return [`${found}; ${odd}`];
  const reached = access[provider];
  if (reached === undefined) return [`${found}, but ${missingAt(providerOf(provider))}`];
  return parameterProblems(choice, rowAt(provider, reached.baseUrl)).map((problem) => `.${problem}`);
}

function notAllowed({ model }: ModelChoice, { allowed }: HostModels): readonly string[] {
  if (allowed === undefined || allowed.some((glob) => matchesModel(glob, model))) return [];
  return [`: found ${JSON.stringify(model)}; allowed on this host: ${allowed.join(', ')}`];
}

function exampleOf(access: HostModels['providers']): string {
  const row = providers.find(({ name, defaults }) => access[name] !== undefined && defaults !== null) ?? providers[0];
  return `${row?.name}/${row?.defaults?.coder}`;
}

/** What has to be set before a provider can be asked. */
export function missingAt({ name, keyVariable: key, addressVariables: [address], ...row }: Provider): string {
  // Its address alone makes it a server of one's own.
  if (name === 'openai') return `${key} or ${address} is not set`;
  if (!row.isKeyNeeded) return `${address} is not set`;
  return row.baseUrl === null ? `${key} and ${address} are not both set` : `${key} is not set`;
}

/** Why no role has a default. */
export function withoutModels({ providers: access }: HostModels): string {
  const own = providers.find(({ name }) => access[name] !== undefined);
  if (own === undefined)
    return `models: found no key; set ${providers
      .filter(({ isKeyNeeded }) => isKeyNeeded)
      .map(({ keyVariable }) => keyVariable)
      .join(' or ')}, or the address of a server of your own: docs/models.md`;
  return `models: found ${own.addressVariables[0]}, but no model for it; set AI_FIX_MODEL, or models by role`;
}
