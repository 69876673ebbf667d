import { type Chains, type ModelChoice, type ModelParameters, type Role, roles } from '../domain/conversation.ts';
import { ConfigError } from '../domain/faults.ts';
import type { Model } from '../ports/model.ts';
import type { Roster } from '../ports/roster.ts';
import { chooseModels } from './choose-models.ts';
import { createModel } from './create-model.ts';
import type { ModelOptions } from './exchange.ts';
import { createFailoverModel } from './failover-model.ts';
import { withinContext } from './fits.ts';
import type { HostModels } from './host-models.ts';
import { askingOf, unknownNames } from './known-models.ts';
import { contextTokensOf, priceOf } from './prices.ts';
import { isProviderName, rowAt, splitId } from './providers.ts';

export interface RosterOptions {
  readonly host: HostModels;
  /** What a repository or a person chose; a role without a chain gets the host's. */
  readonly chains?: Chains;
  readonly requests?: Pick<ModelOptions, 'timeoutMs' | 'maxRetryDelayMs' | 'fetch' | 'warn'>;
}

/**
 * Decides for each role which models are asked, and builds them. One model with the same parameters is one object,
 * whichever roles it answers.
 *
 * @throws {ConfigError} with every entry that names no model we can ask, and every role that is left without one.
 */
export function createRoster({ host, chains: chosen, requests }: RosterOptions): Roster {
  const { chains, problems } = chooseModels(host, chosen);
  if (problems.length > 0) throw new ConfigError(problems);
  const built = new Map<string, Model>();
  const modelOf = (choice: ModelChoice): Model => {
    const name = JSON.stringify(choice, Object.keys(choice).sort());
    const known = built.get(name) ?? buildModel(choice, host, requests);
    built.set(name, known);
    return known;
  };
  const idsOf = (role: Role): string[] => [...new Set(chains[role].map(({ model }) => model))];
  return {
    modelFor(role) {
      const [first, ...others] = chains[role].map(modelOf);
      if (first === undefined) throw new TypeError(`the chain of ${role} was checked, yet is empty`);
      return createFailoverModel([first, ...others]);
    },
    describe: () => ({
      architect: idsOf('architect'),
      coder: idsOf('coder'),
      fast: idsOf('fast'),
      debugger: idsOf('debugger'),
      reviewer: idsOf('reviewer'),
    }),
    priceOf: (modelId) => priceOf(modelId, askingOf(modelId, host)),
    // Seldom asked for, and it may look through the whole registry.
    get warnings() {
      const isChosen = Object.keys(chosen ?? {}).length > 0;
      return unknownNames(
        roles.flatMap((role) => (isChosen ? chosen?.[role] : chains[role]) ?? []),
        host,
      );
    },
  };
}

function buildModel(choice: ModelChoice, host: HostModels, requests: RosterOptions['requests']): Model {
  const { model: id, ...parameters } = choice;
  const { provider, model } = splitId(id);
  const access = isProviderName(provider) ? host.providers[provider] : undefined;
  if (access === undefined || !isProviderName(provider)) throw new TypeError(`${id} was checked, yet cannot be asked`);
  const { protocol, quirks, baseUrl } = rowAt(provider, access.baseUrl);
  const address = access.baseUrl ?? baseUrl;
  const options: ModelOptions = {
    id,
    model,
    apiKey: access.apiKey,
    ...(address === null ? {} : { baseUrl: address }),
    quirks,
    parameters,
    ...requests,
  };
  return asChosen(createModel(protocol, options), parameters, contextTokensOf(id, askingOf(id, host)));
}

/**
 * A model whose answers are asked to be no longer than its context has room for, since small ones refuse more, and whose
 * replies say how it was asked.
 */
const asChosen = (model: Model, parameters: ModelParameters, contextTokens: number | null): Model => ({
  id: model.id,
  reply: async (request, signal, watch) => {
    const reply = await model.reply(withinContext(contextTokens, request), signal, watch);
    return Object.keys(parameters).length === 0 ? reply : { ...reply, parameters };
  },
});
