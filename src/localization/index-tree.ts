import { fullName, type RepositoryRef } from '../domain/ids.ts';
import { createSlices, type Slices } from '../domain/slices.ts';
import type { RecordCache } from '../ports/record-cache.ts';
import type { Tree, TreeEntry } from '../ports/workspace.ts';
import { type FileKind, fileKind } from './file-kinds.ts';
import { emptyRecord, type FileRecord, maxFileBytes, recordOf } from './file-record.ts';
import { noPaths, type PathIndex, pathIndexOf } from './path-index.ts';
import { decodeRecord, encodeRecord, recordBytes, recordVersion } from './record-codec.ts';
import { type TreeIndex, treeIndexOf } from './tree-index.ts';

export interface Indexer {
  /**
   * The index of a commit. Only blobs that nobody has read before are read; after `limitMs` it goes on with what it has,
   * and what is missing is read the next time. Once the signal aborts it ends soon, with what there is.
   */
  index(
    repository: RepositoryRef,
    tree: Tree,
    limits: { readonly signal: AbortSignal; readonly limitMs: number },
  ): Promise<Indexed>;
}

export interface Indexed {
  readonly index: TreeIndex;
  /** Blobs that were read for it; the rest was known. */
  readonly readBlobs: number;
  readonly isComplete: boolean;
}

export interface IndexerOptions {
  readonly cache: RecordCache;
  /** Of records in memory, over all repositories; the one in use stays, however large. */
  readonly maxBytes: number;
}

/** A repository's records, and the index of the commit that was asked for last. */
interface Held {
  readonly records: Map<string, FileRecord>;
  bytes: number;
  last: { readonly commit: string; readonly index: TreeIndex; readonly isComplete: boolean } | null;
}

/** A file that may be the place, with what its path says of it. */
interface Entry extends TreeEntry {
  readonly kind: FileKind;
}

/** Larger trees are known by a part of their files: sources first. */
const maxFiles = 120_000;

export function createIndexer({ cache, maxBytes }: IndexerOptions): Indexer {
  const held = new Map<string, Held>();

  return {
    async index(repository, tree, { signal, limitMs }) {
      const own = await holdRecords(repository);
      if (own.last?.commit === tree.commit && own.last.isComplete)
        return { index: own.last.index, readBlobs: 0, isComplete: true };
      const slices = createSlices(signal);
      const earlier = own.last?.index.paths ?? noPaths;
      const entries = await worthReading(await tree.list(), earlier, slices);
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      const added = await readMissing(tree, entries, own, deadline);
      await keep(repository, own, entries, added);
      const paths = await pathIndexOf(entries, earlier, slices);
      const { records, areAll } = await recordsFor(entries, own, slices);
      const index = treeIndexOf(paths, paths === noPaths ? [] : records);
      const isComplete = areAll && !signal.aborted;
      // What an aborted reading left undone would be done anew; what was known before is worth more.
      if (!signal.aborted) own.last = { commit: tree.commit, index, isComplete };
      evict(repository);
      return { index, readBlobs: added.size, isComplete };
    },
  };

  async function holdRecords(repository: RepositoryRef): Promise<Held> {
    const key = keyOf(repository);
    const known = held.get(key) ?? (await loadRecords(repository));
    held.delete(key);
    held.set(key, known);
    return known;
  }

  async function loadRecords(repository: RepositoryRef): Promise<Held> {
    const slices = createSlices();
    const records = new Map<string, FileRecord>();
    let bytes = 0;
    for (const [blob, encoded] of await cache.load(repository, recordVersion)) {
      const record = decodeRecord(encoded);
      if (record !== null) {
        records.set(blob, record);
        bytes += recordBytes(record);
      }
      await slices.rest();
    }
    return { records, bytes, last: null };
  }

  /** On the disk what is new; in memory what is needed, and others while there is room. */
  async function keep(
    repository: RepositoryRef,
    own: Held,
    entries: readonly Entry[],
    added: ReadonlyMap<string, FileRecord>,
  ): Promise<void> {
    // No signal ends it: what is needed has to be known of all.
    const slices = createSlices();
    const isRoomy = own.records.size <= entries.length * 2 && own.bytes <= maxBytes / 2;
    if (added.size === 0 && isRoomy) return;
    const needed = new Set<string>();
    await slices.each(entries.length, (at) => void needed.add(entries[at]?.blob ?? ''));
    if (added.size > 0) await cache.save(repository, recordVersion, await encodeAll(added), needed);
    if (!isRoomy) await forgetOthers(own, needed, slices);
  }

  /** Lets go of whole repositories, the one that was not asked for the longest first. */
  function evict(repository: RepositoryRef): void {
    let total = [...held.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [key, { bytes }] of held) {
      if (total <= maxBytes || key === keyOf(repository)) return;
      held.delete(key);
      total -= bytes;
    }
  }
}

const keyOf = (repository: RepositoryRef): string => `${repository.installationId} ${fullName(repository)}`;

async function worthReading(
  entries: readonly TreeEntry[],
  earlier: PathIndex,
  slices: Slices,
): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  await slices.each(entries.length, (at) => {
    const entry = entries[at];
    if (entry === undefined || entry.mode === '120000') return;
    const kind = earlier.kinds[earlier.places.get(entry.path) ?? -1] ?? fileKind(entry.path);
    if (kind === 'made' || kind === 'unread') return;
    found.push({ ...entry, kind });
  });
  if (found.length <= maxFiles) return found;
  const isSource = ({ kind }: Entry): boolean => kind === 'source';
  return [...found.filter(isSource), ...found.filter((entry) => !isSource(entry))].slice(0, maxFiles);
}

async function readMissing(
  tree: Tree,
  entries: readonly Entry[],
  held: Held,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FileRecord>> {
  const slices = createSlices(signal);
  const missing = new Map<string, string>();
  await slices.each(entries.length, (at) => {
    const entry = entries[at];
    if (entry !== undefined && !held.records.has(entry.blob)) missing.set(entry.blob, entry.path);
  });
  const added = new Map<string, FileRecord>();
  if (missing.size === 0) return added;
  await tree.readMany([...missing.values()], { maxBytes: maxFileBytes, signal }, async ({ blob }, bytes) => {
    const record = await recordOf(bytes, slices);
    if (!held.records.has(blob)) held.bytes += recordBytes(record);
    added.set(blob, record);
    held.records.set(blob, record);
    await slices.rest();
  });
  return added;
}

/** In the order of the files; not all where one that could be read was not. */
async function recordsFor(entries: readonly Entry[], { records }: Held, slices: Slices) {
  const found: FileRecord[] = [];
  let areAll = true;
  const isDone = await slices.each(entries.length, (at) => {
    const entry = entries[at];
    const record = records.get(entry?.blob ?? '');
    if (record === undefined && (entry?.sizeBytes ?? 0) <= maxFileBytes) areAll = false;
    found.push(record ?? emptyRecord);
  });
  return { records: found, areAll: areAll && isDone };
}

async function encodeAll(records: ReadonlyMap<string, FileRecord>): Promise<ReadonlyMap<string, Uint8Array>> {
  const slices = createSlices();
  const encoded = new Map<string, Uint8Array>();
  for (const [blob, record] of records) {
    encoded.set(blob, encodeRecord(record));
    await slices.rest();
  }
  return encoded;
}

async function forgetOthers(held: Held, needed: ReadonlySet<string>, slices: Slices): Promise<void> {
  for (const [blob, record] of held.records) {
    await slices.rest();
    if (needed.has(blob)) continue;
    held.records.delete(blob);
    held.bytes -= recordBytes(record);
  }
}
