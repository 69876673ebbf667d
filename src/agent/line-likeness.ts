/** What keyboards and models write for what stands in texts: a character for a character. */
const plainFor: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '\u00a0': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
};
const fancy = new RegExp(`[${Object.keys(plainFor).join('')}]`, 'g');

/** A line without the white space around it and with plain quotes, dashes and spaces; as long as the trimmed line. */
export const bareLine = (line: string): string => line.replace(fancy, (sign) => plainFor[sign] ?? sign).trim();

export const isBlank = (line: string): boolean => line.trim() === '';

export const indentOf = (line: string): string => line.slice(0, line.length - line.trimStart().length);

/** From 0 to 1: how many of the pairs of neighbouring characters two texts share (Sørensen and Dice). */
export function likeness(a: string, b: string): number {
  if (a === b) return 1;
  if (Math.min(a.length, b.length) * 2 < Math.max(a.length, b.length) || Math.max(a.length, b.length) > 1_000) return 0;
  const counts = new Map<string, number>();
  for (let at = 0; at < a.length - 1; at += 1) {
    const pair = a.slice(at, at + 2);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  let shared = 0;
  for (let at = 0; at < b.length - 1; at += 1) {
    const pair = b.slice(at, at + 2);
    const left = counts.get(pair) ?? 0;
    if (left === 0) continue;
    counts.set(pair, left - 1);
    shared += 1;
  }
  const pairs = a.length + b.length - 2;
  return pairs <= 0 ? 0 : (2 * shared) / pairs;
}

/**
 * The new line with the file's own characters where old and new agree: what a model wrote with plain quotes around its
 * change stays as the file has it.
 *
 * Null where the change itself has signs that the file writes otherwise.
 */
export function withFileCharacters(old: string, fresh: string, there: string): string | null {
  const [asked, found] = [old.trim(), there.trim()];
  const wanted = fresh.trim();
  if (asked === found) return fresh;
  const shortest = Math.min(asked.length, wanted.length);
  let head = 0;
  while (head < shortest && asked[head] === wanted[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && asked.at(-1 - tail) === wanted.at(-1 - tail)) tail += 1;
  const middle = wanted.slice(head, wanted.length - tail);
  const odd = new Set([...asked].filter((sign, index) => sign !== found[index]));
  if ([...middle].some((sign) => odd.has(sign))) return null;
  return indentOf(fresh) + found.slice(0, head) + middle + found.slice(found.length - tail);
}
