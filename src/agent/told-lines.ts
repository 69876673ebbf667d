import { bareLine } from './line-likeness.ts';

/** The lines of a text that are not blank, in their bare form, with where they stand. */
export interface ToldLines {
  readonly texts: readonly string[];
  /** The number of each among all lines, from 0. */
  readonly at: readonly number[];
}

export function toldLines(lines: readonly string[]): ToldLines {
  const texts: string[] = [];
  const at: number[] = [];
  for (const [index, line] of lines.entries()) {
    const text = bareLine(line);
    if (text === '') continue;
    texts.push(text);
    at.push(index);
  }
  return { texts, at };
}
