/** A text as somebody reads it who decodes it; each of its characters knows where it stands in the original. */
export interface Reading {
  readonly text: string;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Stands where a secret was. No reading has its letters, so nothing is found in it or across it. */
export const placeholder = '[redacted]';

/** Percent signs may be encoded in turn, and JSON may stand in JSON in a URL; deeper than this nobody reads by chance. */
const maxDecodings = 3;

/**
 * What a text says: as it stands, and decoded once to three times, each without what is no ASCII letter or digit. So
 * quotes, separators, line breaks and zero-width characters between two characters of a secret do not count.
 */
export function readingsOf(text: string): Reading[] {
  const readings: Reading[] = [];
  let decoded: Reading | null = asItStands(text);
  for (let times = 0; decoded !== null; times++) {
    const plain: Reading = decode(decoded, colours) ?? decoded;
    // A backslash before an n may be a line break, or a separator before an n: both are read.
    const broken = decode(plain, breaks);
    readings.push(alphanumerics(plain), ...(broken === null ? [] : [alphanumerics(broken)]));
    decoded = times < maxDecodings ? decode(plain, escapes) : null;
  }
  return readings;
}

function asItStands(text: string): Reading {
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  for (let index = 0; index < text.length; index++) {
    starts[index] = index;
    ends[index] = index + 1;
  }
  return { text, starts, ends };
}

const isAlphanumeric = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

function alphanumerics({ text, starts, ends }: Reading): Reading {
  const codes = Buffer.allocUnsafe(text.length);
  const keptStarts = new Uint32Array(text.length);
  const keptEnds = new Uint32Array(text.length);
  let kept = 0;
  const keep = (code: number, from: number) => {
    codes[kept] = code;
    keptStarts[kept] = starts[from] ?? 0;
    keptEnds[kept++] = ends[from] ?? 0;
  };
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isAlphanumeric(code)) keep(code, index);
    else if (code === 0x5b && text.startsWith(placeholder, index)) {
      // A sign that no secret has.
      keep(0, index);
      index += placeholder.length - 1;
    }
  }
  return { text: codes.toString('latin1', 0, kept), starts: keptStarts, ends: keptEnds };
}

/**
 * `%41`, `%u0041`, `\u0041`, `\u{41}`, `\x41`, `\101`, `0x41`, `&#65;`, `&#x41;`, and the ampersand, of which such a
 * reference may be made. Every alternative begins with a sign of its own and has a bound.
 */
const escapes =
  /%(?:u00)?([0-9a-f]{2})|\\(?:u00([0-9a-f]{2})|u\{0{0,4}([0-9a-f]{2})\}|x([0-9a-f]{2})|([0-3][0-7]{2}))|\b0x([0-9a-f]{2})\b|&(?:#x0{0,6}([0-9a-f]{2})(?![0-9a-f])|#0{0,6}(\d{2,3})(?!\d)|amp);?/gi;

const breaks = /\\[nrtbfv0]/g;

/** As a terminal is told them. */
const colours = /\p{Cc}\[[\d;]{0,20}[A-Za-z]/gu;

/** Null where there is nothing to decode. */
function decode({ text, starts, ends }: Reading, pattern: RegExp): Reading | null {
  const parts: string[] = [];
  const newStarts = new Uint32Array(text.length);
  const newEnds = new Uint32Array(text.length);
  let length = 0;
  let done = 0;
  const keepUntil = (end: number) => {
    parts.push(text.slice(done, end));
    newStarts.set(starts.subarray(done, end), length);
    newEnds.set(ends.subarray(done, end), length);
    length += end - done;
  };
  for (const found of text.matchAll(pattern)) {
    const end = found.index + found[0].length;
    keepUntil(found.index);
    parts.push(meaning(found));
    newStarts[length] = starts[found.index] ?? 0;
    newEnds[length++] = ends[end - 1] ?? 0;
    done = end;
  }
  if (done === 0) return null;
  keepUntil(text.length);
  return { text: parts.join(''), starts: newStarts, ends: newEnds };
}

function meaning(found: RegExpExecArray): string {
  const [whole, percent, unicode, braced, hex, octal, prefixed, hexReference, reference] = found;
  const hexadecimal = percent ?? unicode ?? braced ?? hex ?? prefixed ?? hexReference;
  if (hexadecimal !== undefined) return String.fromCharCode(Number.parseInt(hexadecimal, 16));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  if (reference !== undefined) return String.fromCharCode(Number(reference));
  return whole.startsWith('&') ? '&' : ' ';
}
