import { createTermLists, type FileRecord } from './file-record.ts';

/**
 * A record as bytes, for a cache. Little-endian: numbers of terms and of bytes of imports, both lengths, then the terms,
 * counts, definitions, and the imports as JSON. Another form needs another `recordVersion`: what was kept before is then
 * not found any more and made anew.
 */
export const recordVersion = 2;

const headerBytes = 16;

export function encodeRecord(record: FileRecord): Uint8Array {
  const imports = Buffer.from(JSON.stringify(record.imports));
  const count = record.terms.length;
  const bytes = Buffer.alloc(headerBytes + count * 6 + imports.length);
  bytes.writeUInt32LE(count, 0);
  bytes.writeUInt32LE(imports.length, 4);
  bytes.writeUInt32LE(record.length, 8);
  bytes.writeUInt32LE(record.definitionLength, 12);
  bytes.set(asLittleEndian(record.terms), headerBytes);
  bytes.set(record.counts, headerBytes + count * 4);
  bytes.set(record.definitions, headerBytes + count * 5);
  bytes.set(imports, headerBytes + count * 6);
  return bytes;
}

/** Null where the bytes are none of ours. */
export function decodeRecord(from: Uint8Array): FileRecord | null {
  const bytes = Buffer.from(from.buffer, from.byteOffset, from.byteLength);
  if (bytes.length < headerBytes) return null;
  const count = bytes.readUInt32LE(0);
  if (bytes.length !== headerBytes + count * 6 + bytes.readUInt32LE(4)) return null;
  const lists = createTermLists(count);
  const { buffer } = lists.terms;
  new Uint8Array(buffer).set(bytes.subarray(headerBytes, headerBytes + count * 6));
  if (!isLittleEndian) Buffer.from(buffer, 0, count * 4).swap32();
  const imports = importsIn(bytes.toString('utf8', headerBytes + count * 6));
  if (!isAscending(lists.terms) || imports === null) return null;
  return {
    ...lists,
    length: bytes.readUInt32LE(8),
    definitionLength: bytes.readUInt32LE(12),
    imports,
  };
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The numbers' own memory where the machine writes them that way, as nearly all do. */
function asLittleEndian(numbers: Uint32Array): Uint8Array {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return isLittleEndian ? bytes : Buffer.from(bytes).swap32();
}

function isAscending(numbers: Uint32Array): boolean {
  for (let at = 1; at < numbers.length; at++) if ((numbers[at] ?? 0) <= (numbers[at - 1] ?? 0)) return false;
  return true;
}

const noImports: readonly string[] = [];

function importsIn(json: string): readonly string[] | null {
  if (json === '[]') return noImports;
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/** What a record takes in memory, about. */
export const recordBytes = ({ terms, imports }: FileRecord): number =>
  400 + terms.length * 6 + imports.reduce((sum, one) => sum + 40 + one.length * 2, 0);
