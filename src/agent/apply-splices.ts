import { countBreaks, type LineText } from './text-lines.ts';

/** A range of the body and what replaces it. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lines of the new text, from 1, that an edit put there. `last` may lie behind the end after a deletion there. */
export interface Region {
  readonly first: number;
  readonly last: number;
}

/**
 * Puts splices (in order, apart from each other) into a text.
 *
 * Lines around the change keep their endings; within it the lines take those of the lines they replace, in order, and
 * added ones that of their neighbour. Whether the file ends in a line break stays as it was: models cannot see it, and a diff would show it.
 */
export function applySplices(text: LineText, splices: readonly Splice[]): { text: LineText; regions: Region[] } {
  const pieces: string[] = [];
  const endings: string[] = [];
  const regions: Region[] = [];
  let at = 0;
  let breaksRead = 0;
  for (const { start, end, text: inserted } of splices.map((splice) => narrowed(text.body, splice))) {
    const keptBreaks = countBreaks(text.body, at, start);
    for (let index = 0; index < keptBreaks; index += 1) endings.push(text.endings[breaksRead++] ?? '\n');
    const removed = text.endings.slice(breaksRead, breaksRead + countBreaks(text.body, start, end));
    const neighbour = text.endings[breaksRead + removed.length] ?? text.endings[breaksRead - 1] ?? '\n';
    const insertedBreaks = countBreaks(inserted, 0, inserted.length);
    regions.push({ first: endings.length + 1, last: endings.length + 1 + insertedBreaks });
    for (let index = 0; index < insertedBreaks; index += 1) endings.push(removed[index] ?? removed.at(-1) ?? neighbour);
    pieces.push(text.body.slice(at, start), inserted);
    breaksRead += removed.length;
    at = end;
  }
  const body = pieces.join('') + text.body.slice(at);
  const edited = { mark: text.mark, body, endings: [...endings, ...text.endings.slice(breaksRead)] };
  return { text: withEndAsBefore(text, edited), regions };
}

/** How long the body will be; to be asked before a replacement in many places is made. */
export const lengthAfter = (body: string, splices: readonly Splice[]): number =>
  splices.reduce((length, { start, end, text }) => length + text.length - (end - start), body.length);

/** Leaves out what a splice would replace by itself, so that untouched lines keep their own endings. */
function narrowed(body: string, { start, end, text }: Splice): Splice {
  const shortest = Math.min(end - start, text.length);
  let head = 0;
  while (head < shortest && body[start + head] === text[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && body[end - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
  return { start: start + head, end: end - tail, text: text.slice(head, text.length - tail) };
}

function withEndAsBefore(before: LineText, after: LineText): LineText {
  const endedInBreak = before.body.endsWith('\n');
  if (after.body === '' || endedInBreak === after.body.endsWith('\n')) return after;
  return endedInBreak
    ? { ...after, body: `${after.body}\n`, endings: [...after.endings, before.endings.at(-1) ?? '\n'] }
    : { ...after, body: after.body.slice(0, -1), endings: after.endings.slice(0, -1) };
}
