import { type Chains, type ModelChoice, type ModelParameters, type Role, roles } from '../domain/conversation.ts';
import { ConfigError } from '../domain/faults.ts';
import type { Model } from '../ports/model.ts';
import type { Log } from '../ports/ports.ts';
import type { Roster } from '../ports/roster.ts';
import { type Breakers, createBreakers } from './breakers.ts';
import { chooseModels } from './choose-models.ts';
import { createModel } from './create-model.ts';
import type { ModelOptions } from './exchange.ts';
import { type ChainLink, createFailoverModel } from './failover-model.ts';
import { withinContext } from './fits.ts';
import type { HostModels } from './host-models.ts';
import { askingOf, repeatedInHost, repeatedModels, unknownNames } from './known-models.ts';
import { quirksFor } from './model-quirks.ts';
import { onceFor } from './once-for.ts';
import { contextTokensOf, priceOf } from './prices.ts';
import { isProviderName, rowAt, splitId } from './providers.ts';

export interface RosterOptions {
  readonly host: HostModels;
  /** What a repository or a person chose; a role without a chain gets the host's. */
  readonly chains?: Chains;
  /** `patienceMs`: how long one model of a chain is asked again before the next is. */
  readonly requests?: Pick<ModelOptions, 'timeoutMs' | 'maxRetryDelayMs' | 'fetch' | 'warn'> & {
    readonly patienceMs?: number;
  };
  /** Those of the process; without them the roster keeps its own. */
  readonly breakers?: Breakers;
  /** The models of the process; without them the roster makes its own. */
  readonly linkOf?: LinkOf;
}

/** A model as it was chosen: one object for one choice. */
type LinkOf = (choice: ModelChoice) => ChainLink;

/**
 * Decides for each role which models are asked, and builds them. One model with the same parameters is one object,
 * whichever roles it answers.
 *
 * @throws {ConfigError} with every entry that names no model we can ask, and every role that is left without one.
 */
export function createRoster(options: RosterOptions): Roster {
  const { host, chains: chosen, requests = {}, breakers = createBreakers(silent) } = options;
  const { chains, problems } = chooseModels(host, chosen);
  if (problems.length > 0) throw new ConfigError(problems);
  const linkOf = options.linkOf ?? createLinks(host, requests);
  const { maxRetryDelayMs: windowMs, patienceMs } = requests;
  const chainOf = onceFor(
    (choices: readonly ModelChoice[]) => choices.map(nameOf).join(),
    (choices) => {
      const [first, ...others] = choices.map(linkOf);
      if (first === undefined) throw new TypeError('a chain was checked, yet is empty');
      return createFailoverModel([first, ...others], {
        breakers,
        ...(windowMs === undefined ? {} : { windowMs }),
        ...(patienceMs === undefined ? {} : { patienceMs }),
      });
    },
  );
  const idsOf = (role: Role): string[] => [...new Set(chains[role].map(({ model }) => model))];
  return {
    modelFor: (role) => chainOf(chains[role]),
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
      const names = roles.flatMap((role) => (isChosen ? chosen?.[role] : chains[role]) ?? []);
      const repeated = isChosen ? repeatedModels(chosen ?? {}) : repeatedInHost(host);
      return [...unknownNames(names, host), ...repeated];
    },
  };
}

const nameOf = (choice: ModelChoice): string => JSON.stringify(choice, Object.keys(choice).sort());

type Requests = NonNullable<RosterOptions['requests']>;

/** More choices of a model and its parameters than repositories of one host make. */
const mostLinks = 1_000;

/** Each model keeps what it finds out about its server, so it is made once for all who choose it alike. */
export const createLinks = (host: HostModels, requests: Requests = {}): LinkOf =>
  onceFor(nameOf, (choice) => buildLink(choice, host, requests), mostLinks);

function buildLink(choice: ModelChoice, host: HostModels, requests: Requests): ChainLink {
  const { model: id, ...parameters } = choice;
  const { patienceMs: _patienceMs, ...how } = requests;
  const { provider, model } = splitId(id);
  const access = isProviderName(provider) ? host.providers[provider] : undefined;
  if (access === undefined || !isProviderName(provider)) throw new TypeError(`${id} was checked, yet cannot be asked`);
  const row = rowAt(provider, access.baseUrl);
  const { protocol, baseUrl } = row;
  const address = access.baseUrl ?? baseUrl;
  const options: ModelOptions = {
    id,
    model,
    apiKey: access.apiKey,
    ...(address === null ? {} : { baseUrl: address }),
    quirks: quirksFor(row, model),
    parameters,
    ...how,
    // Asking again is the chain's to decide.
    maxRetryDelayMs: 0,
  };
  const contextTokens = contextTokensOf(id, askingOf(id, host));
  return { model: asChosen(createModel(protocol, options), parameters, contextTokens), contextTokens };
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

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
