/** A line without what surrounds it: no indentation, no comma or semicolon at its end, never empty. */
export interface Line {
  /** From 1, in the text it comes from. */
  readonly number: number;
  readonly text: string;
}

/**
 * What differs between two texts, as sets of lines: a line that moved, was indented anew or got a comma behind it is
 * the same line. So nothing depends on how a diff would align the texts.
 */
export interface ChangedLines {
  readonly gained: readonly Line[];
  readonly lost: readonly Line[];
  /** What lies between the equal beginnings and the equal ends of both texts, in whole lines. */
  readonly before: Part;
  readonly after: Part;
}

interface Part {
  readonly text: string;
  readonly firstLine: number;
}

/** Linear in both texts. */
export function changedLines(before: string, after: string): ChangedLines {
  const [head, tail] = sharedEnds(before, after);
  const firstLine = countBreaks(before, head) + 1;
  const parts = {
    before: { text: before.slice(head, before.length - tail), firstLine },
    after: { text: after.slice(head, after.length - tail), firstLine },
  };
  const old = linesOf(parts.before);
  const fresh = linesOf(parts.after);
  if (old.length === 0) return { gained: fresh, lost: [], ...parts };
  const counts = countsOf(old.map(({ text }) => text));
  const gained = fresh.filter(({ text }) => !takeOne(counts, text));
  const lost = old.filter(({ text }) => takeOne(counts, text));
  return { gained, lost, ...parts };
}

/** How often each text stands in a list. */
export function countsOf(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** Whether one was left; it is gone then. */
export function takeOne(counts: Map<string, number>, text: string): boolean {
  const count = counts.get(text) ?? 0;
  if (count > 0) counts.set(text, count - 1);
  return count > 0;
}

/** A line as it is compared: what an editor or a formatter moves about is left out. */
export function bareLine(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && (isBlank(line.charCodeAt(end - 1)) || isStop(line.charCodeAt(end - 1)))) end -= 1;
  return line.slice(start, end);
}

/** Space, tab, and the carriage return of a line that ends as on Windows. */
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0d;
const isStop = (code: number): boolean => code === 0x2c || code === 0x3b;

function linesOf({ text, firstLine }: Part): Line[] {
  const lines: Line[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const bare = bareLine(line);
    if (bare !== '') lines.push({ number: firstLine + index, text: bare });
  }
  return lines;
}

/** Lengths of the equal beginning and of the equal end, both cut to whole lines. */
function sharedEnds(a: string, b: string): [head: number, tail: number] {
  const most = Math.min(a.length, b.length);
  const same = sharedLength(most, (from, to) => a.slice(from, to) === b.slice(from, to));
  if (same === a.length && same === b.length) return [same, 0];
  const head = same === 0 ? 0 : a.lastIndexOf('\n', same - 1) + 1;
  const back = (text: string, from: number, to: number) => text.slice(text.length - to, text.length - from);
  const tail = sharedLength(most - head, (from, to) => back(a, from, to) === back(b, from, to));
  const lineStart = a.indexOf('\n', a.length - tail);
  return [head, lineStart === -1 ? 0 : a.length - lineStart - 1];
}

/** The largest length up to `most` for which all pieces are equal; compares in large pieces first. */
function sharedLength(most: number, isSame: (from: number, to: number) => boolean): number {
  let length = 0;
  for (let step = 65_536; step >= 1; step = Math.floor(step / 16)) {
    while (length + step <= most && isSame(length, length + step)) length += step;
  }
  return length;
}

function countBreaks(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
