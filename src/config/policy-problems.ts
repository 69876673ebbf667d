import { z } from 'zod';
import { nearestOf } from '../domain/nearest.ts';
import { settingsSchema } from './policy-schema.ts';
import { allowedAt } from './schema-parts.ts';

/** How much of a file a problem may show. What another repository's file holds may not be for the readers of this one. */
export type Telling = 'in-full' | 'without-content';

const maxProblems = 20;

/** Each problem with its place, what was found and what is allowed; at most twenty. */
export function problemsIn(error: z.ZodError, root: unknown, telling: Telling): readonly string[] {
  // One value can break several rules of its place, which reads like one problem.
  const told = new Set<string>();
  return error.issues
    .filter((issue) => {
      const place = placeOf(issue.path);
      const isNew = issue.code === 'unrecognized_keys' || !told.has(place);
      told.add(place);
      return isNew;
    })
    .flatMap((issue) => describe(issue, [], root, telling))
    .slice(0, maxProblems);
}

function describe(issue: z.core.$ZodIssue, above: readonly PropertyKey[], root: unknown, telling: Telling): string[] {
  const path = [...above, ...issue.path];
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') return [unknownKeys(issue.keys, path, telling)];
  if (issue.code === 'invalid_union' && isGroup(value)) {
    // Whoever wrote keys meant the long form, so what is wrong with that is told.
    const long = longFormOf(schemaAt(path));
    const inside = long === -1 ? [] : (issue.errors[long] ?? []);
    if (inside.length > 0) return inside.flatMap((one) => describe(one, path, root, telling));
  }
  const reason = issue.code === 'custom' ? `; ${issue.message}` : '';
  const found = telling === 'in-full' ? `found ${shown(value)}${reason}` : 'what stands there cannot be used';
  return [`\`${placeOf(path)}\`: ${found}; allowed: ${allowed(path)}${suggestion(path, value, telling)}`];
}

const inCode = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** The keys of the whole file, as they stand in an error. */
export const topKeys = (): string => inCode(keysOf(settingsSchema));

const placeOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

function unknownKeys(keys: readonly string[], path: readonly PropertyKey[], telling: Telling): string {
  const where = path.length === 0 ? '' : ` in \`${placeOf(path)}\``;
  const known = keysOf(schemaAt(path));
  const plural = keys.length === 1 ? '' : 's';
  const names =
    telling === 'in-full'
      ? ` ${keys
          .slice(0, 10)
          .map((key) => unknownKey(key, known))
          .join(', ')}`
      : '';
  return `unknown key${plural}${names}${where}; allowed: ${inCode(known)}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearestOf(key, known);
  return `\`${sayPlainly(key)}\`${meant === null ? '' : ` (did you mean \`${meant}\`?)`}`;
}

function suggestion(path: readonly PropertyKey[], value: unknown, telling: Telling): string {
  if (telling !== 'in-full' || typeof value !== 'string') return '';
  const meant = nearestOf(value, wordsOf(schemaAt(path)));
  return meant === null ? '' : `; did you mean \`${meant}\`?`;
}

/** A value in a few words, so that a person finds it again. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isGroup(value)) return 'a group of keys';
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text \`${sayPlainly(value, 80)}\``;
  return `${typeof value === 'number' ? 'the number ' : ''}${sayPlainly(String(value), 80)}`;
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The problems stand in a comment: a word of the file must neither end our code marks nor begin a line. */
export const sayPlainly = (text: string, maxLength = 200): string =>
  text
    .slice(0, maxLength)
    .toWellFormed()
    .replaceAll('`', "'")
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined,
    root,
  );
}

/** The innermost schema at a place, as far as the schema knows the way, from the outside in. */
function schemasOn(path: readonly PropertyKey[]): z.core.$ZodType[] {
  const on = [...unwrapped(settingsSchema)];
  for (const key of path) {
    const inner = on.at(-1);
    const next = inner === undefined ? undefined : below(inner, key);
    if (next === undefined) break;
    on.push(...unwrapped(next));
  }
  return on;
}

const schemaAt = (path: readonly PropertyKey[]): z.core.$ZodType | undefined => schemasOn(path).at(-1);

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType[] {
  const isWrapper = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return isWrapper ? [schema, ...unwrapped(schema.unwrap())] : [schema];
}

function below(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  const group = schema instanceof z.ZodUnion ? schema.options[longFormOf(schema)] : schema;
  return group instanceof z.ZodObject && typeof key === 'string' && Object.hasOwn(group.shape, key)
    ? (group.shape[key] as z.core.$ZodType)
    : undefined;
}

const longFormOf = (schema: z.core.$ZodType | undefined): number =>
  schema instanceof z.ZodUnion ? schema.options.findIndex((option) => option instanceof z.ZodObject) : -1;

function keysOf(schema: z.core.$ZodType | undefined): readonly string[] {
  const group = schema instanceof z.ZodUnion ? schema.options[longFormOf(schema)] : schema;
  return group instanceof z.ZodObject ? Object.keys(group.shape) : [];
}

function wordsOf(schema: z.core.$ZodType | undefined): readonly string[] {
  const short = schema instanceof z.ZodUnion ? schema.options.find((option) => option instanceof z.ZodEnum) : schema;
  return short instanceof z.ZodEnum ? short.options.map(String) : [];
}

/** The words of the innermost place that has some; a group says its keys. */
function allowed(path: readonly PropertyKey[]): string {
  const inner = schemaAt(path);
  const words = schemasOn(path)
    .map((schema) => allowedAt.get(schema))
    .findLast((found) => found !== undefined);
  if (inner instanceof z.ZodObject || words === undefined) return `a group with the keys ${inCode(keysOf(inner))}`;
  return words;
}
