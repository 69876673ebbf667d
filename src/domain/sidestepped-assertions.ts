import { bareLine } from './changed-lines.ts';
import { isAssertion } from './judging-lines.ts';
import type { TextChange } from './patched-file.ts';
import type { TestLanguage } from './test-language.ts';

/** A line of the text as it is now. */
interface PlacedLine {
  readonly number: number;
  readonly text: string;
  readonly indent: number;
}

/** What an added line puts other lines into. */
interface Block {
  readonly opener: number;
  readonly covered: readonly PlacedLine[];
}

/** How far down a block is followed, and how many blocks are. */
const maxBlockLines = 400;
const maxBlocks = 1_000;

/**
 * Added lines that keep assertions of before from judging: a `try`, an `if` or a comment around them, a `return` in
 * front of them. An assertion that is as new as what surrounds it does not count.
 */
export function sidestepped({ before, after, lines }: TextChange, language: TestLanguage): { line: number }[] {
  if (before === null || after === null || !lines.gained.some(({ text }) => mayOpen(text))) return [];
  const now = { all: placedLines(after), changed: new Set(lines.gained.map(({ number }) => number)) };
  const old = { all: placedLines(before), changed: new Set(lines.lost.map(({ number }) => number)) };
  const edited = new Set(changedOpeners(old).map((opener) => placeOf(opener, old)));
  const openers = changedOpeners(now).filter((opener) => !edited.has(placeOf(opener, now)));
  const blocks = [...openers.map((opener) => blockBelow(now.all, opener)), ...unreadBlocks(now)];
  const isOldAssertion = ({ number, text }: PlacedLine) => !now.changed.has(number) && isAssertion(text, language);
  const around = blocks.filter(({ covered }) => covered.some(isOldAssertion)).map(({ opener }) => opener);
  const dead = lines.gained.filter(({ text }) => constantlyFalse.test(text)).map(({ number }) => number);
  return [...dead, ...around].map((line) => ({ line }));
}

/** A text, and which of its lines the other one has not. */
interface Side {
  readonly all: readonly PlacedLine[];
  readonly changed: ReadonlySet<number>;
}

const placedLines = (text: string): PlacedLine[] =>
  text.split('\n').map((line, index) => ({ number: index + 1, text: bareLine(line), indent: line.search(/[^ \t]|$/) }));

const changedOpeners = ({ all, changed }: Side): PlacedLine[] =>
  all.filter(({ number, text }) => changed.has(number) && isOpener(text)).slice(0, maxBlocks);

/** An opener that only got another condition stands in front of the same line as before. */
function placeOf({ number, text }: PlacedLine, { all, changed }: Side): string {
  const below = all.slice(number, number + maxBlockLines);
  const next = below.find((line) => line.text !== '' && !changed.has(line.number));
  return `${/\w+/.exec(text)?.[0]} ${next?.text}`;
}

const constantlyFalse = /^(?:\}\s*)?(?:else\s+)?if\s*(?:\(\s*)?(?:false|False|0|!1|nil|None)\s*(?:\)\s*)?[{:]?$/;
const conditional =
  /^(?:\}\s*)?(?:else\s+)?(?:if|unless|try|begin|catch|setTimeout|setImmediate|queueMicrotask)\b|^with\b.{0,200}\b(?:raises|suppress)\(|^(?:await\s+)?(?:assert\.\w+|expect)\(\s*(?:async\s*)?\(\)\s*=>\s*\{$/;
const leaving = /^return(?:\s+(?:None|nil|undefined|true|Ok\(\(\)\)))?$/;
const isOpener = (text: string): boolean => conditional.test(text) || leaving.test(text);
const mayOpen = (text: string): boolean => isOpener(text) || /^(?:\/\*|=begin|#if|<!--)|"""|'''/.test(text);

function blockBelow(all: readonly PlacedLine[], { number, text, indent }: PlacedLine): Block {
  const below = all.slice(number, number + maxBlockLines);
  const end = below.findIndex((line) => line.text !== '' && !isInside(line, text, indent));
  return { opener: number, covered: end === -1 ? below : below.slice(0, end) };
}

function isInside(line: PlacedLine, opener: string, indent: number): boolean {
  // What follows a return is dead as long as no block ends.
  if (leaving.test(opener)) return line.indent >= indent && !/^(?:[})\]]|end\b|case\b|default\b)/.test(line.text);
  // Between braces, people may leave the indentation as it was.
  if (opener.endsWith('{')) return line.indent > indent || !line.text.startsWith('}');
  return line.indent > indent;
}

/** Comments, and strings of several lines, that begin with an added line. */
function unreadBlocks({ all, changed }: Side): Block[] {
  const blocks: Block[] = [];
  let open: { readonly end: string; readonly opener: number; readonly covered: PlacedLine[] } | null = null;
  for (const line of all) {
    const end: string | null = endOfUnread(line.text, open?.end ?? null);
    if (open === null) {
      if (end !== null) open = { end, opener: line.number, covered: [] };
    } else if (end === null) {
      if (changed.has(open.opener)) blocks.push(open);
      open = null;
    } else open.covered.push(line);
  }
  if (open !== null && changed.has(open.opener)) blocks.push(open);
  return blocks;
}

/** What has to come before a reader takes lines as code again, after this line; null when it is read as code. */
function endOfUnread(text: string, end: string | null): string | null {
  let awaited = end;
  let at = 0;
  if (awaited === null) {
    const opening = openings.find(([start]) => text.startsWith(start));
    if (opening !== undefined) [awaited, at] = [opening[1], opening[0].length];
  }
  for (;;) {
    if (awaited === null) {
      const next = /"""|'''/.exec(text.slice(at));
      if (next === null) return null;
      awaited = next[0];
      at += next.index + awaited.length;
    } else {
      const found = text.indexOf(awaited, at);
      if (found === -1) return awaited;
      at = found + awaited.length;
      awaited = null;
    }
  }
}

/** Only at the beginning of a line: within one, `/*` is more often a glob in a string. */
const openings: readonly (readonly [string, string])[] = [
  ['/*', '*/'],
  ['=begin', '=end'],
  ['#if 0', '#endif'],
  ['#if false', '#endif'],
  ['<!--', '-->'],
];
