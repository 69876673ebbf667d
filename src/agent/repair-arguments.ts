import { jsonrepair } from 'jsonrepair';
import { isNestedDeeper, jsonObject } from '../domain/json-object.ts';

/** Looking takes time in proportion to the length; repairing in proportion to its square: 20,000 characters 0.1 s. */
export const longestSeen = 200_000;
const longestRepaired = 20_000;

/**
 * Arguments that are no JSON object, as the object that was plainly meant; null where there is any doubt.
 *
 * Arguments hold code, and a repair that touches code would change it unseen. So only what stands outside of strings may
 * differ: a fence or words around the object, single quotes, trailing commas, names without quotes, comments, Python's
 * `True` and `None`. Every string has to come out as it was written, in its place, and nothing may be closed for the
 * model: where a bracket or a quote is missing, the rest may be missing too.
 */
export function repairedArguments(written: string): string | null {
  if (written.length > longestSeen || isNestedDeeper(written)) return null;
  const wrapped = unwrapped(written);
  if (wrapped !== null) return wrapped;
  const object = onlyObject(written);
  if (object === null) return null;
  const said = stringsIn(object);
  if (said === null) return null;
  const repaired = jsonObject(object) ?? jsonObject(repair(object));
  if (repaired === null) return null;
  return isSame(said, stringsOf(repaired)) ? JSON.stringify(repaired) : null;
}

/** An object that was written as a JSON string, which says the same. */
function unwrapped(written: string): string | null {
  const outer = parsed(written);
  if (typeof outer !== 'string') return null;
  return jsonObject(outer) === null ? null : outer;
}

function repair(text: string): string {
  if (text.length > longestRepaired) return '';
  try {
    return jsonrepair(text);
  } catch {
    return '';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text from the first brace to the one that closes it; null where it stays open, or another object follows. */
function onlyObject(text: string): string | null {
  const begin = text.indexOf('{');
  if (begin < 0) return null;
  const end = closingBrace(text, begin);
  if (end === null || text.slice(end + 1).includes('{')) return null;
  return text.slice(begin, end + 1);
}

function closingBrace(text: string, begin: number): number | null {
  let depth = 0;
  for (let at = begin; at < text.length; at++) {
    const character = text[at];
    if (character === '"' || character === "'") {
      const end = closingQuote(text, at);
      if (end === null) return null;
      at = end;
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at;
  }
  return null;
}

function closingQuote(text: string, begin: number): number | null {
  for (let at = begin + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[begin]) return at;
  }
  return null;
}

/** Every string that stands in the text, names without quotes too, in their order; null where one cannot be read. */
function stringsIn(text: string): string[] | null {
  const strings: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"' || character === "'") {
      const end = closingQuote(text, at);
      const string = end === null ? null : unescaped(text.slice(at + 1, end));
      if (end === null || string === null) return null;
      strings.push(string);
      at = end;
    } else {
      const name = /^[A-Za-z_$][\w$]*(?=\s*:)/.exec(text.slice(at, at + 200))?.[0];
      if (name === undefined || /[\w$]/.test(text[at - 1] ?? '')) continue;
      strings.push(name);
      at += name.length - 1;
    }
  }
  return strings;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Null where a backslash stands before what JSON has no word for: it may be part of the code. */
function unescaped(raw: string): string | null {
  let isKnown = true;
  const text = raw.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_all, code: string) => {
    if (/^u[0-9a-fA-F]{4}$/.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const character = escapes[code];
    isKnown &&= character !== undefined;
    return character ?? '';
  });
  return isKnown ? text : null;
}

/** Names and values, in the order in which they stand. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...stringsOf(part)]);
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text, index) => text === other[index]);
