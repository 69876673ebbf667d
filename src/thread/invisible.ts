import { parseFragment } from 'parse5';

/** What a person cannot see on a screen, as classes of characters. */

export type InvisibleKind = 'invisible' | 'bidi' | 'control';

/** Turns the order of reading around, or marks it: what is read is not what is written. */
const bidi = '[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]';
/** Ends a line or a page where no line of ours ends. */
const breaks = '[\\v\\f\\u0085\\u2028\\u2029]';
const control = '[\\p{Cc}--[\\n\\t]]';
/**
 * What Unicode says to show as nothing (zero-width characters, fillers, tags, variation selectors), other format
 * characters but the Arabic and Kaithi signs that are drawn, halves of characters, and blanks that only look empty.
 */
const invisible =
  '[[\\p{Default_Ignorable_Code_Point}\\p{Cf}\\p{Cs}\\p{Noncharacter_Code_Point}\\u2800\\u{1D159}]' +
  '--[\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\u{110BD}\\u{110CD}]]';

/** An emoji keeps the joiners and selectors that it is made of: one between two signs, one behind a sign. */
const sign = '\\p{Extended_Pictographic}\\uFE0F?\\p{Emoji_Modifier}?';
const emoji = `${sign}(?:\\u200D${sign})*|[0-9#*]\\uFE0F\\u20E3`;

const unseen = new RegExp(
  `(?<emoji>${emoji})|(?<break>${breaks})|(?<bidi>${bidi})|(?<control>${control})|(?<invisible>${invisible})`,
  'gv',
);

/** Text without the characters that nobody sees; a break that is no line feed becomes a space. */
export function withoutInvisible(text: string, removed: (what: InvisibleKind) => void = () => {}): string {
  return text.replaceAll(unseen, (found, ...rest) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (groups.emoji !== undefined) return found;
    removed(groups.bidi !== undefined ? 'bidi' : groups.invisible !== undefined ? 'invisible' : 'control');
    return groups.break === undefined ? '' : ' ';
  });
}

/** Whether nothing of the text is left on a screen. */
export const isBlank = (text: string): boolean => withoutInvisible(text).trim() === '';

/** A character reference (`&#x200b;`, `&shy;`) without what nobody would see of it; most come back as they are. */
export function visibleReference(reference: string): string {
  const number = /^&#(?:[xX]([\da-fA-F]+)|(\d+))/.exec(reference);
  const decoded = number === null ? named(reference) : numbered(number);
  const visible = withoutInvisible(decoded);
  return visible === decoded ? reference : visible;
}

function numbered([, hex, decimal]: RegExpExecArray): string {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : '\ufffd';
}

function named(reference: string): string {
  const [node] = parseFragment(reference).childNodes;
  return node !== undefined && 'value' in node ? node.value : reference;
}
