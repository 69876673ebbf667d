/** GitHub refuses longer bodies. */
export const maxCommentLength = 65_536;

/** The hidden first line by which the App finds its own comment again. */
export const marker = (fix: string, key: string): string => `<!-- ai-fix ${fix} ${key} -->`;

/**
 * Text that strangers or models wrote, made safe to stand in a comment of ours: it pings nobody, hides nothing, and
 * ends the code blocks it begins, also where it is cut.
 */
export function quoteSafely(text: string, maxLength: number): string {
  const visible = text
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, '')
    // Taking one comment out may have put another together.
    .replaceAll('<!--', '&lt;!--')
    // GitHub looks for mentions in what is rendered, where an entity is an @ and an entity may be a letter after it.
    .replaceAll(/&(?=#0*64;|#x0*40;|commat;)/gi, '&amp;')
    .replaceAll('@', '@\u200b')
    .replaceAll(/!+\[/g, '[');
  return closeFence(cut(visible, maxLength));
}

/** Ends a code block that the text left open, so that what follows is not taken for code. */
function closeFence(text: string): string {
  let open: string | null = null;
  for (const line of text.split('\n')) {
    const fence: string | undefined = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) continue;
    if (open === null) open = fence;
    else if (fence.startsWith(open) && line.trim() === fence) open = null;
  }
  return open === null ? text : `${text}\n${open}`;
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
