import { indentOf, isBlank } from './line-likeness.ts';

/** Turns the indentation of a new line into the file's; null where what was seen does not tell how. */
export type Indenting = (line: string) => string | null;

/** A line as it was asked for, and the line of the file that it is. */
export type LinePair = readonly [asked: string, there: string];

/**
 * Learns how the file indents from lines that are known in both forms: by the same amount more or less, by tabs for
 * spaces, by two for four.
 *
 * Null where the pairs contradict each other: nobody knows then what a new line would mean.
 */
export function learnIndenting(pairs: readonly LinePair[]): Indenting | null {
  return learn(pairs) ?? learnWithoutFirst(pairs);
}

/** Copied from the first character on, not from the first column: the first line alone lost its indentation. */
function learnWithoutFirst([first, ...rest]: readonly LinePair[]): Indenting | null {
  const isSame = ([asked, there]: LinePair): boolean => indentOf(asked) !== '' && indentOf(asked) === indentOf(there);
  if (first === undefined || indentOf(first[0]) !== '' || rest.length === 0) return null;
  if (!rest.every((pair) => isBlank(pair[0]) || isSame(pair))) return null;
  const lost = indentOf(first[1]);
  return (line) => (indentOf(line) === '' && !isBlank(line) ? lost + line : line);
}

function learn(pairs: readonly LinePair[]): Indenting | null {
  const known = new Map<string, string>();
  for (const [asked, there] of pairs) {
    if (isBlank(asked)) continue;
    const [from, to] = [indentOf(asked), indentOf(there)];
    if ((known.get(from) ?? to) !== to) return null;
    known.set(from, to);
  }
  const byRule = ruleFrom(known);
  return (line) => {
    if (isBlank(line)) return line.trim() === '' ? '' : line;
    const indent = indentOf(line);
    const wanted = known.get(indent) ?? byRule(indent);
    return wanted === null ? null : wanted + line.slice(indent.length);
  };
}

interface Pure {
  readonly sign: ' ' | '\t';
  readonly count: number;
}

/** An indentation of one sign only; the empty one has both. */
function pureOf(indent: string): Pure | null {
  if (/^ *$/.test(indent)) return { sign: ' ', count: indent.length };
  return /^\t+$/.test(indent) ? { sign: '\t', count: indent.length } : null;
}

function ruleFrom(known: ReadonlyMap<string, string>): (indent: string) => string | null {
  const pairs = [...known].map(([from, to]) => [pureOf(from), pureOf(to)] as const);
  const shift = shiftFrom(known);
  if (shift !== null) return shift;
  const steps = pairs.flatMap(([from, to]) => (from === null || to === null ? [] : [{ from, to }]));
  if (steps.length < pairs.length) return () => null;
  const line = lineThrough(steps);
  const fromSign = steps.find(({ from }) => from.count > 0)?.from.sign;
  const toSign = steps.find(({ to }) => to.count > 0)?.to.sign;
  if (line === null || fromSign === undefined || toSign === undefined) return () => null;
  return (indent) => {
    const asked = pureOf(indent);
    if (asked === null || (asked.count > 0 && asked.sign !== fromSign)) return null;
    const count = line(asked.count);
    return count === null ? null : toSign.repeat(count);
  };
}

/** The one amount by which all are deeper, or shallower. */
function shiftFrom(known: ReadonlyMap<string, string>): ((indent: string) => string | null) | null {
  const [first] = known;
  if (first === undefined) return (indent) => indent;
  const [from, to] = first;
  const isDeeper = to.length >= from.length;
  const [short, long] = isDeeper ? [from, to] : [to, from];
  if (!long.endsWith(short)) return null;
  const by = long.slice(0, long.length - short.length);
  const apply = (indent: string): string | null => {
    if (isDeeper) return by + indent;
    return indent.startsWith(by) ? indent.slice(by.length) : null;
  };
  return [...known].every(([asked, there]) => apply(asked) === there) ? apply : null;
}

/** The straight line through counted indentations; null where there is none, or two points do not tell it. */
function lineThrough(
  steps: readonly { readonly from: Pure; readonly to: Pure }[],
): ((count: number) => number | null) | null {
  const points = [...new Map(steps.map(({ from, to }) => [from.count, to.count]))].sort(([a], [b]) => a - b);
  const low = points[0];
  const high = points.at(-1);
  if (low === undefined || high === undefined) return null;
  // One level alone: no indentation is none in either form.
  const [x0, y0] = low === high ? [0, 0] : low;
  const [x1, y1] = high;
  if (x1 === x0 || y1 <= y0) return null;
  const at = (count: number): number => y0 + ((count - x0) * (y1 - y0)) / (x1 - x0);
  if (!points.every(([x, y]) => at(x) === y)) return null;
  return (count) => {
    const value = at(count);
    return Number.isInteger(value) && value >= 0 ? value : null;
  };
}
