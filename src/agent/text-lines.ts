const byteOrderMark = '\ufeff';

/**
 * A text with its line endings set apart, so that it can be searched and edited as if every line ended in `\n`.
 * `joinText` gives back the same text. A lone `\r` is no line ending.
 */
export interface LineText {
  readonly mark: '' | typeof byteOrderMark;
  /** Without mark, every line ending written `\n`. */
  readonly body: string;
  /** The real ending for each `\n` of the body, in order. */
  readonly endings: readonly string[];
}

export function setApart(text: string): LineText {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : '';
  const rest = text.slice(mark.length);
  return { mark, body: rest.replaceAll('\r\n', '\n'), endings: rest.match(/\r?\n/g) ?? [] };
}

export function joinText({ mark, body, endings }: LineText): string {
  let index = 0;
  return mark + body.replaceAll('\n', () => endings[index++] ?? '\n');
}

/** The lines of a text as an editor counts them: without endings, and none behind the last one. */
export function splitLines(text: string): string[] {
  const { body } = setApart(text);
  const lines = body.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The number, from 1, of the line in which an offset of a body lies. */
export function lineAt(body: string, offset: number): number {
  return countBreaks(body, 0, offset) + 1;
}

export function countBreaks(body: string, from: number, to: number): number {
  let count = 0;
  for (let at = body.indexOf('\n', from); at !== -1 && at < to; at = body.indexOf('\n', at + 1)) count += 1;
  return count;
}
