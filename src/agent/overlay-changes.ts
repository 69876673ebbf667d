import type { Overlay, OverlayEntry } from '../domain/overlay.ts';
import { entryAt } from './working-tree.ts';

/** What leads from one overlay to another: the new entries, and null for those taken out. */
type OverlayChanges = Readonly<Record<string, OverlayEntry | null>>;

export function overlayChanges(before: Overlay, after: Overlay): OverlayChanges {
  const written = Object.entries(after).filter(([path, entry]) => entryAt(before, path) !== entry);
  const takenOut = Object.keys(before).filter((path) => entryAt(after, path) === undefined);
  return Object.fromEntries<OverlayEntry | null>([...written, ...takenOut.map((path) => [path, null] as const)]);
}

export function applyChanges(overlay: Overlay, changes: OverlayChanges): Overlay {
  const kept = Object.entries(overlay).filter(([path]) => !Object.hasOwn(changes, path));
  const added = Object.entries(changes).flatMap(([path, entry]) => (entry === null ? [] : [[path, entry] as const]));
  return Object.fromEntries([...kept, ...added]);
}
