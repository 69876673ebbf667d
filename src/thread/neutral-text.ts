import { type KnownHosts, plain, targetName } from './link-targets.ts';
import type { Span } from './markdown-tree.ts';

/** A piece of the source that is replaced; an insertion where it is empty. */
export interface Edit extends Span {
  readonly text: string;
}

/** What is needed to change one state of a text. */
export interface Draft {
  readonly source: string;
  readonly knownHosts: KnownHosts;
}

/** Names have no place for it, people do not see it, and GitHub leaves it where it is. */
export const invisible = '\u200b';

/**
 * What has to change in a piece of text so that it is only text: mentions, references to other repositories, closing
 * keywords, addresses, and what another parser may take for a mark. Looks at what is shown, so entities and
 * backslashes hide nothing.
 */
export function textEdits(draft: Draft, span: Span): Edit[] {
  const shown = shownText(draft.source, span);
  const addresses = addressEdits(draft, shown);
  const isInAddress = ({ start }: Edit) => addresses.some((edit) => edit.start <= start && start < edit.end);
  const others = [...nameEdits(draft.source, shown), ...markEdits(draft.source, shown)];
  return [...addresses, ...(addresses.length === 0 ? others : others.filter((edit) => !isInAddress(edit)))];
}

/** Instead of an address: in a code span nothing is an address. */
export const codeInstead = ({ start, end }: Span, text: string): Edit => ({
  start,
  end,
  text: text === '' ? '' : `\`${text}\``,
});

/** Text as people see it; each character knows where it stands in the source. */
interface Shown {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

function shownText(source: string, { start, end }: Span): Shown {
  const signs: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = start; at < end; ) {
    const { sign, length } = signAt(source, at);
    signs.push(sign);
    starts.push(at);
    at = Math.min(end, at + length);
    ends.push(at);
  }
  return { text: signs.join(''), starts, ends };
}

const encoded = /\\([!-/:-@[-`{-~])|&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z][A-Za-z\d]{0,31}));/y;

/** Of the named references those to a sign which means something below. */
const named: ReadonlyMap<string, string> = new Map([
  ['commat', '@'],
  ['num', '#'],
  ['sol', '/'],
  ['colon', ':'],
  ['period', '.'],
  ['lowbar', '_'],
  ['UnderBar', '_'],
  ['ZeroWidthSpace', invisible],
]);
/** A sign that means nothing below. */
const other = '\ufffd';

/** One UTF-16 unit, so that places can be counted: no rule below is about a sign that needs two. */
function signAt(source: string, at: number): { sign: string; length: number } {
  const sign = source[at] ?? '';
  if (sign !== '\\' && sign !== '&') return { sign, length: 1 };
  encoded.lastIndex = at;
  const found = encoded.exec(source);
  if (found === null) return { sign, length: 1 };
  const [whole, escaped, decimal, hexadecimal, name = ''] = found;
  const code = Number(decimal ?? `0x${hexadecimal ?? 0}`);
  const shown = escaped ?? named.get(name) ?? (code > 0 && code <= 0xffff ? String.fromCharCode(code) : other);
  // Only one that stands as itself ends an address.
  return { sign: shown === '<' ? other : shown, length: whole.length };
}

/** What our parser took for text; another may not, so it becomes code even where the host is known. */
const address = /(?<![A-Za-z])(?:https?|ftp):\/\/[^\s<]+|(?<![A-Za-z\d])www\.[^\s<]*/gi;

function addressEdits({ knownHosts }: Draft, { text, starts, ends }: Shown): Edit[] {
  return [...text.matchAll(address)].flatMap(({ 0: found, index }) => {
    const written = withoutTail(found);
    const url = /^www/i.test(written) ? `http://${written}` : written;
    const name = [targetName(url, knownHosts), plain(written.replace(/^\w+:/, ''), 100)].find(hasLetter);
    if (name === undefined) return [];
    const start = starts[index] ?? 0;
    return [codeInstead({ start, end: ends[index + written.length - 1] ?? start }, name)];
  });
}

const hasLetter = (text: string): boolean => /[A-Za-z\d]/.test(text);

/** Signs at the end of an address belong to the sentence. */
export function withoutTail(text: string): string {
  let end = text.length;
  while (end > 0 && '?!.,:;*_~\'")]}>|`\\'.includes(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}

/** `@name`, `owner/name#1`, and the number that a closing keyword stands before. */
const name = /@(?!\u200b|\s)|(?<=[\w.-])#(?=\d)|#(?=\d)|(?<![A-Za-z\d])GH-(?=\d)/gi;
/** https://docs.github.com/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue */
const closing = /(?<![A-Za-z\d])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\W{1,12}$/i;
const longestClosing = 24;

function nameEdits(source: string, { text, ends }: Shown): Edit[] {
  return [...text.matchAll(name)].flatMap(({ 0: found, index }) => {
    const at = ends[index + found.length - 1] ?? 0;
    const isBound = /[\w.-]/.test(text[index - 1] ?? '') && found === '#';
    const isClosing = [text.slice(0, index), source.slice(0, at - found.length)].some((before) =>
      closing.test(before.slice(-longestClosing)),
    );
    return found === '@' || isBound || isClosing ? [{ start: at, end: at, text: invisible }] : [];
  });
}

/**
 * What our parser took for text and GitHub's may not, as cmark-gfm 0.29 shows: it knows more tags, takes links and
 * definitions with a bracket too many, and after a run of backticks that nothing ends it misses code spans.
 */
const marks = /<(?=[A-Za-z/!?])|\](?=[(:])|`/g;
const harmless: Readonly<Record<string, string>> = { '<': '&lt;', ']': `]${invisible}`, '`': '\\`' };

function markEdits(source: string, { text, starts }: Shown): Edit[] {
  return [...text.matchAll(marks)].flatMap(({ 0: mark, index }) => {
    const start = starts[index] ?? 0;
    return source[start] === mark ? [{ start, end: start + 1, text: harmless[mark] ?? '' }] : [];
  });
}
