import { type CharacterRange, parseBracket, rangesOf } from './bracket-expression.ts';

type SearchPattern =
  | {
      readonly ok: true;
      /** POSIX extended, for git. */
      readonly extended: string;
      /** The same for `new RegExp(…, 'u')`. */
      readonly source: string;
    }
  | { readonly ok: false; readonly reason: string };

/** What a repetition may multiply to in all: matchers unroll counts, and `((a{99}){99}){99}` would fill the memory. */
const maxRepeats = 1000;

/**
 * Reads the regular expressions that models write and says them in two dialects that mean the same.
 *
 * Files are searched in two places, unchanged ones by git and edited ones here; a pattern must not mean one thing there
 * and another here (`\d` is a plain `d` to git, a backslash in brackets a plain backslash). What cannot be said in
 * both, look-around and back references, is refused with a reason. `$` also matches before a `\r`.
 */
export function searchPattern(pattern: string): SearchPattern {
  const output: Output = { extended: '', source: '' };
  let rest = pattern;
  let depth = 0;
  let repeats = 1;
  let mayRepeat = false;
  while (rest !== '') {
    const token = nextToken(rest, mayRepeat);
    if (token.kind === 'fault') return { ok: false, reason: token.reason };
    output.extended += token.extended;
    output.source += token.source;
    rest = rest.slice(token.length);
    mayRepeat = token.kind === 'atom' || token.kind === 'close';
    if (token.kind === 'open') depth += 1;
    if (token.kind === 'close') depth -= 1;
    if (token.kind === 'repeat') repeats *= token.times;
    if (depth < 0) return { ok: false, reason: 'a ")" closes nothing; write \\) for the character' };
    if (repeats > maxRepeats) return { ok: false, reason: `the counts in braces multiply to more than ${maxRepeats}` };
  }
  if (depth > 0) return { ok: false, reason: 'a "(" is never closed; write \\( for the character, or set literal' };
  return { ok: true, ...output };
}

/** A pattern that finds exactly this text. */
export function literalPattern(text: string): SearchPattern {
  const exact = Array.from(text, (character) => escapedCharacter(character)).join('');
  return { ok: true, extended: exact, source: exact };
}

interface Output {
  extended: string;
  source: string;
}

interface Token extends Readonly<Output> {
  readonly kind: 'atom' | 'anchor' | 'open' | 'close' | 'branch' | 'repeat';
  /** How much of the pattern it takes. */
  readonly length: number;
  /** The largest count of a repetition. */
  readonly times: number;
}

type Fault = { readonly kind: 'fault'; readonly reason: string };

const token = (kind: Token['kind'], length: number, extended: string, source = extended, times = 1): Token => ({
  kind,
  length,
  extended,
  source,
  times,
});

const fault = (reason: string): Fault => ({ kind: 'fault', reason });

function nextToken(rest: string, mayRepeat: boolean): Token | Fault {
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  switch (character) {
    case '(':
      if (rest.startsWith('(?:')) return token('open', 3, '(', '(?:');
      return rest.startsWith('(?')
        ? fault('groups that start with (? are not known, except (?:')
        : token('open', 1, '(');
    case ')':
      return token('close', 1, ')');
    case '|':
      return token('branch', 1, '|');
    case '^':
      return token('anchor', 1, '^');
    case '$':
      return token('anchor', 1, '\r?$', '\\r?$');
    case '.':
      return token('atom', 1, '.', '[^\\n]');
    case '[':
      return bracket(rest);
    case '\\':
      return escaped(rest);
    case '*':
    case '+':
    case '?':
    case '{':
      return repetition(rest, mayRepeat);
    default:
      return token('atom', character.length, escapedCharacter(character));
  }
}

function repetition(rest: string, mayRepeat: boolean): Token | Fault {
  // A trailing ? makes it lazy, which does not matter to whether a line matches.
  const braces = /^\{(\d+)(?:(,)(\d+)?)?\}\??/.exec(rest);
  if (rest.startsWith('{') && braces === null) return token('atom', 1, '\\{');
  if (!mayRepeat)
    return fault(
      `there is nothing in front of "${rest.slice(0, 1)}" to repeat; write \\${rest.slice(0, 1)} for the character`,
    );
  if (braces === null) return token('repeat', rest[1] === '?' ? 2 : 1, rest.slice(0, 1));
  const [whole, least = '0', comma = '', most = ''] = braces;
  const times = Math.max(Number(least), Number(most), 1);
  if (most !== '' && Number(most) < Number(least)) return fault(`{${least},${most}} counts down`);
  return token('repeat', whole.length, `{${least}${comma}${most}}`, undefined, times);
}

function escaped(rest: string): Token | Fault {
  const code = rest.codePointAt(1);
  if (code === undefined) return fault('the pattern ends in a lone backslash');
  const character = String.fromCodePoint(code);
  const length = 1 + character.length;
  if (character === 'b' || character === 'B') return token('anchor', length, `\\${character}`);
  if (character === '<' || character === '>') return token('anchor', length, `\\${character}`, '\\b');
  if (character === 't') return token('atom', length, '\t', '\\t');
  const ranges = rangesOf(character.toLowerCase());
  if (ranges !== null)
    return token('atom', length, ...say({ isNegated: character !== character.toLowerCase(), ranges }));
  if (/[\p{L}\p{N}]/u.test(character))
    return fault(`\\${character} is not known; known are \\d \\D \\w \\W \\s \\S \\b \\B \\t`);
  return token('atom', length, escapedCharacter(character));
}

function bracket(rest: string): Token | Fault {
  const parsed = parseBracket(rest);
  return parsed.ok ? token('atom', parsed.length, ...say(parsed)) : fault(parsed.reason);
}

interface CharacterSet {
  readonly isNegated: boolean;
  readonly ranges: readonly CharacterRange[];
}

/** One set of characters in both dialects. */
function say({ isNegated, ranges }: CharacterSet): [extended: string, source: string] {
  const isOnly = (character: string) => ranges.some(([from, to]) => from === character && to === character);
  const plain = ranges.filter(([from, to]) => from !== to || !['[', ']', '^', '-'].includes(from));
  const posix = [
    // POSIX knows no escapes in brackets: ] stands first, [ before nothing it could open, ^ not first, - last.
    isOnly(']') ? ']' : '',
    ...plain.map(([from, to]) => (from === to ? from : `${from}-${to}`)),
    isOnly('[') ? '[' : '',
  ].join('');
  const caret = isOnly('^') ? '^' : '';
  const dash = isOnly('-') ? '-' : '';
  const inner = posix === '' && !isNegated ? dash + caret : posix + caret + dash;
  const extended = inner === '^' && !isNegated ? '\\^' : `[${isNegated ? '^' : ''}${inner}]`;
  const ranged = ranges.map(([from, to]) => (from === to ? inSource(from) : `${inSource(from)}-${inSource(to)}`));
  return [extended, `[${isNegated ? '^' : ''}${ranged.join('')}]`];
}

const inSource = (character: string): string => (/[\\\]^[-]/.test(character) ? `\\${character}` : character);

const escapedCharacter = (character: string): string =>
  /[\^$\\.*+?()[\]{}|]/.test(character) ? `\\${character}` : character;
