import { createPrivateKey } from 'node:crypto';
import { getPrivateKey } from '@probot/get-private-key';
import { z } from 'zod';
import { ConfigError } from '../domain/faults.ts';
import { type PurseLimits, unlimited } from '../domain/purse.ts';
import type { HostModels } from '../models/host-models.ts';
import { type ModelReading, noProvider, readModelSettings } from './model-settings.ts';
import { forgetSecrets, hasPassword, isSecretVariable, secretsIn, withPassword } from './secret-variables.ts';
import {
  readKeys,
  type TelemetrySettings,
  type TraceSettings,
  telemetryOf,
  telemetryVariables,
} from './telemetry-variables.ts';

/** What the process was told by its environment, checked and complete. */
export interface Settings {
  readonly app: { readonly id: number; readonly privateKey: string; readonly webhookSecret: string };
  readonly server: { readonly host: string; readonly port: number; readonly webhookProxyUrl: string | undefined };
  readonly github: GitHubAddress;
  readonly database: { readonly url: string | null };
  readonly dataDir: string;
  readonly models: HostModels;
  readonly logLevel: LogLevel;
  /** Fixes that may be begun within an hour, by all repositories together. */
  readonly fixesPerHour: number;
  /** Requests in flight at one model; the others wait in line. */
  readonly callsPerModel: number;
  /** What all fixes together may spend, whatever repositories say. */
  readonly purses: PurseLimits;
  readonly concurrency: { readonly bursts: number; readonly burstsPerRepository: number };
  readonly telemetry: TelemetrySettings;
  /** What is set and cannot be followed, and is no reason to end the start. */
  readonly warnings: readonly string[];
  /** Every value here that must never leave the process. */
  readonly secrets: readonly string[];
}

export interface GitHubAddress {
  /** REST base. */
  readonly apiUrl: string;
  /** Where `git clone` goes. */
  readonly webUrl: string;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

/** Neither an App id nor a key: the App is not registered yet, and Probot's registration page is what is needed. */
export const isUnregistered = (environment: Environment): boolean =>
  environment.NODE_ENV !== 'production' &&
  !environment.APP_ID &&
  !environment.PRIVATE_KEY &&
  !environment.PRIVATE_KEY_PATH;

const text = z.string().trim().min(1);
const url = z.url({ protocol: /^https?$/, error: 'an http or https address' });
const whole = (min: number, max: number) =>
  z.coerce
    .number({ error: `a whole number from ${min} to ${max}` })
    .int()
    .min(min)
    .max(max);
const amount = 'an amount of US dollars from 0.01 to 1000000, without $';
const dollars = z.coerce.number({ error: amount }).min(0.01, amount).max(1_000_000, amount);

const schema = z.object({
  APP_ID: whole(1, Number.MAX_SAFE_INTEGER),
  WEBHOOK_SECRET: text.min(8, "at least 8 characters, the same as in the App's settings"),
  PORT: whole(1, 65_535).default(3000),
  HOST: text.default('localhost'),
  WEBHOOK_PROXY_URL: url.optional(),
  GHE_HOST: text.regex(/^[A-Za-z0-9.-]+(:\d+)?$/, 'a host name, without https://').optional(),
  GHE_PROTOCOL: z.enum(['https', 'http']).default('https'),
  DATA_DIR: text.default('.data'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'an address like postgresql://user:password@host:5432/name' })
    .optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  AI_FIX_BURSTS: whole(1, 64).default(8),
  AI_FIX_BURSTS_PER_REPOSITORY: whole(1, 16).default(2),
  AI_FIX_CALLS_PER_MODEL: whole(1, 256).default(8),
  AI_FIX_FIXES_PER_HOUR: whole(1, 10_000).default(100),
  AI_FIX_USD_PER_MONTH: dollars.optional(),
  AI_FIX_ORG_USD_PER_MONTH: dollars.optional(),
  AI_FIX_REPO_USD_PER_DAY: dollars.optional(),
  ...telemetryVariables,
});

/**
 * Only what says which models can be asked, for a command that needs no GitHub; takes the secrets out of the environment.
 *
 * @param asked models that somebody names, so that none has to be the default. @throws {ConfigError} as `readSettings`.
 */
export function takeModelSettings(
  environment: NodeJS.ProcessEnv,
  asked: readonly string[] = [],
  { needsModels = true }: { readonly needsModels?: boolean } = {},
): { readonly models: HostModels; readonly secrets: readonly string[] } {
  const reading = readModelSettings(filledIn(environment), asked.length > 0);
  const { models } = reading;
  const problems = reading.problems.filter((problem) => needsModels || problem !== noProvider);
  if (problems.length > 0) throw new ConfigError(problems);
  return { models, secrets: takeSecrets(environment) };
}

/** The same for a command that tells what is wrong beside what is right. */
export function lookAtModelSettings(
  environment: NodeJS.ProcessEnv,
  isNamed: boolean,
): ModelReading & { readonly secrets: readonly string[] } {
  return { ...readModelSettings(filledIn(environment), isNamed), secrets: takeSecrets(environment) };
}

function takeSecrets(environment: NodeJS.ProcessEnv): readonly string[] {
  const secrets = secretsIn(filledIn(environment));
  forgetSecrets(environment);
  return secrets;
}

const traceVariables = schema.pick({ DATABASE_URL: true, DATA_DIR: true, AI_FIX_TRACE_KEY: true });

export interface TraceReading {
  readonly database: Settings['database'];
  readonly dataDir: string;
  readonly keys: TraceSettings['keys'];
  readonly secrets: readonly string[];
}

/** Only what says where traces lie and how they are read, for a command that asks nobody outside. @throws {ConfigError} */
export function takeTraceSettings(environment: NodeJS.ProcessEnv): TraceReading {
  const filled = filledIn(environment);
  const parsed = traceVariables.safeParse(filled);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => describe(issue, filled)));
  const { DATABASE_URL: url, DATA_DIR: dataDir, AI_FIX_TRACE_KEY: keys = '' } = parsed.data;
  const secrets = secretsIn(filled);
  forgetSecrets(environment);
  return { database: databaseOf(url, filled), dataDir, keys: readKeys(keys) ?? [], secrets };
}

const databaseOf = (url: string | undefined, filled: Environment): Settings['database'] => ({
  url: url === undefined ? null : withPassword(url, filled.PGPASSWORD),
});

const filledIn = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''));

/** Reads the settings and takes the secrets out of the environment. @throws {ConfigError} as `readSettings` does. */
export function takeSettings(environment: NodeJS.ProcessEnv): Settings {
  const settings = readSettings(environment);
  forgetSecrets(environment);
  return settings;
}

/**
 * Reads the settings, all problems at once.
 *
 * @throws {ConfigError} with a line for each: the variable, what stands there (never of a secret), what is allowed.
 */
export function readSettings(environment: Environment): Settings {
  const filled = filledIn(environment);
  const parsed = schema.safeParse(filled);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, filled));
  const privateKey = readPrivateKey(filled, problems);
  const { models, problems: ofModels, warnings } = readModelSettings(filled, false);
  problems.push(...ofModels);
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);

  const set = parsed.data;
  const { spanIssues, ...telemetry } = telemetryOf(set);
  return {
    app: { id: set.APP_ID, privateKey, webhookSecret: set.WEBHOOK_SECRET },
    server: { host: set.HOST, port: set.PORT, webhookProxyUrl: set.WEBHOOK_PROXY_URL },
    github: addressOf(set.GHE_HOST, set.GHE_PROTOCOL),
    database: databaseOf(set.DATABASE_URL, filled),
    dataDir: set.DATA_DIR,
    models,
    logLevel: set.LOG_LEVEL,
    callsPerModel: set.AI_FIX_CALLS_PER_MODEL,
    fixesPerHour: set.AI_FIX_FIXES_PER_HOUR,
    purses: {
      'repository-day': { ...unlimited, usd: set.AI_FIX_REPO_USD_PER_DAY ?? null },
      'organization-month': { ...unlimited, usd: set.AI_FIX_ORG_USD_PER_MONTH ?? null },
      'host-month': { ...unlimited, usd: set.AI_FIX_USD_PER_MONTH ?? null },
    },
    concurrency: { bursts: set.AI_FIX_BURSTS, burstsPerRepository: set.AI_FIX_BURSTS_PER_REPOSITORY },
    telemetry,
    warnings: [...warnings, ...spanIssues.map((issue) => `no spans are sent: ${describe(issue, filled)}`)],
    secrets: [...new Set([privateKey.trim(), ...secretsIn(filled)])],
  };
}

function addressOf(host: string | undefined, protocol: string): GitHubAddress {
  if (host === undefined) return { apiUrl: 'https://api.github.com', webUrl: 'https://github.com' };
  return { apiUrl: `${protocol}://${host}/api/v3`, webUrl: `${protocol}://${host}` };
}

function readPrivateKey(environment: Environment, problems: string[]): string {
  const { PRIVATE_KEY, PRIVATE_KEY_PATH } = environment;
  if (!PRIVATE_KEY && !PRIVATE_KEY_PATH) {
    problems.push(
      "PRIVATE_KEY or PRIVATE_KEY_PATH: missing; allowed: the App's private key (PEM, or the same in base64), or the path of its file",
    );
    return '';
  }
  try {
    const key = getPrivateKey({ env: PRIVATE_KEY ? { PRIVATE_KEY } : { PRIVATE_KEY_PATH: PRIVATE_KEY_PATH ?? '' } });
    createPrivateKey(key ?? '');
    return key ?? '';
  } catch (error) {
    const place = PRIVATE_KEY
      ? `PRIVATE_KEY: found ${hidden}`
      : `PRIVATE_KEY_PATH: found ${shownPath(PRIVATE_KEY_PATH)}`;
    const why = (error as NodeJS.ErrnoException).code ?? 'no PEM key';
    problems.push(
      `${place}, which cannot be read (${why}); allowed: the PEM that GitHub gave you, with its BEGIN and END lines`,
    );
    return '';
  }
}

const hidden = 'a value that is not shown';

/** Somebody may have put the key itself where its path belongs. */
const shownPath = (path = ''): string => (path.length > 300 || path.includes('-----') ? hidden : JSON.stringify(path));

/** One problem as a line. The value is shown only where it is no secret. */
function describe(issue: z.core.$ZodIssue, environment: Environment): string {
  const name = String(issue.path[0]);
  const value = environment[name];
  if (value === undefined) return `${name}: missing; ${purposes[name] ?? issue.message}`;
  const isHidden = isSecretVariable(name) || hasPassword(value);
  return `${name}: found ${isHidden ? hidden : JSON.stringify(value.slice(0, 80))}; allowed: ${issue.message}`;
}

const purposes: Readonly<Record<string, string>> = {
  APP_ID: "the App's id, from its settings page on GitHub",
  WEBHOOK_SECRET: "the webhook secret of the App's settings page on GitHub",
};
