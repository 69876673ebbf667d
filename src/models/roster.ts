import { type Role, roles } from '../domain/conversation.ts';
import { ConfigError } from '../domain/faults.ts';
import type { Model } from '../ports/model.ts';
import type { Log } from '../ports/ports.ts';
import type { Roster } from '../ports/roster.ts';
import { createAnthropicModel } from './anthropic-model.ts';
import { type Breakers, createBreakers } from './breakers.ts';
import type { ModelOptions } from './exchange.ts';
import { type ChainLink, createFailoverModel } from './failover-model.ts';
import { createOpenAiModel, isOpenAiItself } from './openai-model.ts';
import { contextTokensOf, priceOf } from './prices.ts';

export interface ProviderKey {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

export interface ModelKeys {
  /** Also the key of a compatible server, with its `baseUrl`. */
  readonly openAi?: ProviderKey;
  readonly anthropic?: ProviderKey;
}

export interface RosterOptions {
  readonly environment: ModelKeys;
  /** By role; a role without a chain gets the default one. */
  readonly chains?: Partial<Record<Role, readonly string[]>>;
  /** A model's name at the OpenAI-compatible server (`AI_FIX_MODEL`); it then stands for OpenAI's in every role. */
  readonly defaultModel?: string;
  /** `patienceMs`: how long one model of a chain is asked again before the next is. */
  readonly requests?: Pick<ModelOptions, 'timeoutMs' | 'maxRetryDelayMs' | 'fetch'> & { readonly patienceMs?: number };
  /** Those of the process; without them the roster keeps its own. */
  readonly breakers?: Breakers;
}

type ProviderName = 'openai' | 'anthropic';
const providers: readonly ProviderName[] = ['anthropic', 'openai'];

/**
 * Defaults as of November 2026, all of them in the price registry.
 *
 * OpenAI's newer models call tools over Chat Completions with reasoning off, which GPT-6 Sol and Luna accept and
 * GPT-6.1 and Astra do not; GPT-5 leaves the API on 2026-12-11 (https://developers.openai.com/api/docs/deprecations).
 */
const defaultModels: Readonly<Record<ProviderName, Readonly<Record<Role, string>>>> = {
  anthropic: {
    architect: 'claude-opus-5-5',
    coder: 'claude-sonnet-5',
    fast: 'claude-haiku-4-5',
    debugger: 'claude-opus-5-5',
    reviewer: 'claude-opus-5-5',
  },
  openai: {
    architect: 'gpt-6-sol',
    coder: 'gpt-6-sol',
    fast: 'gpt-6-luna',
    debugger: 'gpt-6-sol',
    reviewer: 'gpt-6-sol',
  },
};

/**
 * Decides for each role which models are asked, and builds them.
 *
 * @throws {ConfigError} with every entry that names no model we can ask, and every role that is left without one.
 */
export function createRoster(options: RosterOptions): Roster {
  const problems: string[] = [];
  const ids = new Map(roles.map((role) => [role, idsFor(role, options, problems)]));
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  const models = new Map([...new Set([...ids.values()].flat())].map((id) => [id, buildModel(id, options)]));
  const { breakers = createBreakers(silent) } = options;
  const { maxRetryDelayMs: windowMs, patienceMs } = options.requests ?? {};
  const linkOf = (id: string): ChainLink => ({
    model: known(models, id),
    contextTokens: contextTokensOf(id, keyOf(id, options.environment)?.baseUrl),
  });
  const chainOf = (role: Role): Model => {
    const [first, ...others] = known(ids, role).map(linkOf);
    if (first === undefined) throw new TypeError(`the chain of ${role} was checked, yet is empty`);
    return createFailoverModel([first, ...others], {
      breakers,
      ...(windowMs === undefined ? {} : { windowMs }),
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
  };
  const chains = new Map(roles.map((role) => [known(ids, role).join(' '), chainOf(role)]));
  return {
    modelFor: (role) => known(chains, known(ids, role).join(' ')),
    describe: () => ({
      architect: [...known(ids, 'architect')],
      coder: [...known(ids, 'coder')],
      fast: [...known(ids, 'fast')],
      debugger: [...known(ids, 'debugger')],
      reviewer: [...known(ids, 'reviewer')],
    }),
    priceOf: (modelId) => priceOf(modelId, keyOf(modelId, options.environment)?.baseUrl),
  };
}

function idsFor(role: Role, options: RosterOptions, problems: string[]): readonly string[] {
  const chain = options.chains?.[role];
  if (chain === undefined) return defaultIds(role, options, problems);
  if (chain.length === 0) problems.push(`models.${role}: found an empty list; allowed: at least one provider/model`);
  for (const [index, id] of chain.entries()) {
    const problem = problemOf(id, options.environment);
    if (problem !== null) problems.push(`models.${role}[${index}]: ${problem}`);
  }
  return chain;
}

function problemOf(id: string, environment: ModelKeys): string | null {
  const found = `found ${JSON.stringify(id)}`;
  const { provider, model } = splitId(id);
  if (model === '') return `${found}; allowed: provider/model, for instance anthropic/${defaultModels.anthropic.coder}`;
  if (!isProvider(provider)) return `${found}; allowed providers: ${providers.join(', ')}`;
  if (keyOf(id, environment) === undefined) return `${found}, but ${keyVariables[provider]} is not set`;
  return null;
}

const keyVariables: Readonly<Record<ProviderName, string>> = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY or OPENAI_BASE_URL',
};

/** Anthropic first, but for the reviewer: the diff should be judged by another vendor's model than wrote it. */
function defaultIds(role: Role, { environment, defaultModel }: RosterOptions, problems: string[]): string[] {
  const baseUrl = environment.openAi?.baseUrl;
  const isOpenAi = baseUrl === undefined || isOpenAiItself(baseUrl);
  const openAiModel = defaultModel ?? (isOpenAi ? defaultModels.openai[role] : undefined);
  const fromAnthropic = environment.anthropic ? [`anthropic/${defaultModels.anthropic[role]}`] : [];
  const fromOpenAi = environment.openAi && openAiModel ? [`openai/${openAiModel}`] : [];
  const ids = role === 'reviewer' ? [...fromOpenAi, ...fromAnthropic] : [...fromAnthropic, ...fromOpenAi];
  if (ids.length > 0) return ids;
  problems.push(
    environment.openAi
      ? 'models: found OPENAI_BASE_URL, but no model for it; set AI_FIX_MODEL, or models by role'
      : `models: found no key; set ${providers.map((provider) => keyVariables[provider]).join(' or ')}`,
  );
  return [];
}

function buildModel(id: string, { environment, requests = {} }: RosterOptions): Model {
  const key = keyOf(id, environment);
  if (key === undefined) throw new TypeError(`${id} was checked, yet has no key`);
  const { provider, model } = splitId(id);
  // Asking again is the chain's to decide.
  const { patienceMs: _patienceMs, ...how } = requests;
  const options: ModelOptions = { id, model, ...key, ...how, maxRetryDelayMs: 0 };
  return provider === 'anthropic' ? createAnthropicModel(options) : createOpenAiModel(options);
}

function keyOf(id: string, environment: ModelKeys): ProviderKey | undefined {
  const { provider } = splitId(id);
  if (!isProvider(provider)) return undefined;
  return provider === 'anthropic' ? environment.anthropic : environment.openAi;
}

/** The model's own name may hold slashes, as with resellers. */
function splitId(id: string): { provider: string; model: string } {
  const slash = id.indexOf('/');
  return slash < 0 ? { provider: id, model: '' } : { provider: id.slice(0, slash), model: id.slice(slash + 1) };
}

const isProvider = (name: string): name is ProviderName => (providers as readonly string[]).includes(name);

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function known<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new TypeError(`${String(key)} is not in the roster`);
  return value;
}
