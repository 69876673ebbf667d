import { isUtf8 } from 'node:buffer';

/**
 * How a text stands in a file. Windows-1252 covers ISO-8859-1, as in every browser: the two differ only where the
 * latter has control characters (https://encoding.spec.whatwg.org/#names-and-labels).
 */
export type TextEncoding = 'utf-8' | 'windows-1252';

export interface DecodedText {
  readonly text: string;
  readonly encoding: TextEncoding;
}

const western = new TextDecoder('windows-1252');
/** What no text in windows-1252 holds: control characters that no line is made of, and bytes that stand for nothing. */
const unwritten = new Set([
  ...range(0x00, 0x08),
  ...range(0x0e, 0x1a),
  ...range(0x1c, 0x1f),
  0x7f,
  0x81,
  0x8d,
  0x8f,
  0x90,
  0x9d,
]);

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const byteOf = new Map(
  range(0x00, 0xff)
    .filter((byte) => !unwritten.has(byte))
    .map((byte) => [western.decode(Uint8Array.of(byte)), byte] as const),
);

/**
 * The text of a file, or null where it is none. Encoding it again gives the same bytes; a byte order mark stays in the
 * text. A file in another encoding of single bytes reads as windows-1252: its ASCII is right, and no byte is lost.
 */
export function decodeText(bytes: Buffer): DecodedText | null {
  if (isUtf8(bytes)) return bytes.includes(0) ? null : { text: bytes.toString('utf8'), encoding: 'utf-8' };
  if (bytes.some((byte) => unwritten.has(byte))) return null;
  return { text: western.decode(bytes), encoding: 'windows-1252' };
}

/**
 * @throws {TypeError} for a character that the encoding does not have; `unencodable` tells it before.
 */
export function encodeText(text: string, encoding: TextEncoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  const strange = unencodable(text, encoding);
  if (strange !== null) throw new TypeError(`${JSON.stringify(strange)} cannot be written in ${encoding}`);
  return Buffer.from(Array.from(text, (character) => byteOf.get(character) ?? 0));
}

/** The first character of a text that the encoding does not have. */
export function unencodable(text: string, encoding: TextEncoding): string | null {
  if (encoding === 'utf-8') return null;
  for (const character of text) if (!byteOf.has(character)) return character;
  return null;
}

/** For people and models to read, where bytes of several files stand together: line by line what it most likely is. */
export function legible(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const lines: string[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    lines.push(decodeText(line)?.text ?? line.toString('utf8'));
    start = end + 1;
  }
  return lines.join('\n');
}
