import { type Document, isCollection, isMap, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import type { Chains } from '../domain/conversation.ts';
import { problemsIn, sayPlainly, type Telling, topKeys } from './policy-problems.ts';
import { type Settings, settingsSchema } from './policy-schema.ts';
import { chainsOf } from './to-policy.ts';

export const maxPolicyBytes = 64 * 1024;

export type SettingsReading =
  | { readonly kind: 'valid'; readonly settings: Settings }
  /** `models`: the chains that can be read all the same. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[]; readonly models: Chains };

/** Reads one file; strict, so that a misspelt key is an error with its place and not a silent default. */
export function readPolicyText(text: string, telling: Telling): SettingsReading {
  const read = readYaml(text, telling);
  if (read.kind === 'invalid') return invalid(read.problems);
  if (read.value === null) return nothingSaid;
  if (!read.isGroup) return invalid([`the file holds no keys; allowed: ${topKeys()}`]);
  const parsed = settingsSchema.safeParse(read.value);
  return parsed.success
    ? { kind: 'valid', settings: parsed.data }
    : invalid(problemsIn(parsed.error, read.value, telling), readableChains(read.value));
}

function readableChains(root: unknown): Chains {
  const models = z.looseObject({ models: z.record(z.string(), z.unknown()) }).safeParse(root);
  if (!models.success) return {};
  const good = Object.entries(models.data.models).filter(
    ([role, chain]) => settingsSchema.pick({ models: true }).safeParse({ models: { [role]: chain } }).success,
  );
  return chainsOf(Object.fromEntries(good));
}

export type YamlReading =
  /** Null when nothing stands there. */
  | { readonly kind: 'read'; readonly value: unknown; readonly isGroup: boolean }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Reads YAML, JSON with it, of which nothing can grow or be taken for something else. */
export function readYaml(text: string, telling: Telling): YamlReading {
  if (Buffer.byteLength(text) > maxPolicyBytes)
    return { kind: 'invalid', problems: [`the file is larger than ${maxPolicyBytes / 1024} KB`] };
  if (text.trim() === '') return { kind: 'read', value: null, isGroup: false };
  const document = parseDocument(text);
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.slice(0, 20).map((fault) => {
      const said =
        telling === 'in-full' ? `\`${sayPlainly(fault.message.split('\n')[0] ?? '')}\`` : 'this is not valid YAML';
      return `line ${fault.linePos?.[0].line ?? 1}: ${said}`;
    });
    return { kind: 'invalid', problems };
  }
  const oddity = findOddity(document, telling);
  if (oddity !== null) return { kind: 'invalid', problems: [oddity] };
  return { kind: 'read', value: document.toJS() as unknown, isGroup: isMap(document.contents) };
}

const nothingSaid: SettingsReading = { kind: 'valid', settings: {} };
const invalid = (problems: readonly string[], models: Chains = {}): SettingsReading => ({
  kind: 'invalid',
  problems,
  models,
});

/** Aliases can make a small file grow without end, and a key that is a list would become some text. */
function findOddity(document: Document, telling: Telling): string | null {
  let found: string | null = null;
  visit(document, {
    Alias: (_key, { source }) => {
      const name = telling === 'in-full' ? `the alias \`*${sayPlainly(source)}\`` : 'an alias';
      found = `${name}; allowed: values written out`;
      return visit.BREAK;
    },
    Pair: (_key, { key }) => {
      if (!isCollection(key)) return undefined;
      found = 'a key that is a list or a group; allowed: names';
      return visit.BREAK;
    },
  });
  return found;
}
