import { type FileMode, type Overlay, type OverlayEntry, withEntry } from '../domain/overlay.ts';
import type { Tree, TreeEntry } from '../ports/workspace.ts';
import type { ToolContext } from './tool.ts';

/** The repository as the model sees it: the base tree with the overlay on it. The overlay always wins. */
export type FileView =
  | { readonly kind: 'text'; readonly text: string; readonly mode: FileMode }
  | { readonly kind: 'symlink'; readonly target: string }
  /** Binary, not UTF-8 or too large. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'folder' }
  | { readonly kind: 'missing' };

export const maxWrittenBytes = 1_000_000;
const maxOverlayFiles = 200;
const maxReadableBytes = 5_000_000;

export const entryAt = (overlay: Overlay, path: string): OverlayEntry | undefined =>
  // A file may be called `constructor`.
  Object.hasOwn(overlay, path) ? overlay[path] : undefined;

export async function viewFile(context: ToolContext, path: string): Promise<FileView> {
  const edited = entryAt(context.overlay, path);
  if (edited?.kind === 'write') return { kind: 'text', text: edited.text, mode: edited.mode };
  const entries = await context.tree.list(path);
  const base = edited === undefined ? entries.find((entry) => entry.path === path) : undefined;
  if (base !== undefined) return viewBase(context.tree, base);
  return isFolder(context.overlay, entries, path) ? { kind: 'folder' } : { kind: 'missing' };
}

function isFolder(overlay: Overlay, entries: readonly TreeEntry[], path: string): boolean {
  const inside = `${path}/`;
  const holdsWritten = Object.entries(overlay).some(([at, entry]) => entry.kind === 'write' && at.startsWith(inside));
  return (
    holdsWritten || entries.some((entry) => entry.path.startsWith(inside) && entryAt(overlay, entry.path) === undefined)
  );
}

async function viewBase(tree: Tree, entry: TreeEntry): Promise<FileView> {
  if (entry.sizeBytes > maxReadableBytes) {
    return { kind: 'unreadable', reason: `it has ${entry.sizeBytes} bytes, at most ${maxReadableBytes} can be read` };
  }
  const bytes = await tree.read(entry.path);
  if (bytes === null) return { kind: 'missing' };
  if (entry.mode === '120000') return { kind: 'symlink', target: bytes.toString('utf8') };
  const text = decode(bytes);
  if (text === null) return { kind: 'unreadable', reason: 'it is binary or not valid UTF-8' };
  return { kind: 'text', text, mode: entry.mode };
}

/** Null unless encoding the text again gives the same bytes. A byte order mark stays in the text. */
function decode(bytes: Buffer): string | null {
  const text = bytes.toString('utf8');
  return bytes.includes(0) || !Buffer.from(text).equals(bytes) ? null : text;
}

export interface ListedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly isSymlink: boolean;
}

/** Every file in a folder (the root: ''), or the one file of that path, sorted by path. */
export async function listFiles({ tree, overlay }: ToolContext, folder: string): Promise<ListedFile[]> {
  const isWithin = (path: string): boolean => folder === '' || path === folder || path.startsWith(`${folder}/`);
  const entries = await (folder === '' ? tree.list() : tree.list(folder));
  const untouched = entries
    .filter((entry) => isWithin(entry.path) && entryAt(overlay, entry.path) === undefined)
    .map((entry) => ({ path: entry.path, sizeBytes: entry.sizeBytes, isSymlink: entry.mode === '120000' }));
  const written = Object.entries(overlay).flatMap(([path, entry]) =>
    entry.kind === 'write' && isWithin(path)
      ? [{ path, sizeBytes: Buffer.byteLength(entry.text), isSymlink: false }]
      : [],
  );
  return [...untouched, ...written].sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Change = { readonly ok: true; readonly overlay: Overlay } | { readonly ok: false; readonly reason: string };

/**
 * Puts a text at a path. A text that equals the base file's takes the entry out again, so that the overlay is never
 * more than the difference from the base.
 */
export async function writeText(context: ToolContext, path: string, text: string, mode: FileMode): Promise<Change> {
  const reason = faultOfText(text) ?? faultOfRoom(context.overlay, path);
  if (reason !== null) return { ok: false, reason };
  const base = await viewFile({ tree: context.tree, overlay: {} }, path);
  const isAsBase = base.kind === 'text' && base.text === text && base.mode === mode;
  return {
    ok: true,
    overlay: isAsBase
      ? withoutEntry(context.overlay, path)
      : withEntry(context.overlay, path, { kind: 'write', text, mode }),
  };
}

export async function removeFile({ tree, overlay }: ToolContext, path: string): Promise<Change> {
  const isInBase = (await baseEntry(tree, path)) !== undefined;
  if (!isInBase) return { ok: true, overlay: withoutEntry(overlay, path) };
  const reason = faultOfRoom(overlay, path);
  return reason === null ? { ok: true, overlay: withEntry(overlay, path, { kind: 'delete' }) } : { ok: false, reason };
}

/** The mode that a new file gets: the base's where the path held a file before. */
export async function modeForNew(tree: Tree, path: string): Promise<FileMode> {
  const mode = (await baseEntry(tree, path))?.mode;
  return mode === '100755' ? '100755' : '100644';
}

const baseEntry = async (tree: Tree, path: string): Promise<TreeEntry | undefined> =>
  (await tree.list(path)).find((entry) => entry.path === path);

/** The nearest file (or symlink) that stands where a path needs a folder. */
export async function fileAbove(context: ToolContext, path: string): Promise<string | null> {
  const segments = path.split('/');
  for (let depth = 1; depth < segments.length; depth += 1) {
    const folder = segments.slice(0, depth).join('/');
    const edited = entryAt(context.overlay, folder);
    if (edited?.kind === 'write') return folder;
    if (edited === undefined && (await context.tree.read(folder)) !== null) return folder;
  }
  return null;
}

const withoutEntry = (overlay: Overlay, path: string): Overlay =>
  Object.fromEntries(Object.entries(overlay).filter(([at]) => at !== path));

function faultOfText(text: string): string | null {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > maxWrittenBytes)
    return `the file would have ${sizeBytes} bytes; at most ${maxWrittenBytes} are allowed`;
  if (text.includes('\0')) return 'the text holds a NUL character, which would make the file binary';
  if (!text.isWellFormed()) return 'the text holds half a surrogate pair, which UTF-8 cannot write';
  return null;
}

function faultOfRoom(overlay: Overlay, path: string): string | null {
  if (entryAt(overlay, path) !== undefined || Object.keys(overlay).length < maxOverlayFiles) return null;
  return `${maxOverlayFiles} files are changed already, which is the limit; undo a change first`;
}
