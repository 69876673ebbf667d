import { mergeOf } from './manifest-parts.ts';
import type { FileMode, Overlay, OverlayEntry } from './overlay.ts';
import { isFixture, isReadUnasked, kindsOf } from './path-kinds.ts';

/** What stands at the base commit: a text, something that is none (binary, a link, a folder), or nothing. */
export type BaseFile = { readonly text: string; readonly mode: FileMode } | 'not-text' | null;

export interface Restored {
  readonly path: string;
  readonly what: 'test' | 'test-config' | 'script' | 'ci-script' | 'lint-config' | 'part of a manifest';
}

/**
 * The tree a patch is judged in: the patch without what it did to its own judgement.
 *
 * - A test, test configuration, script or linter configuration of the base stands as it was, changed or deleted.
 * - New tests stay. So do new scripts: what the base starts by name is there already.
 * - A new file that a tool reads unasked goes: the base's state is that there is none.
 * - Of a manifest only the parts that steer judging are the base's, or all of it where the parts cannot be told.
 *
 * Never throws, adds no path, and has nothing left to restore in its own result. A changed path that `base` does not
 * know counts as one that stands there. The same overlay comes back when nothing differs.
 */
export function judgesOverlay(
  patch: Overlay,
  base: ReadonlyMap<string, BaseFile>,
): { readonly overlay: Overlay; readonly restored: readonly Restored[] } {
  const judged = Object.entries(patch).map(([path, entry]) => {
    const file = base.get(path);
    return { path, entry, base: file, ...judgedEntry(path, entry, file === undefined ? 'not-text' : file) };
  });
  const standing = judged.flatMap(({ path, base: file, what }) =>
    what !== null && file !== null ? [{ path, what }] : [],
  );
  const inTheWay = waysOf(standing);
  const result = judged.map((item) => {
    const what = item.judges?.kind === 'write' ? inTheWay(item.path) : null;
    return what === null ? item : { ...item, judges: null, what };
  });
  const restored = result.flatMap(({ path, what }) => (what === null ? [] : [{ path, what }]));
  if (restored.length === 0) return { overlay: patch, restored };
  const kept = result.flatMap(({ path, judges }): [string, OverlayEntry][] =>
    judges === null ? [] : [[path, judges]],
  );
  return { overlay: Object.fromEntries(kept), restored: restored.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** Tells what a path cannot stand beside: a file that is a folder on the way to a restored one, or the reverse. */
function waysOf(standing: readonly Restored[]): (path: string) => Restored['what'] | null {
  const files = new Map(standing.map(({ path, what }) => [path, what]));
  const folders = new Map(standing.flatMap(({ path, what }) => foldersAbove(path).map((folder) => [folder, what])));
  return (path) =>
    folders.get(path) ??
    foldersAbove(path)
      .map((folder) => files.get(folder))
      .find((what) => what) ??
    null;
}

const foldersAbove = (path: string): string[] => [...path.matchAll(/\//g)].map((slash) => path.slice(0, slash.index));

/** What remains of an entry (null: nothing, so the base's state stands), and what was restored by that, if anything. */
interface Judged {
  readonly judges: OverlayEntry | null;
  readonly what: Restored['what'] | null;
}

function judgedEntry(path: string, entry: OverlayEntry, base: BaseFile): Judged {
  if (isSame(entry, base)) return { judges: entry, what: null };
  const kinds = kindsOf(path);
  if (base !== null) {
    const what = basesKinds.find((kind) => kinds.has(kind));
    if (what !== undefined) return { judges: null, what };
  } else if (isReadUnasked(path)) {
    const what = basesKinds.find((kind) => kind !== 'test' && kinds.has(kind));
    if (what !== undefined) return { judges: null, what };
  }
  return judgedManifest(path, entry, base);
}

/** The kinds of files that are the base's; the most telling first, for a path may have several. */
const basesKinds = ['test-config', 'test', 'script', 'ci-script', 'lint-config'] as const;

function judgedManifest(path: string, entry: OverlayEntry, base: BaseFile): Judged {
  const merge = mergeOf(path);
  if (merge === null || (base === null && isFixture(path))) return { judges: entry, what: null };
  const text = entry.kind === 'delete' || base === 'not-text' ? null : merge(entry.text, base?.text ?? null);
  if (entry.kind === 'write' && text === entry.text) return { judges: entry, what: null };
  const judges = entry.kind === 'delete' || text === null ? null : { ...entry, text };
  return { judges, what: 'part of a manifest' };
}

const isSame = (entry: OverlayEntry, base: BaseFile): boolean =>
  entry.kind === 'delete'
    ? base === null
    : base !== null && base !== 'not-text' && base.text === entry.text && base.mode === entry.mode;
