import { crc32, inflateRaw } from 'node:zlib';
import { type Entry, fromBufferPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import type { ArtifactFile } from '../ports/sandbox.ts';

/**
 * Reads text files of an archive that code made which nobody has read. Nothing is written anywhere, archives inside
 * the archive stay closed, and the first thing that is wrong ends the reading.
 */
export type ArchiveReading =
  | { readonly files: readonly ArtifactFile[]; readonly textBytes: number; readonly fault: null }
  | { readonly fault: string };

export interface ArchiveLimits {
  readonly maxEntries: number;
  /** By path; left out: XML files. */
  readonly isRead?: (path: string) => boolean;
  /** Of all that is read together, inflated. */
  readonly maxTextBytes: number;
}

export async function readArtifactZip(bytes: Buffer, limits: ArchiveLimits): Promise<ArchiveReading> {
  const archive = await list(bytes, limits.maxEntries);
  if (typeof archive === 'string') return { fault: archive };
  const faults = archive.entries.map(({ entry, path }) => pathFault(path) ?? entryFault(entry, path));
  const fault = faults.find((found) => found !== null) ?? doubled(archive.entries);
  if (fault !== null) return { fault };

  const files: ArtifactFile[] = [];
  const seen: Range[] = [];
  let textBytes = 0;
  const { isRead = isXml } = limits;
  for (const { entry, path } of archive.entries.filter((one) => isRead(one.path))) {
    if (textBytes + entry.uncompressedSize > limits.maxTextBytes)
      return { fault: `expands to more than ${sayMegabytes(limits.maxTextBytes)}` };
    const range = await rangeOf(archive.zip, entry);
    // What several entries share is inflated for each: a small archive becomes hours of work.
    if (range !== null && seen.some((other) => range.start < other.end && other.start < range.end))
      return { fault: `entries overlap: ${shown(path)}` };
    const text = range === null ? null : await inflate(bytes.subarray(range.dataStart, range.end), entry);
    if (range === null || text === null) return { fault: `an entry is damaged: ${shown(path)}` };
    seen.push(range);
    textBytes += text.byteLength;
    files.push({ path, text: decode(text) });
  }
  return { files, textBytes, fault: null };
}

const isXml = (path: string): boolean => /\.xml$/i.test(path);

export const sayMegabytes = (bytes: number): string => `${Math.floor(bytes / (1024 * 1024))} MB`;

interface Listed {
  readonly entry: Entry;
  readonly path: string;
}

/** Reads the directory at the end of the archive and nothing else of it; its words are still to be judged. */
async function list(bytes: Buffer, maxEntries: number): Promise<{ zip: ZipFile; entries: Listed[] } | string> {
  try {
    // Undecoded, yauzl leaves the names to us, and with them the words of what is wrong.
    const zip = await fromBufferPromise(bytes, { decodeStrings: false });
    if (zip.entryCount > maxEntries) return `more than ${maxEntries} entries`;
    const entries: Listed[] = [];
    for await (const entry of zip.eachEntry()) {
      const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
      entries.push({ entry, path: getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true) });
    }
    return { zip, entries };
  } catch {
    return 'not a zip archive, or a damaged one';
  }
}

const maxPathLength = 1_000;

function pathFault(path: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (path === '' || path.length > maxPathLength || /[\0-\x1f\x7f\\]/.test(path))
    return `an entry has a name that is none: ${shown(path)}`;
  const leaves = /^\/|^[A-Za-z]:/.test(path) || path.split('/').includes('..');
  return leaves ? `an entry leaves the archive: ${shown(path)}` : null;
}

const encryptedFlags = 0x1 | 0x40 | 0x2000;
const fileTypeMask = 0o170000;
const plainTypes: readonly number[] = [0, 0o100000, 0o040000];

function entryFault(entry: Entry, path: string): string | null {
  if ((entry.generalPurposeBitFlag & encryptedFlags) !== 0) return `an entry is encrypted: ${shown(path)}`;
  // Where Unix made the archive, the file's mode: https://libzip.org/specifications/extrafld.txt
  const type = (entry.externalFileAttributes >>> 16) & fileTypeMask;
  return plainTypes.includes(type) ? null : `an entry is a link or a device: ${shown(path)}`;
}

function doubled(entries: readonly Listed[]): string | null {
  const known = new Set<string>();
  for (const { path } of entries) {
    if (known.has(path)) return `two entries of one name: ${shown(path)}`;
    known.add(path);
  }
  return null;
}

interface Range {
  readonly start: number;
  readonly dataStart: number;
  readonly end: number;
}

async function rangeOf(zip: ZipFile, entry: Entry): Promise<Range | null> {
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const start = entry.relativeOffsetOfLocalHeader;
    return { start, dataStart: fileDataStart, end: fileDataStart + entry.compressedSize };
  } catch {
    return null;
  }
}

const stored = 0;
const deflated = 8;

/** Null when the bytes are not what the directory says: another size, another sum, or no deflate stream at all. */
async function inflate(compressed: Buffer, entry: Entry): Promise<Buffer | null> {
  const { compressionMethod, uncompressedSize } = entry;
  if (compressionMethod !== stored && compressionMethod !== deflated) return null;
  const text = compressionMethod === stored ? compressed : await inflateWithin(compressed, uncompressedSize);
  return text?.byteLength === uncompressedSize && crc32(text) === entry.crc32 ? text : null;
}

/** Off the main thread; broken off as soon as more comes out than was announced. */
const inflateWithin = (compressed: Buffer, maxBytes: number): Promise<Buffer | null> =>
  new Promise((resolve) => {
    const options = { maxOutputLength: Math.max(1, maxBytes), chunkSize: 128 * 1024 };
    inflateRaw(compressed, options, (error, result) => resolve(error === null ? result : null));
  });

/** UTF-8, or UTF-16 where the mark at the start says so; what is neither becomes replacement characters. */
function decode(text: Buffer): string {
  const mark = text.subarray(0, 2).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(text);
}

/** A name in an archive is text of the code under test. */
const shown = (path: string): string => path.slice(0, 100).replaceAll(/[^\w./ -]/g, '?');
