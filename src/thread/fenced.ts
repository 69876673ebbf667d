/** Of a run of backticks that a text may keep: the fence around it is longer than the longest. */
const maxBackticks = 64;

/** The first characters of a text, and how many are missing. The note comes on top of `maxLength`. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength).toWellFormed()}\n… (${howManyMore(text, maxLength)})`;
}

export const howManyMore = (text: string, maxLength: number): string =>
  `${(text.length - maxLength).toLocaleString('en-US')} more characters`;

/** A fence longer than any run of backticks inside, so that no text can end it. */
export function fenced(text: string, language: string, maxLength: number): string {
  const body = cut(text, maxLength).replaceAll(/`{64}(?=`)/g, '$&\u200b');
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${body.replace(/\n$/, '')}\n${fence}`;
}

/** Whether this is one block of plain text and nothing else, as `fenced` makes it. */
export function isFenced(text: string): boolean {
  const fence = /^`{3,}/.exec(text.slice(0, maxBackticks + 2))?.[0];
  if (fence === undefined || !text.endsWith(`\n${fence}`)) return false;
  const inside = text.slice(fence.length, -fence.length);
  return inside.startsWith('text\n') && !inside.includes(fence);
}
