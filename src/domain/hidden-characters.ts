/**
 * Characters that show a reader of code something else than what the compiler reads.
 *
 * Trojan Source reorders what is shown (CVE-2021-42574); others show nothing and make one name of two, or carry a
 * text for machines alone (tag characters, runs of variation selectors). An escape in the code says the same in sight.
 */

/** Orders about direction, and whole alphabets that are not shown: they have no place in plain prose either. */
const hiddenEverywhere =
  '\\u115f\\u1160\\u17b4\\u17b5\\u202a-\\u202e\\u2060-\\u206f\\u3164\\uffa0\\ufff9-\\ufffb\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}';

/** Marks of scripts and of typography, and breaks that end a comment where no line ends in sight. */
const hiddenInCode = '\\x80-\\x9f\\xad\\u034f\\u061c\\u180b-\\u180f\\u200b-\\u200f\\u2028\\u2029\\ufe00-\\ufe0f\\ufeff';

const everywhere = new RegExp(`[${hiddenEverywhere}]`, 'u');
const inCode = new RegExp(`[${hiddenEverywhere}${hiddenInCode}]`, 'u');

/**
 * A variation selector behind a visible character, and a joiner between two: parts of emoji and of words in scripts
 * that are not Latin.
 */
const visible = `[^\\0-\\x7f${hiddenEverywhere}${hiddenInCode}]`;
const partsOfGlyphs = new RegExp(
  `(?<=${visible}|[\\d#*])[\\ufe00-\\ufe0f]|(?<=${visible}\\ufe0f?)[\\u200c\\u200d](?=${visible})`,
  'gu',
);

/** Whether a text holds what a reader of code or of a file's name cannot see. */
export const hasHiddenCharacters = (text: string): boolean =>
  inCode.test(text) && inCode.test(text.replace(partsOfGlyphs, ''));

/** Whether prose holds what nobody needs who writes for readers, in whatever script. */
export const hasHiddenOrders = (text: string): boolean => everywhere.test(text);

/** What makes a file binary for most tools, tabs and form feeds apart. A lone carriage return shows two lines as one. */
export const hasControlCharacters = (text: string): boolean => control.test(text);

const control = /[\p{Cc}--[\t\n\f\x80-\x9f]]/v;

/** Whether no line of a text needs a closer look. */
export const isPlainText = (text: string): boolean => !unusual.test(text);

const unusual = /[^\t\n\f\r\x20-\x7e]|\r(?!\n)/;
