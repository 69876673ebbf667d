import { asSha, type Sha } from '../domain/ids.ts';
import { createSlices } from '../domain/slices.ts';
import type { TreeEntry } from '../ports/workspace.ts';
import { runGit } from './run-git.ts';

export interface Listing {
  /** All files of one commit, in git's order (by the bytes of the path), which is also the map's order. */
  readonly files: ReadonlyMap<string, TreeEntry>;
  readonly submodules: readonly string[];
}

/** Listings of the commits used last. A commit never changes, so nothing here grows stale. */
export interface ListingCache {
  /** Loads at most once for everybody who asks at the same time; a failure is not kept. */
  get(key: string, load: () => Promise<Listing>): Promise<Listing>;
}

export async function readListing(gitDir: string, commit: Sha): Promise<Listing> {
  const args = ['ls-tree', '-r', '-l', '-z', '--full-tree', commit];
  const { output } = await runGit(args, { gitDir, timeoutMs: 60_000 });
  const files = new Map<string, TreeEntry>();
  const submodules: string[] = [];
  const slices = createSlices();
  let start = 0;
  for (let end = output.indexOf(0, start); end >= 0; end = output.indexOf(0, start)) {
    const entry = parseEntry(output.subarray(start, end));
    if (typeof entry === 'string') submodules.push(entry);
    else if (entry !== null) files.set(entry.path, entry);
    start = end + 1;
    await slices.rest();
  }
  return { files, submodules };
}

/** `<mode> SP <type> SP <object> SP+ <size> TAB <path>`; only the path of a submodule, null for an odd name. */
function parseEntry(line: Buffer): TreeEntry | string | null {
  const tab = line.indexOf('\t');
  const fields = line.toString('latin1', 0, tab).split(' ');
  const [mode, type, blob = ''] = fields;
  const path = exactText(line.subarray(tab + 1));
  if (path === null || type === 'commit') return path;
  return { path, mode: listedMode(mode), blob: asSha(blob), sizeBytes: Number(fields.at(-1)) };
}

/** Old repositories hold other modes, such as 100664; git treats them by the owner's executable bit. */
function listedMode(mode: string | undefined): TreeEntry['mode'] {
  if (mode === '120000') return mode;
  return (Number.parseInt(mode ?? '', 8) & 0o100) !== 0 ? '100755' : '100644';
}

/** Null where the bytes are not UTF-8: such a name could not be told apart from another. */
export function exactText(bytes: Buffer): string | null {
  const text = bytes.toString();
  // As many characters as bytes, and none in the place of a broken one: plain ASCII, as nearly all names are.
  if (text.length === bytes.length && !text.includes('\ufffd')) return text;
  return Buffer.byteLength(text) === bytes.length && Buffer.from(text).equals(bytes) ? text : null;
}

export function createListingCache(maxEntries: number): ListingCache {
  const kept = new Map<string, { readonly listing: Promise<Listing>; entries: number }>();
  return {
    get(key, load) {
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known.listing;
      }
      const slot = { listing: load(), entries: 0 };
      kept.set(key, slot);
      slot.listing.then(
        (listing) => {
          slot.entries = listing.files.size;
          evictOldest();
        },
        () => kept.delete(key),
      );
      return slot.listing;
    },
  };

  /** The newest always stays, however large. */
  function evictOldest(): void {
    let entries = [...kept.values()].reduce((sum, slot) => sum + slot.entries, 0);
    for (const [key, slot] of kept) {
      if (entries <= maxEntries || kept.size === 1) return;
      kept.delete(key);
      entries -= slot.entries;
    }
  }
}
