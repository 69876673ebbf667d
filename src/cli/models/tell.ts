import { lookAtModelSettings } from '../../config/environment.ts';
import { mostUsd } from '../../domain/cost.ts';
import { createRedactor } from '../../domain/redact.ts';
import { missingAt } from '../../models/choose-models.ts';
import type { HostModels } from '../../models/host-models.ts';
import { modelsNamed } from '../../models/known-models.ts';
import { providerProblem, spellingProblem } from '../../models/model-name.ts';
import { isProviderName, providerOf, splitId } from '../../models/providers.ts';
import { type ExitCode, exits, UsageError } from '../command.ts';
import { deadlineMs } from '../doctor/consult.ts';
import { type Finding, renderLine } from '../doctor/finding.ts';
import { askModel } from '../doctor/model-checks.ts';
import type { Terminal } from '../terminal.ts';
import { renderSurvey } from './render.ts';
import { type Survey, type SurveyedModel, surveyModels } from './survey.ts';

export interface ModelsOrder {
  /** Models to look at in place of the roster. */
  readonly named: readonly string[];
  readonly withRegistry: boolean;
  readonly asks: boolean;
  readonly isJson: boolean;
}

/**
 * Tells what the environment makes of models. Takes the secrets out of it, as the App does.
 *
 * @throws {UsageError} for a name that is none of a model which could be asked.
 */
export async function tellModels(
  order: ModelsOrder,
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<ExitCode> {
  const { models, secrets, ...reading } = lookAtModelSettings(environment, order.named.length > 0);
  terminal.redactWith(createRedactor(secrets));
  for (const name of order.named) checkName(name, models);
  const survey = surveyModels(models, reading, order);
  const { problems } = reading;
  if (!order.isJson) terminal.say(renderSurvey(survey));
  const findings = order.asks && problems.length === 0 ? await askAll(survey, models, order, terminal) : null;
  if (order.isJson) terminal.say(JSON.stringify(findings === null ? survey : { ...survey, asked: findings }, null, 2));
  if (problems.length > 0) return exits.config;
  return findings?.some(({ level }) => level === 'fail') ? exits.fault : exits.good;
}

function checkName(name: string, host: HostModels): void {
  const { provider, model } = splitId(name);
  const said = JSON.stringify(name.slice(0, 80));
  const odd = spellingProblem(name);
  if (odd !== null && model !== '') throw new UsageError(`${said}: ${odd}; allowed: provider/model`);
  if (!isProviderName(provider)) {
    const meant = name.includes('/') ? null : modelsNamed(name, host).join(' or ');
    const hint = meant ? `did you mean ${meant}?` : providerProblem(provider);
    throw new UsageError(`${said} names no provider that ai-fix knows; ${hint}`);
  }
  if (model === '') throw new UsageError(`${said} names no model; allowed: provider/model`);
  if (host.providers[provider] === undefined)
    throw new UsageError(`${said} cannot be asked: ${missingAt(providerOf(provider))}`);
}

async function askAll(
  survey: Survey,
  host: HostModels,
  { isJson }: ModelsOrder,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const models = [...new Map(survey.roster.map((model) => [JSON.stringify(choiceOf(model)), model])).values()];
  if (!isJson) terminal.say(`\n${costText(models)}\n`);
  const requests = { timeoutMs: deadlineMs, maxRetryDelayMs: 0 };
  return Promise.all(
    models.map(async (model) => {
      const finding = await askModel(choiceOf(model), { host, requests });
      if (!isJson) terminal.say(renderLine(finding));
      return finding;
    }),
  );
}

const choiceOf = ({ role: _role, contextTokens: _context, price: _price, ...choice }: SurveyedModel) => choice;

/** More than the question holds, and what it lets the model write. */
const askedTokens = { input: 200, output: 16 };

function costText(models: readonly SurveyedModel[]): string {
  const priced = models.flatMap(({ price }) => (price === null ? [] : [price]));
  const usd = priced.reduce((sum, price) => sum + mostUsd(askedTokens.input, askedTokens.output, price), 0);
  const unknown = models.length - priced.length;
  const known = priced.length === 0 ? [] : [`at most $${usd.toFixed(4)}`];
  const more = unknown === 0 ? [] : [`what the ${unknown} without a known price ask${unknown === 1 ? 's' : ''}`];
  const cost = [...known, ...more].join(', and ');
  return `Asking ${models.length} model${models.length === 1 ? '' : 's'} one word each costs ${cost}.`;
}
