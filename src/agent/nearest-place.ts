import { likeness } from './line-likeness.ts';
import { toldLines } from './told-lines.ts';

/** Lines of a file, from 1; both belong to it. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

const maxShownLines = 15;
const maxFileLines = 20_000;
const minLikeness = 0.5;

/** The place of a file that a text resembles most, to be shown to who looked for it; null where nothing does. */
export function nearestPlace(lines: readonly string[], asked: readonly string[]): LineRange | null {
  const file = toldLines(lines.slice(0, maxFileLines));
  const wanted = toldLines(asked).texts;
  const start = startBySameLines(file.texts, wanted) ?? startByLikeness(file.texts, wanted);
  if (start === null) return null;
  const first = file.at[Math.max(0, start)] ?? 0;
  const last = file.at[Math.min(start + wanted.length, file.at.length) - 1] ?? first;
  return { first: first + 1, last: Math.max(first, Math.min(last, first + maxShownLines - 1)) + 1 };
}

/** Where the most lines would stand that are the same; lines that are everywhere (`}`) tell nothing. */
function startBySameLines(texts: readonly string[], wanted: readonly string[]): number | null {
  const votes = new Map<number, number>();
  for (const [index, text] of wanted.slice(0, 200).entries()) {
    if (!/\w{2}/.test(text)) continue;
    for (let at = texts.indexOf(text), count = 0; at !== -1 && count < 20; at = texts.indexOf(text, at + 1), count += 1)
      votes.set(at - index, (votes.get(at - index) ?? 0) + 1);
  }
  let best: number | null = null;
  for (const [start, count] of votes) if (count > (votes.get(best ?? Number.NaN) ?? 0)) best = start;
  return best;
}

function startByLikeness(texts: readonly string[], wanted: readonly string[]): number | null {
  const telling = wanted.findIndex((text) => /\w{2}/.test(text));
  const text = wanted[telling];
  if (text === undefined) return null;
  let best: number | null = null;
  let most = minLikeness;
  for (const [at, other] of texts.entries()) {
    const like = likeness(text, other);
    if (like > most) [best, most] = [at - telling, like];
  }
  return best;
}
