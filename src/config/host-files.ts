import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Chains } from '../domain/conversation.ts';
import type { PriceEntry } from '../models/prices.ts';
import { globProblem } from './model-globs.ts';
import { problemsIn, sayPlainly } from './policy-problems.ts';
import { settingsSchema } from './policy-schema.ts';
import { readYaml } from './policy-text.ts';
import { chainsOf } from './to-policy.ts';

/**
 * What an admin says about models in more than a word, in YAML or JSON: as a file, whose path stands in the variable, or
 * right there. Each problem begins with the variable.
 */
export type HostFile<Said> =
  | { readonly kind: 'read'; readonly said: Said }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** `AI_FIX_MODELS`: what `models` is in a repository's file, with or without that key around it. */
export function readHostChains(variable: string, value: string): HostFile<Chains> {
  const read = readHostYaml(variable, value);
  if (read.kind === 'invalid') return read;
  const root = isGroup(read.said) && Object.keys(read.said).join() === 'models' ? read.said : { models: read.said };
  const parsed = settingsSchema.pick({ models: true }).safeParse(root);
  if (!parsed.success) return invalid(variable, problemsIn(parsed.error, root, 'in-full'));
  const chains = chainsOf(parsed.data.models ?? {});
  return Object.keys(chains).length === 0
    ? invalid(variable, ['no role stands there; allowed: lists of `provider/model` by role'])
    : { kind: 'read', said: chains };
}

const dearestUsd = 10_000;
const rate = z.number().min(0).max(dearestUsd).optional();
const aRate = `a number of US dollars a million tokens, from 0 to ${dearestUsd}`;
const allowedInEntry = {
  input: aRate,
  cached_input: aRate,
  cache_write: aRate,
  output: aRate,
  reasoning: aRate,
  context: 'a whole number of tokens from 1000 to 100000000',
} as const;

const entrySchema = z.strictObject({
  input: rate,
  cached_input: rate,
  cache_write: rate,
  output: rate,
  reasoning: rate,
  context: z.number().int().min(1_000).max(100_000_000).optional(),
});
const largestList = 500;

/** `AI_FIX_PRICES`: prices and contexts by `provider/model`, or by a glob of such ids. */
export function readHostPrices(variable: string, value: string): HostFile<readonly PriceEntry[]> {
  const read = readHostYaml(variable, value);
  if (read.kind === 'invalid') return read;
  if (!isGroup(read.said)) return invalid(variable, ['no keys stand there; allowed: `provider/model: { input: … }`']);
  const entries = Object.entries(read.said);
  if (entries.length > largestList)
    return invalid(variable, [`found ${entries.length} models; allowed: ${largestList}`]);
  const problems = entries.flatMap(([models, entry]) => problemsOfEntry(models, entry));
  if (problems.length > 0) return invalid(variable, problems.slice(0, 20));
  return { kind: 'read', said: entries.map(([models, entry]) => toPriceEntry(models, entrySchema.parse(entry))) };
}

function problemsOfEntry(models: string, entry: unknown): readonly string[] {
  const place = `\`${sayPlainly(models, 80)}\``;
  if (!/^[^\s/]+\/\S+$/.test(models) || models.length > 200)
    return [`${place}: allowed: \`provider/model\`, or a glob of such names with \`*\``];
  const ofProvider = globProblem(models);
  if (ofProvider !== null) return [`${place}: there is no such provider; ${ofProvider}`];
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) return parsed.error.issues.flatMap((issue) => describe(issue, place, entry));
  const { input, output, cached_input: cached, cache_write: written, reasoning, context } = parsed.data;
  if ((input === undefined) !== (output === undefined))
    return [`${place}: found ${input === undefined ? '`output`' : '`input`'} alone; allowed: both of them, or neither`];
  if (input === undefined && (cached ?? written ?? reasoning) !== undefined)
    return [`${place}: found a price of caches or reasoning alone; allowed: beside \`input\` and \`output\``];
  return input === undefined && context === undefined
    ? [`${place}: found nothing; allowed: ${Object.keys(allowedInEntry).join(', ')}`]
    : [];
}

function describe(issue: z.core.$ZodIssue, place: string, entry: unknown): readonly string[] {
  const allowedKeys = Object.keys(allowedInEntry).join(', ');
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, 10)
      .map((key) => `${place}: unknown key \`${sayPlainly(key, 80)}\`; allowed: ${allowedKeys}`);
  const [key] = issue.path;
  if (typeof key !== 'string' || !Object.hasOwn(allowedInEntry, key))
    return [`${place}: found no group of keys; allowed: ${allowedKeys}`];
  const found = isGroup(entry) ? sayPlainly(String(entry[key]), 40) : 'nothing';
  return [`${place}, \`${key}\`: found ${found}; allowed: ${allowedInEntry[key as keyof typeof allowedInEntry]}`];
}

function toPriceEntry(models: string, entry: z.infer<typeof entrySchema>): PriceEntry {
  const { input, output, cached_input: cached, cache_write: written, reasoning, context } = entry;
  const price =
    input === undefined || output === undefined
      ? null
      : {
          inputUsdPerMillion: input,
          cachedInputUsdPerMillion: cached ?? input,
          ...(written === undefined ? {} : { cacheWriteUsdPerMillion: written }),
          outputUsdPerMillion: output,
          ...(reasoning === undefined ? {} : { reasoningUsdPerMillion: reasoning }),
        };
  return { models, price, contextTokens: context ?? null };
}

function readHostYaml(variable: string, value: string): HostFile<unknown> {
  const isText = value.startsWith('{') || value.includes('\n');
  let text = value;
  try {
    if (!isText) text = readFileSync(value, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = value.length > 200 ? 'a path that is not shown' : JSON.stringify(value);
    const allowed = 'the path of a YAML or JSON file, or its text, which then begins with {';
    return invalid(variable, [`found ${found}, which cannot be read (${code}); allowed: ${allowed}`]);
  }
  const read = readYaml(text, 'in-full');
  return read.kind === 'invalid' ? invalid(variable, read.problems) : { kind: 'read', said: read.value };
}

const invalid = (variable: string, problems: readonly string[]): HostFile<never> => ({
  kind: 'invalid',
  problems: problems.map((problem) => `${variable}: ${problem}`),
});

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
