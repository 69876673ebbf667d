import type { ModelReading } from '../../config/model-settings.ts';
import { type ModelChoice, type Role, roles } from '../../domain/conversation.ts';
import type { Price } from '../../domain/cost.ts';
import { chooseModels, missingAt } from '../../models/choose-models.ts';
import { type Features, featuresOf } from '../../models/features.ts';
import type { HostModels } from '../../models/host-models.ts';
import { askingOf, repeatedInHost, unknownNames } from '../../models/known-models.ts';
import { contextTokensOf, priceOf, type RegisteredModel, registeredModels } from '../../models/prices.ts';
import { type Provider, type ProviderName, providers, rowAt, splitId } from '../../models/providers.ts';

/** All that `ai-fix models` tells, asked of nobody: it follows from the settings and the price registry. */
export interface Survey {
  readonly providers: readonly SurveyedProvider[];
  /** Roles in the order in which a fix needs them. Empty while there are problems. */
  readonly roster: readonly SurveyedModel[];
  /** Null where it was not asked for. */
  readonly registry: readonly RegisteredModel[] | null;
  /** Globs of what repositories may name; null where that is whatever can be asked. */
  readonly allowed: readonly string[] | null;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export interface SurveyedProvider {
  readonly name: ProviderName;
  readonly title: string;
  /** Null where nothing is missing. */
  readonly missing: string | null;
  readonly keyVariable: string;
  readonly hasKey: boolean;
  /** Null where it is not known yet. */
  readonly baseUrl: string | null;
  readonly features: Features;
}

export interface SurveyedModel extends ModelChoice {
  readonly role: Role | null;
  readonly contextTokens: number | null;
  readonly price: Price | null;
}

export interface SurveyOrder {
  /** Models to look at in place of the roster. */
  readonly named: readonly string[];
  readonly withRegistry: boolean;
}

export function surveyModels(
  host: HostModels,
  { problems: before, warnings }: Pick<ModelReading, 'problems' | 'warnings'>,
  order: SurveyOrder,
): Survey {
  const { chains, problems } = chooseModels(host);
  const ofRoles = roles.flatMap((role) => chains[role].map((choice) => ({ role, choice })));
  const ofNames = order.named.map((model) => ({ role: null, choice: { model } }));
  const chosen = order.named.length > 0 ? ofNames : problems.length > 0 ? [] : ofRoles;
  const wanted = new Set(order.named.map((id) => splitId(id).provider));
  const surveyed = providers
    .filter(({ name }) => wanted.size === 0 || wanted.has(name))
    .map((row) => surveyProvider(row, host));
  const usable = surveyed.filter(({ missing }) => missing === null);
  return {
    providers: surveyed,
    roster: chosen.map(({ role, choice }) => surveyModel(role, choice, host)),
    registry: order.withRegistry
      ? usable.flatMap(({ name }) => registeredModels(name, host.providers[name]?.baseUrl))
      : null,
    allowed: host.allowed ?? null,
    problems: before,
    warnings: [
      ...warnings,
      ...unknownNames(
        chosen.map(({ choice }) => choice),
        host,
      ),
      ...(order.named.length > 0 ? [] : repeatedInHost(host)),
    ],
  };
}

function surveyProvider(row: Provider, host: HostModels): SurveyedProvider {
  const access = host.providers[row.name];
  return {
    name: row.name,
    title: row.title,
    missing: access === undefined ? missingAt(row) : null,
    keyVariable: row.keyVariable,
    hasKey: access !== undefined && access.apiKey !== '',
    baseUrl: access?.baseUrl ?? row.baseUrl,
    features: featuresOf(rowAt(row.name, access?.baseUrl)),
  };
}

const surveyModel = (role: Role | null, choice: ModelChoice, host: HostModels): SurveyedModel => ({
  role,
  ...choice,
  contextTokens: contextTokensOf(choice.model, askingOf(choice.model, host)),
  price: priceOf(choice.model, askingOf(choice.model, host)),
});
