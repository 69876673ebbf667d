/** GitHub refuses longer bodies. */
export const maxCommentLength = 65_536;

/** The hidden first line by which the App finds its own comment again. */
export const marker = (fix: string, key: string): string => `<!-- ai-fix ${fix} ${key} -->`;

/** Text that strangers or models wrote, made safe to stand in a comment of ours: it pings nobody and hides nothing. */
export function quoteSafely(text: string, maxLength: number): string {
  const visible = text
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replaceAll(/@(?=[A-Za-z0-9])/g, '@\u200b')
    .replaceAll(/!\[/g, '[');
  return cut(visible, maxLength);
}

/** A reason that somebody else worded, to stand before a full stop of ours. */
export const withoutStop = (text: string): string => text.trimEnd().replace(/\.+$/, '');

export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength).toWellFormed()}\n… (${(text.length - maxLength).toLocaleString('en-US')} more characters)`;
}

/** A fence longer than any run of backticks inside, so that no text can end it. */
export function fenced(text: string, language: string, maxLength: number): string {
  const body = cut(text, maxLength);
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${body.replace(/\n$/, '')}\n${fence}`;
}

export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}
