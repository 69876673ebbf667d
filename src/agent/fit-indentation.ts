import { indentOf, isBlank } from './line-likeness.ts';

/** How many lines a file must indent before it has a style. */
const minIndentedLines = 3;

/**
 * The new text with its added lines indented by the file's sign: tabs in a file of spaces become as many steps of
 * spaces, and the other way round. Where file or new text mix both, the text stays as it is.
 *
 * Null where the size of a step is not plain: nobody knows then how deep a line belongs.
 */
export function fitIndentation(body: string, oldText: string, newText: string): string | null {
  const lines = newText.split('\n');
  const known = new Set(oldText.split('\n'));
  const added = lines.filter((line) => !known.has(line) && !isBlank(line)).map(indentOf);
  const sign = signOf(added, 1);
  if (sign === null) return newText;
  const indents = body.split('\n').map(indentOf);
  const fileSign = signOf(indents, minIndentedLines);
  if (fileSign === null || sign === fileSign) return newText;
  const step =
    sign === '\t' ? stepOf(indents) : stepAmong(added, [...known].filter((line) => !isBlank(line)).map(indentOf));
  if (step === null) return null;
  const fitted = (indent: string): string =>
    sign === ' ' ? '\t'.repeat(indent.length / step) : ' '.repeat(indent.length * step);
  return lines
    .map((line) => (known.has(line) || isBlank(line) ? line : fitted(indentOf(line)) + line.trimStart()))
    .join('\n');
}

/** The only sign that indents; a single space in front of a comment's star indents nothing. */
function signOf(indents: readonly string[], least: number): ' ' | '\t' | null {
  const deep = indents.filter((indent) => indent !== '' && indent !== ' ');
  if (deep.length < least || deep.length === 0) return null;
  if (deep.every((indent) => /^\t+$/.test(indent))) return '\t';
  return deep.every((indent) => /^ +$/.test(indent)) ? ' ' : null;
}

/** Spaces a level: two or four, when all are multiples of it and one level stands alone. */
function stepOf(indents: readonly string[]): number | null {
  const lengths = indents.map(({ length }) => length).filter((length) => length > 1);
  const least = Math.min(...lengths);
  return (least === 2 || least === 4) && lengths.every((length) => length % least === 0) ? least : null;
}

/** Spaces a level of lines that go among lines indented by tabs: no deeper than one level below these. */
function stepAmong(indents: readonly string[], tabs: readonly string[]): number | null {
  const depths = tabs.map(({ length }) => length);
  const [least, most] = [Math.min(...depths), Math.max(...depths) + 1];
  const lengths = indents.filter((indent) => indent !== ' ').map(({ length }) => length);
  const fits = [2, 4].filter((step) =>
    lengths.every(
      (length) => length % step === 0 && (length === 0 || (length / step >= least && length / step <= most)),
    ),
  );
  return fits.length === 1 ? (fits[0] ?? null) : null;
}
