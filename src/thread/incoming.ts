import { type Edit, type HiddenKind, hiddenParts, placeholder, withoutFormulas } from './incoming-edits.ts';
import { parseMarkdown } from './incoming-markdown.ts';
import { type Meter, newMeter, TangledMarkdown } from './incoming-meter.ts';
import { type InvisibleKind, withoutInvisible } from './invisible.ts';
import { cut, fenced } from './outgoing.ts';

/** Text that strangers wrote, as a person sees it on GitHub: whatever else is in it was written for a model. */

export interface Removal {
  readonly what: HiddenKind | InvisibleKind;
  readonly count: number;
}

export interface VisibleText {
  readonly text: string;
  readonly removed: readonly Removal[];
}

/** GitHub takes 65,536 characters. */
const maxInputLength = 100_000;
const maxRounds = 6;
const maxTries = 3;

type Tally = Map<Removal['what'], number>;

/**
 * What a person sees who reads a body or a comment on GitHub, as Markdown: what is visible stays byte for byte (but for
 * line endings), whatever it says.
 *
 * Never throws and ends in bounded time. What is beyond 100,000 characters, or too tangled to parse, is cut, and so is
 * what is beyond `maxLength`; a line at the end says how much. Doing it again changes nothing.
 */
export function visibleText(markdown: string, maxLength: number): VisibleText {
  const tally: Tally = new Map();
  const source = normal(markdown.slice(0, maxInputLength));
  const first = firstRound(source, markdown.length > maxInputLength, tally);
  const text = first.isSettled ? first.text : settled(first.text, tally);

  const unread = source.length - first.readLength + Math.max(0, markdown.length - maxInputLength);
  const length = Math.min(text.length, maxLength);
  if (unread > 0 || length < text.length) count(tally, 'cut');
  const removed = [...tally].map(([what, count]) => ({ what, count }));
  // What was not read is only counted, so anything may stand for it.
  return { text: cut(text + ' '.repeat(unread), length), removed };
}

/** A title as one line, without what nobody sees. A title is no Markdown: GitHub shows `<!-- -->` in it. */
export function visibleLine(text: string, maxLength: number): string {
  const line = oneLine(text);
  return line.length <= maxLength ? line : `${oneLine(line.slice(0, Math.max(0, maxLength - 1)))}…`;
}

const oneLine = (text: string): string =>
  withoutInvisible(text.replaceAll(/[\t\n\r]/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();

/** As the parser reads it; done here so that places in the text stay places. */
const normal = (text: string): string =>
  text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\0', '\uFFFD');

interface FirstRound {
  readonly text: string;
  /** How much of the source the text comes from. */
  readonly readLength: number;
  readonly isSettled: boolean;
}

/**
 * Only this round reads what GitHub reads, so it must find all that is hidden: invisible characters are part of what is
 * read, and go after it. Later rounds see what the removals have put together, which a person has seen as text.
 */
function firstRound(whole: string, isLong: boolean, tally: Tally): FirstRound {
  let source = isLong ? untilBlankLine(whole, whole.length) : whole;
  for (let tries = 0; tries < maxTries; tries++) {
    const isCut = source.length < whole.length;
    const round = shownRound(source, isCut, newMeter(), tally);
    if (typeof round === 'string') {
      const text = isCut ? withoutLabels(round) : round;
      return { text, readLength: source.length, isSettled: text === source };
    }
    source = untilBlankLine(source, round.offset);
  }
  return { text: '', readLength: 0, isSettled: true };
}

/** Repeats until nothing is left to remove. What does not settle is shown as code, where nothing means anything. */
function settled(first: string, tally: Tally): string {
  const meter = newMeter();
  let text = first;
  for (let round = 1; round < maxRounds; round++) {
    const next = shownRound(text, false, meter, tally);
    if (next === text) return text;
    if (typeof next !== 'string') break;
    text = next;
  }
  const plain = withoutFormulas(text);
  return fenced(plain, 'text', plain.length);
}

function shownRound(source: string, isCut: boolean, meter: Meter, tally: Tally): string | TangledMarkdown {
  try {
    const edits = hiddenParts(parseMarkdown(source, meter), isCut);
    return withoutCharacters(applied(source, edits, tally), tally);
  } catch (error) {
    // The parser cannot be stopped in any other way.
    if (error instanceof TangledMarkdown) return error;
    throw error;
  }
}

function applied(source: string, edits: readonly Edit[], tally: Tally): string {
  // Of those that begin in one place, the first is an insertion, or holds the others.
  const ordered = edits.toSorted((a, b) => a.start - b.start);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text, what } of ordered) {
    if (start < at) continue;
    parts.push(source.slice(at, start), text);
    count(tally, what);
    at = end;
  }
  return parts.join('') + source.slice(at);
}

/** `data:` and what follows: it may say anything to who decodes it. */
const dataUri = /(?<![\w-])data:(?:[a-z\d.+-]{1,64}\/[a-z\d.+-]{1,64})?(?:;[\w.+=-]{1,100}){0,8},[^\s<>"'`()[\]]+/gi;

function withoutCharacters(text: string, tally: Tally): string {
  const visible = withoutInvisible(text, (what) => count(tally, what));
  return visible.replaceAll(dataUri, (uri, at: number) => {
    count(tally, 'data-uri');
    return placeholder('data URI', visible[at + uri.length]);
  });
}

/** The text before the last blank line before a place: no link, tag or paragraph goes on across that. */
function untilBlankLine(text: string, place: number): string {
  let end = text.lastIndexOf('\n', place - 1);
  while (end > 0) {
    const start = text.lastIndexOf('\n', end - 1);
    if (/^[ \t]*$/.test(text.slice(start + 1, end))) return text.slice(0, start + 1);
    end = start;
  }
  return '';
}

/**
 * Where the end of a text is missing, the definitions of its links may have been there. A label that one of them would
 * hide is hidden.
 */
const withoutLabels = (text: string): string =>
  text
    .replaceAll(/!\[(?:(?!\n[ \t]*\n)[\s\S])*/g, '[image]')
    .replaceAll(/\]\[(?:[^[\]\\]|\\[\s\S]){0,999}\]/g, ']')
    .replaceAll(/\[\^[^\]\s]{1,999}\]/g, '');

function count(tally: Tally, what: Removal['what']): void {
  tally.set(what, (tally.get(what) ?? 0) + 1);
}
