export type CharacterRange = readonly [from: string, to: string];

type Bracket =
  | {
      readonly ok: true;
      readonly length: number;
      readonly isNegated: boolean;
      readonly ranges: readonly CharacterRange[];
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads `[…]` at the start of a pattern as models mean it: with JavaScript's escapes and with POSIX classes such as
 * `[:alpha:]`. Classes are ASCII, whatever the locale of a matcher.
 */
export function parseBracket(pattern: string): Bracket {
  const isNegated = pattern[1] === '^';
  const first = isNegated ? 2 : 1;
  const ranges: CharacterRange[] = [];
  for (let at = first; at < pattern.length; ) {
    if (pattern[at] === ']' && at > first) return { ok: true, length: at + 1, isNegated, ranges };
    const item = itemAt(pattern, at);
    if (typeof item === 'string') return { ok: false, reason: item };
    ranges.push(...item.ranges);
    at += item.length;
  }
  return { ok: false, reason: 'a "[" is never closed; write \\[ for the character, or set literal' };
}

interface Item {
  readonly length: number;
  readonly ranges: readonly CharacterRange[];
}

function itemAt(pattern: string, at: number): Item | string {
  const rest = pattern.slice(at, at + 12);
  const named = /^\[:([a-z]+):\]/.exec(rest);
  if (named !== null) {
    const ranges = rangesOf(named[1] ?? '');
    return ranges === null ? `the class ${named[0]} is not known` : { length: named[0].length, ranges };
  }
  if (/^\[[.=]/.test(rest)) return 'collating symbols such as [. .] and [= =] are not known';
  const start = characterAt(rest);
  if (start === null) return `the escape ${JSON.stringify(rest.slice(0, 2))} is not known in brackets`;
  if (start.ranges !== null) return { length: start.length, ranges: start.ranges };
  const behind = rest.slice(start.length);
  if (!/^-[^\]]/.test(behind)) return { length: start.length, ranges: [[start.character, start.character]] };
  const end = characterAt(behind.slice(1));
  if (end === null || end.ranges !== null) return `the range after ${JSON.stringify(start.character)} has no end`;
  const range: CharacterRange = [start.character, end.character];
  const isOrdered = (range[0].codePointAt(0) ?? 0) <= (range[1].codePointAt(0) ?? 0);
  if (!isOrdered) return `the range ${range.join('-')} is upside down`;
  if (range[0] !== range[1] && range.some((side) => '[]^-\\'.includes(side)))
    return `the range ${range.join('-')} cannot be said; name its characters`;
  return { length: start.length + 1 + end.length, ranges: [range] };
}

interface Unit {
  readonly length: number;
  readonly character: string;
  /** Set when it is a class. */
  readonly ranges: readonly CharacterRange[] | null;
}

function characterAt(rest: string): Unit | null {
  const isEscaped = rest[0] === '\\';
  const code = rest.codePointAt(isEscaped ? 1 : 0);
  if (code === undefined) return null;
  const character = String.fromCodePoint(code);
  const length = character.length + (isEscaped ? 1 : 0);
  if (!isEscaped) return { length, character, ranges: null };
  if (character === 't') return { length, character: '\t', ranges: null };
  if (!/[\p{L}\p{N}]/u.test(character)) return { length, character, ranges: null };
  const ranges = rangesOf(character);
  return ranges === null ? null : { length, character, ranges };
}

const digits: readonly CharacterRange[] = [['0', '9']];
const upper: readonly CharacterRange[] = [['A', 'Z']];
const lower: readonly CharacterRange[] = [['a', 'z']];
const space: readonly CharacterRange[] = [' ', '\t', '\r', '\f', '\v'].map(
  (character) => [character, character] as const,
);
const word: readonly CharacterRange[] = [...digits, ...upper, ...lower, ['_', '_']];

const classes: ReadonlyMap<string, readonly CharacterRange[]> = new Map([
  ['d', digits],
  ['digit', digits],
  ['w', word],
  ['word', word],
  ['s', space],
  ['space', space],
  ['blank', space.slice(0, 2)],
  ['upper', upper],
  ['lower', lower],
  ['alpha', [...upper, ...lower]],
  ['alnum', [...digits, ...upper, ...lower]],
  ['xdigit', [...digits, ['A', 'F'] as const, ['a', 'f'] as const]],
]);

/** The characters of a class, by its POSIX name or its letter after a backslash; null when there is none. */
export const rangesOf = (name: string): readonly CharacterRange[] | null => classes.get(name) ?? null;
