import { createHash } from 'node:crypto';

const maxRawLength = 1_000;
const maxNameLength = 300;

/**
 * A name as it is in every run: without machine paths, times, durations, addresses, ports and what is not shown. What
 * two names differ in by that alone is gone, so they become one name; whoever counts names still counts both.
 *
 * Every pattern is linear, and what is longer than any name is cut before they see it.
 */
export function stableName(raw: string): string {
  const shown = raw.slice(0, maxRawLength).replaceAll(hidden, ' ').replaceAll(/\s+/g, ' ').trim();
  const plain = withoutWorkspace(shown)
    .replaceAll(uuid, '<uuid>')
    .replaceAll(time, '<time>')
    .replaceAll(address, '<address>')
    .replaceAll(port, '$1:<port>')
    .replaceAll(duration, '<duration>');
  return bounded(plain);
}

/** Cut, with a mark of its own: long names that differ only behind the cut stay two names. */
export function bounded(name: string): string {
  if (name.length <= maxNameLength) return name.toWellFormed();
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, maxNameLength - 14).toWellFormed()}… ${mark}`;
}

/** Controls, and what takes no room or turns the direction. An escape sequence leaves its printable rest. */
const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufffd]+/gu;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
/** ISO 8601, and milliseconds since 1970 of these decades. */
const time = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?(?![\d:])|\b1[5-9]\d{11}\b/g;
const address = /\b0x[0-9a-f]{6,16}\b/gi;
const port = /(\blocalhost|\b(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:]{2,39}\]):\d{2,5}\b/gi;
const duration = /\b\d{1,12}(?:[.,]\d{1,9})? ?(?:ns|µs|μs|us|ms|s|secs?|seconds?|mins?|minutes?)\b/g;

/** GitHub's runners check out into `<work folder>/<repository>/<repository>`, actions in containers see another one. */
const workspace = /[\\/](?:(?:_?work|__w|a)[\\/]([^\\/\s]{1,100})[\\/]\1|github[\\/]workspace)[\\/]/g;

function withoutWorkspace(text: string): string {
  const parts: string[] = [];
  let done = 0;
  for (const match of text.matchAll(workspace)) {
    const start = startOfPath(text, match.index, done);
    const end = match.index + match[0].length;
    if (isAbsolute(text.slice(start, end))) {
      parts.push(text.slice(done, start));
      done = end;
    }
  }
  return [...parts, text.slice(done)].join('');
}

function startOfPath(text: string, index: number, from: number): number {
  let start = index;
  while (start > from && !/[\s"'`()<>[\]=,;|]/.test(text.charAt(start - 1))) start -= 1;
  return start;
}

const isAbsolute = (path: string): boolean => /^(?:file:\/\/)?(?:[\\/]|[A-Za-z]:[\\/])/.test(path);
