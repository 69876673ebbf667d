import { unsendablePart } from '../domain/header-text.ts';
import { chooseModels, missingAt, withoutModels } from '../models/choose-models.ts';
import type { HostModels, ProviderAccess } from '../models/host-models.ts';
import { type Provider, type ProviderName, providers } from '../models/providers.ts';
import { everyRoleOf } from './every-role.ts';
import { type HostFile, readHostChains, readHostPrices } from './host-files.ts';
import { type ModelAddress, readModelAddress } from './model-address.ts';
import { globsWithoutModels, readAllowedModels } from './model-globs.ts';
import { hasPassword } from './secret-variables.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface ModelReading {
  readonly models: HostModels;
  /** A line each: the variable, what stands there (never of a secret), what is allowed. */
  readonly problems: readonly string[];
  /** What is set and comes to nothing. */
  readonly warnings: readonly string[];
}

/**
 * What the environment says of models.
 *
 * @param variables those that are not empty
 * @param isNamed somebody names the model on the command line, so that none has to be the default
 */
export function readModelSettings(variables: Variables, isNamed: boolean): ModelReading {
  const problems: string[] = [];
  const warnings: string[] = [];
  const access = accessOf(variables, problems, warnings);
  const before = problems.length;
  const everyRole = everyRoleOf(variables.AI_FIX_MODEL, access, problems);
  const chains = fromHost('AI_FIX_MODELS', variables, readHostChains, problems);
  const prices = fromHost('AI_FIX_PRICES', variables, readHostPrices, problems);
  const allowed = readAllowedModels('AI_FIX_ALLOWED_MODELS', variables.AI_FIX_ALLOWED_MODELS, problems);
  const models: HostModels = {
    providers: access,
    ...(everyRole === null ? {} : { everyRole }),
    ...(chains === null ? {} : { chains }),
    ...(allowed === null ? {} : { allowed }),
    ...(prices === null ? {} : { prices }),
  };
  // What follows from a wrong choice is told by it already.
  if (problems.length === before) problems.push(...problemsOfChoice(models, isNamed));
  if (problems.length === 0) warnings.push(...globsWithoutModels(models));
  return { models, problems, warnings };
}

/** The one problem that whoever needs no model can do with. */
export const noProvider =
  'OPENAI_API_KEY, ANTHROPIC_API_KEY, OPENAI_BASE_URL: none is set; one of them is needed, so that there is a model to ask, or a variable of another provider: docs/models.md';

/** That the roles can be served is looked at when the process starts, and not when the first fix wants it. */
function problemsOfChoice(models: HostModels, isNamed: boolean): readonly string[] {
  const [first] = providers.filter(({ name }) => models.providers[name] !== undefined);
  if (first === undefined) return [noProvider];
  const { problems } = chooseModels(models);
  return problems.flatMap((problem) => {
    if (problem !== withoutModels(models)) return [problem];
    const server = addressVariableOf(first);
    return isNamed ? [] : [`AI_FIX_MODEL: missing; with ${server}, name the model that this server offers`];
  });
}

const addressVariableOf = ({ addressVariables: [variable] }: Provider): string => variable;

type Access = Partial<Record<ProviderName, ProviderAccess>>;

function accessOf(variables: Variables, problems: string[], warnings: string[]): Access {
  const httpHosts = (variables.AI_FIX_HTTP_HOSTS ?? '').split(',').map((host) => host.trim().toLowerCase());
  const access: Access = {};
  for (const row of providers) {
    const apiKey = variables[row.keyVariable]?.trim() ?? '';
    const odd = unsendablePart(apiKey);
    if (odd !== null)
      problems.push(`${row.keyVariable}: found a value that is not shown, with ${odd}; ${allowedInKey}`);
    const variable = row.addressVariables.find((name) => variables[name] !== undefined);
    const written = variable === undefined ? undefined : variables[variable]?.trim();
    const address = written === undefined ? null : readModelAddress(written, row, httpHosts);
    // An address alone makes OpenAI's protocol that of a server of one's own.
    const isReachable =
      apiKey === ''
        ? address !== null && (!row.isKeyNeeded || row.name === 'openai')
        : (address ?? row.baseUrl) !== null;
    if (address?.kind === 'bad') {
      const shown = hasPassword(written ?? '') ? 'a value that is not shown' : JSON.stringify(written?.slice(0, 80));
      problems.push(`${variable}: found ${shown}; allowed: ${address.allowed}`);
    }
    if (isReachable) access[row.name] = { apiKey, ...(address === null ? {} : { baseUrl: baseUrlOf(address) }) };
    else if (apiKey !== '' || address !== null) {
      const said = apiKey === '' ? variable : row.keyVariable;
      warnings.push(`${said} is set, but ${missingAt(row)}: ${row.title} is not asked`);
    }
  }
  return access;
}

const allowedInKey = "allowed: letters, digits and signs of ASCII, as they are copied whole from the provider's page";

/** A wrong address is told, and what else is wrong shall be told with it: so the provider counts as one that is there. */
const baseUrlOf = (address: ModelAddress): string =>
  address.kind === 'good' ? address.baseUrl : 'https://unusable.invalid';

function fromHost<Said>(
  variable: string,
  variables: Variables,
  read: (variable: string, value: string) => HostFile<Said>,
  problems: string[],
): Said | null {
  const value = variables[variable]?.trim();
  if (value === undefined) return null;
  const reading = read(variable, value);
  if (reading.kind === 'read') return reading.said;
  problems.push(...reading.problems);
  return null;
}
