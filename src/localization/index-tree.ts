import { fullName, type RepositoryRef } from '../domain/ids.ts';
import type { RecordCache } from '../ports/record-cache.ts';
import type { Tree, TreeEntry } from '../ports/workspace.ts';
import { fileKind } from './file-kinds.ts';
import { type FileRecord, maxFileBytes, recordOf } from './file-record.ts';
import { decodeRecord, encodeRecord, recordBytes, recordVersion } from './record-codec.ts';
import { indexOf, type TreeIndex } from './tree-index.ts';

export interface Indexer {
  /**
   * The index of a commit. Only blobs that nobody has read before are read; after `limitMs`, or once the signal aborts,
   * it goes on with what it has, and what is missing is read the next time.
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
  last: { readonly commit: string; readonly index: TreeIndex } | null;
}

/** Larger trees are known by a part of their files: sources first. */
const maxFiles = 120_000;
/** How long files are indexed before others get their turn. */
const sliceMs = 8;

export function createIndexer({ cache, maxBytes }: IndexerOptions): Indexer {
  const held = new Map<string, Held>();

  return {
    async index(repository, tree, { signal, limitMs }) {
      const repositoryHeld = await holdRecords(repository);
      if (repositoryHeld.last?.commit === tree.commit)
        return { index: repositoryHeld.last.index, readBlobs: 0, isComplete: true };
      const earlier = repositoryHeld.last?.index ?? null;
      const entries = (await tree.list()).filter((entry) => isWorthReading(entry, earlier));
      const kept = entries.length <= maxFiles ? entries : sourcesFirst(entries).slice(0, maxFiles);
      const added = await readMissing(
        tree,
        kept,
        repositoryHeld,
        AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
      );
      const needed = new Set<string>(kept.map(({ blob }) => blob));
      if (added.size > 0) await cache.save(repository, recordVersion, encodeAll(added), needed);
      forgetOld(repositoryHeld, needed, maxBytes);
      const { records } = repositoryHeld;
      const index = indexOf(kept, ({ blob }) => records.get(blob), earlier);
      const isComplete = kept.every(({ blob, sizeBytes }) => sizeBytes > maxFileBytes || records.has(blob));
      repositoryHeld.last = isComplete ? { commit: tree.commit, index } : null;
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
    const records = new Map<string, FileRecord>();
    let since = performance.now();
    for (const [blob, bytes] of await cache.load(repository, recordVersion)) {
      const record = decodeRecord(bytes);
      if (record !== null) records.set(blob, record);
      if (performance.now() - since < sliceMs) continue;
      await yieldToOthers();
      since = performance.now();
    }
    return { records, bytes: sizeOf(records), last: null };
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

const yieldToOthers = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const keyOf = (repository: RepositoryRef): string => `${repository.installationId} ${fullName(repository)}`;
const sizeOf = (records: ReadonlyMap<string, FileRecord>): number =>
  [...records.values()].reduce((sum, record) => sum + recordBytes(record), 0);

const isWorthReading = ({ mode, path }: TreeEntry, earlier: TreeIndex | null): boolean =>
  mode !== '120000' && (earlier?.byPath.has(path) === true || !['made', 'unread'].includes(fileKind(path)));
const sourcesFirst = (entries: readonly TreeEntry[]): readonly TreeEntry[] =>
  entries.toSorted((a, b) => Number(fileKind(b.path) === 'source') - Number(fileKind(a.path) === 'source'));

async function readMissing(
  tree: Tree,
  entries: readonly TreeEntry[],
  held: Held,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FileRecord>> {
  const missing = new Map(entries.filter(({ blob }) => !held.records.has(blob)).map(({ blob, path }) => [blob, path]));
  const added = new Map<string, FileRecord>();
  let since = performance.now();
  await tree.readMany([...missing.values()], { maxBytes: maxFileBytes, signal }, async ({ blob }, bytes) => {
    const record = recordOf(bytes);
    if (!added.has(blob)) held.bytes += recordBytes(record);
    added.set(blob, record);
    held.records.set(blob, record);
    if (performance.now() - since < sliceMs) return;
    await yieldToOthers();
    since = performance.now();
  });
  return added;
}

const encodeAll = (records: ReadonlyMap<string, FileRecord>): ReadonlyMap<string, Uint8Array> =>
  new Map([...records].map(([blob, record]) => [blob, encodeRecord(record)]));

/** Records of other commits are kept while there is room for twice what this commit needs. */
function forgetOld(held: Held, needed: ReadonlySet<string>, maxBytes: number): void {
  if (held.records.size <= needed.size * 2 && held.bytes <= maxBytes / 2) return;
  for (const [blob, record] of held.records) {
    if (needed.has(blob)) continue;
    held.records.delete(blob);
    held.bytes -= recordBytes(record);
  }
}
