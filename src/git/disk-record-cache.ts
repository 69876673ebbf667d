import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { RepositoryRef } from '../domain/ids.ts';
import { createSlices } from '../domain/slices.ts';
import type { RecordCache } from '../ports/record-cache.ts';
import { mirrorFolder } from './path-rules.ts';

/**
 * Records of blobs as files, a folder a repository. Each save adds a file, written aside and renamed, so that readers
 * and writers of several processes never meet; when there are many, one takes their place.
 *
 * A file: 8 bytes of name and version, 4 of CRC-32 over the rest, then for each record 20 bytes of blob id, 4 of length,
 * and its bytes. One that is damaged, or of another version, is removed and counts as never written.
 */
export interface DiskRecordCacheOptions {
  readonly dir: string;
  /** Beyond that a repository keeps only what its newest commit needs, and nothing where that is larger. */
  readonly maxRepositoryBytes: number;
  /** Of all repositories; those that nobody wrote to for the longest go first. */
  readonly maxBytes: number;
}

const magic = Buffer.from('aifxrec');
const headerBytes = 12;
const idBytes = 20;
/** Written, and summed up, in one go. */
const chunkBytes = 1024 * 1024;
const maxFiles = 6;
const ending = '.records';

export function createDiskRecordCache({ dir, maxRepositoryBytes, maxBytes }: DiskRecordCacheOptions): RecordCache {
  return {
    load: async (repository, version) => readAll(folderOf(repository), version),
    async save(repository, version, added, needed) {
      const folder = folderOf(repository);
      await quietly(async () => {
        const before = await filesIn(folder);
        const isFull = before.length >= maxFiles || sum(before) + sizeOf(added) > maxRepositoryBytes;
        const records = isFull ? onlyNeeded(new Map([...(await readAll(folder, version)), ...added]), needed) : added;
        if (sizeOf(records) <= maxRepositoryBytes) await writeRecords(folder, version, records);
        // Only what was there before: somebody else may have added a file meanwhile.
        if (isFull) await Promise.all(before.map(({ path }) => rm(path, { force: true })));
        await makeRoom(folder);
      });
    },
  };

  function folderOf(repository: RepositoryRef): string {
    return join(dir, mirrorFolder(repository).replace(/\.git$/, ''));
  }

  async function makeRoom(justWritten: string): Promise<void> {
    const files = await filesBelow(dir);
    let total = sum(files);
    for (const { path, sizeBytes } of files.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (total <= maxBytes) return;
      if (dirname(path) === justWritten) continue;
      await rm(path, { force: true });
      total -= sizeBytes;
    }
  }
}

interface KeptFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

const sum = (files: readonly KeptFile[]): number => files.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
const sizeOf = (records: ReadonlyMap<string, Uint8Array>): number =>
  [...records.values()].reduce((bytes, { length }) => bytes + length + idBytes + 4, headerBytes);
const onlyNeeded = (
  records: ReadonlyMap<string, Uint8Array>,
  needed: ReadonlySet<string>,
): ReadonlyMap<string, Uint8Array> => new Map([...records].filter(([blob]) => needed.has(blob)));

/** A full or read-only disk costs time and no fix. */
async function quietly(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code);

async function readAll(folder: string, version: number): Promise<Map<string, Uint8Array>> {
  const records = new Map<string, Uint8Array>();
  for (const { path } of await filesIn(folder)) {
    const bytes = await readFile(path).catch(() => null);
    if (bytes === null) continue;
    const found = await parseRecords(bytes, version);
    if (found === null) await rm(path, { force: true }).catch(() => undefined);
    else for (const [blob, record] of found) records.set(blob, record);
  }
  return records;
}

async function writeRecords(folder: string, version: number, records: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const aside = join(folder, `.${randomUUID()}`);
  const file = await open(aside, 'wx', 0o600);
  try {
    // The checksum is known in the end, and goes to its place before the name does.
    let crc = 0;
    await file.writeFile(Buffer.alloc(headerBytes));
    for (const chunk of chunksOf(records)) {
      crc = crc32(chunk, crc);
      await file.writeFile(chunk);
    }
    await file.write(Buffer.concat([magic, Buffer.from([version]), uint32(crc)]), 0, headerBytes, 0);
  } finally {
    await file.close();
  }
  await rename(aside, join(folder, `${randomUUID()}${ending}`));
}

function* chunksOf(records: ReadonlyMap<string, Uint8Array>): Generator<Buffer> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for (const [blob, record] of records) {
    parts.push(Buffer.from(blob, 'hex'), uint32(record.length), record);
    bytes += idBytes + 4 + record.length;
    if (bytes < chunkBytes) continue;
    yield Buffer.concat(parts);
    parts = [];
    bytes = 0;
  }
  yield Buffer.concat(parts);
}

/** Null where it is damaged or of another version. */
async function parseRecords(bytes: Buffer, version: number): Promise<ReadonlyMap<string, Uint8Array> | null> {
  const isOurs =
    bytes.length >= headerBytes && bytes.subarray(0, magic.length).equals(magic) && bytes[magic.length] === version;
  if (!isOurs) return null;
  const slices = createSlices();
  let crc = 0;
  for (let at = headerBytes; at < bytes.length; at += chunkBytes) {
    crc = crc32(bytes.subarray(at, at + chunkBytes), crc);
    await slices.rest();
  }
  if (crc !== bytes.readUInt32LE(magic.length + 1)) return null;
  const records = new Map<string, Uint8Array>();
  for (let at = headerBytes; at < bytes.length; ) {
    if (at + idBytes + 4 > bytes.length) return null;
    const length = bytes.readUInt32LE(at + idBytes);
    const start = at + idBytes + 4;
    if (start + length > bytes.length) return null;
    records.set(bytes.toString('hex', at, at + idBytes), bytes.subarray(start, start + length));
    at = start + length;
    await slices.rest();
  }
  return records;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const filesIn = async (folder: string): Promise<KeptFile[]> => statAll(await names(folder), folder);

async function filesBelow(dir: string): Promise<KeptFile[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((entry) => statAll([entry.name], entry.parentPath)))).flat();
}

const names = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ending)).sort();

async function statAll(fileNames: readonly string[], folder: string): Promise<KeptFile[]> {
  const files = await Promise.all(
    fileNames.map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => null);
      return found === null ? [] : [{ path, sizeBytes: found.size, mtimeMs: found.mtimeMs }];
    }),
  );
  return files.flat();
}
