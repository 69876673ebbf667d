/** An edit of whole lines. */
export interface Block {
  readonly old: readonly string[];
  readonly new: readonly string[];
}

/** Lines `from` up to, without, `to` of the old ones give way to `lines`. */
export interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** A line break at the end of both texts ends their last lines; it is no empty line of its own. */
export function asBlock(oldText: string, newText: string): Block {
  const oldLines = oldText.split('\n');
  const newLines = newText === '' ? [] : newText.split('\n');
  if (oldLines.at(-1) !== '') return { old: oldLines, new: newText === '' ? [''] : newLines };
  if (newLines.at(-1) === '') newLines.pop();
  return { old: oldLines.slice(0, -1), new: newLines };
}

const maxCells = 4_000_000;

/** Where old and new lines differ, by their longest common subsequence; one hunk where that would be too much work. */
export function hunksOf({ old, new: fresh }: Block): Hunk[] {
  const shortest = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < shortest && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const [oldEnd, newEnd] = [old.length - tail, fresh.length - tail];
  const kept = keptPairs(old.slice(head, oldEnd), fresh.slice(head, newEnd)).map(([a, b]) => [a + head, b + head]);
  const hunks: Hunk[] = [];
  let [oldAt, newAt] = [head, head];
  for (const [oldLine = 0, newLine = 0] of [...kept, [oldEnd, newEnd]]) {
    if (oldLine > oldAt || newLine > newAt)
      hunks.push({ from: oldAt, to: oldLine, lines: fresh.slice(newAt, newLine) });
    [oldAt, newAt] = [oldLine + 1, newLine + 1];
  }
  return hunks;
}

function keptPairs(a: readonly string[], b: readonly string[]): [number, number][] {
  const width = b.length + 1;
  if ((a.length + 1) * width > maxCells) return [];
  const lengths = new Uint32Array((a.length + 1) * width);
  const lengthAt = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        a[i] === b[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}

const numbered = /^\s*(\d{1,7})\t/;

/**
 * A block whose lines were copied with the numbers that read_file puts in front of them, without these; null when it is
 * none. Numbers count up in every line of the old text, so that a table with numbers in front is hardly ever taken for
 * one; it is only asked for what was not found as it stands.
 */
export function withoutNumbers({ old, new: fresh }: Block): Block | null {
  const numbers = old.map((line) => Number(numbered.exec(line)?.[1] ?? Number.NaN));
  if (!numbers.every((number, index) => number === (numbers[0] ?? 0) + index)) return null;
  const bare = (line: string): string => line.replace(numbered, '');
  const isMixed = fresh.some((line) => numbered.test(line)) && !fresh.every((line) => numbered.test(line));
  const known = new Set(old);
  if (isMixed && fresh.some((line) => numbered.test(line) && !known.has(line))) return null;
  return { old: old.map(bare), new: fresh.map(bare) };
}
