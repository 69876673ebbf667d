import { cut, fenced, howManyMore } from './fenced.ts';
import { nodesOf, parseMarkdown } from './markdown-tree.ts';
import { endOfOpenFence, neutralMarkdown } from './neutral-markdown.ts';

export { cut, fenced } from './fenced.ts';

/** GitHub refuses longer bodies. */
export const maxCommentLength = 65_536;

/** The hidden first line by which the App finds its own comment again. */
export const marker = (fix: string, key: string): string => `<!-- ai-fix ${fix} ${key} -->`;

/** Where links in quoted texts may lead; on GitHub Enterprise Server it is the server's own host instead. */
const webHosts: readonly string[] = ['github.com', 'docs.github.com'];

/** What closes and explains may come on top of a length. */
const maxAppended = 200;

/**
 * Text that strangers or models wrote, made safe to stand in a comment of ours: `neutralMarkdown` of its first
 * characters. At most 200 characters longer than `maxLength`, and idempotent where nothing is cut.
 *
 * @param knownHosts Those that links may lead to.
 */
export function quoteSafely(text: string, maxLength: number, knownHosts: readonly string[] = webHosts): string {
  const bound = maxLength + maxAppended;
  const quoted = neutralMarkdown(cut(text, maxLength), { knownHosts });
  if (quoted.length <= bound) return quoted;
  const shorter = neutralMarkdown(cut(text, Math.floor(maxLength ** 2 / quoted.length)), { knownHosts });
  return shorter.length <= bound ? shorter : fenced(text, 'text', Math.floor(0.9 * maxLength));
}

/**
 * Text of strangers or models on one line, for titles, table cells and sentences: no Markdown arises from it, it pings
 * nobody, links nowhere and closes no issue. Signs of Markdown are replaced by signs that look like them, because a
 * title shows backslashes. Idempotent, and never longer than `maxLength`.
 */
export function quoteLine(text: string, maxLength: number): string {
  const line = text
    .slice(0, 4 * maxLength)
    .toWellFormed()
    .replaceAll(unseen, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const plain = marks.reduce((sum, [mark, replacement]) => sum.replaceAll(mark, replacement), line);
  if (plain.length <= maxLength) return plain;
  return `${plain.slice(0, Math.max(0, maxLength - 1)).replace(/[\s\u200b_@\\\ud800-\udbff]+$/, '')}…`.slice(
    0,
    maxLength,
  );
}

/**
 * Text of strangers as code on one line, in sentences and table cells: nothing in it is Markdown, a mention or a link. A
 * bar ends a cell even inside code, so it becomes a sign that looks like one.
 */
export function codeOfLine(text: string, maxLength: number): string {
  const line = text
    .slice(0, 4 * maxLength)
    .toWellFormed()
    .replaceAll(unseen, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll('`', "'")
    .replaceAll('|', '¦')
    .trim();
  const short = line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`.toWellFormed();
  return short === '' ? '–' : `\`${short}\``;
}

/** Orders to show what follows from right to left. */
const unseen = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const marks: readonly (readonly [RegExp, string])[] = [
  [/`/g, "'"],
  [/\|/g, '¦'],
  [/\*/g, '∗'],
  [/~/g, '∼'],
  // An underscore emphasises at the edge of a word only.
  [/(?<=^|[^\p{L}\p{N}_\u200b])_/gu, '\u200b_'],
  [/_(?=$|[^\p{L}\p{N}_\u200b])/gu, '_\u200b'],
  [/\](?=[[(:])/g, ']\u200b'],
  [/<(?=[A-Za-z/!?])/g, '<\u200b'],
  [/&(?=#?\w{1,40};)/g, '&\u200b'],
  [/\\(?=[!-/:-@[-`{-~]|$)/g, '\\\u200b'],
  [/@(?![\s\u200b]|$)/g, '@\u200b'],
  [/#(?=\d)/g, '#\u200b'],
  [/\bGH-(?=\d)/gi, '$&\u200b'],
  [/:(?=\/\/)/g, ':\u200b'],
  [/www(?=\.)/gi, '$&\u200b'],
  [/^(?=[#>+=-]|\d{1,9}[.)])/g, '\u200b'],
];

/**
 * Text of strangers or models inside a sentence of ours: one line without its full stop, so that no block can begin in
 * it and swallow what follows. Code marks stay.
 */
export function quoteInSentence(text: string, maxLength: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  // In a sentence it does not begin a line; a word before it says so to the parser.
  const quoted = quoteSafely(`x ${line}`, maxLength + 2).slice(2);
  return withoutStop(quoted.includes('\n') ? quoteLine(line, maxLength) : quoted);
}

/**
 * Takes the force out of words by which a commit tells GitHub to run no checks:
 * https://docs.github.com/actions/how-tos/manage-workflow-runs/skip-workflow-runs
 */
export const withoutSkips = (text: string): string =>
  text
    .replaceAll(/\[(?=(?:skip ci|ci skip|no ci|skip actions|actions skip)\])/gi, '[\u200b')
    .replaceAll(/skip-checks(?=:)/gi, 'skip-checks\u200b');

/** A reason that somebody else worded, to stand before a full stop of ours. */
export const withoutStop = (text: string): string => text.trimEnd().replace(/\.+$/, '');

/**
 * As `cut`, for Markdown of ours: what is open at the cut is closed, and the last line links to the rest.
 */
export function cutWithLink(text: string, maxLength: number, moreUrl: string): string {
  if (text.length <= maxLength) return text;
  const lineEnd = text.lastIndexOf('\n', maxLength);
  const head = text.slice(0, lineEnd > 0.8 * maxLength ? lineEnd : maxLength).toWellFormed();
  return `${head}${endOfOpen(head)}\n\n… ([${howManyMore(text, head.length)}](${moreUrl}))`;
}

/** Ends a code block and folded parts. */
function endOfOpen(markdown: string): string {
  const root = parseMarkdown(markdown);
  if (root === null) return '';
  let folded = 0;
  for (const node of nodesOf(root, markdown)) {
    if (node.type !== 'html') continue;
    for (const [tag] of node.value.matchAll(/<\/?details>/g)) folded += tag === '<details>' ? 1 : -1;
  }
  return endOfOpenFence(root, markdown) + '\n\n</details>'.repeat(Math.max(0, folded));
}

export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}
