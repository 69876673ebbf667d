import { bytesOf, type FileMode, type Overlay, type OverlayEntry, withEntry, writing } from '../domain/overlay.ts';
import { decodeText, type TextEncoding, unencodable } from '../domain/text-encoding.ts';
import type { Tree, TreeEntry } from '../ports/workspace.ts';
import type { ToolContext } from './tool.ts';

/** The repository as the model sees it: the base tree with the overlay on it. The overlay always wins. */
export type FileView =
  | ({ readonly kind: 'text'; readonly text: string } & FileFormat)
  | { readonly kind: 'symlink'; readonly target: string }
  /** Binary, in another encoding, or too large. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'folder' }
  | { readonly kind: 'missing' };

/** What an edit keeps, beside what stands in the text itself (line endings, indentation, byte order mark). */
export interface FileFormat {
  readonly mode: FileMode;
  readonly encoding: TextEncoding;
}

export const maxWrittenBytes = 1_000_000;
const maxOverlayFiles = 200;
const maxReadableBytes = 5_000_000;

export const entryAt = (overlay: Overlay, path: string): OverlayEntry | undefined =>
  // A file may be called `constructor`.
  Object.hasOwn(overlay, path) ? overlay[path] : undefined;

export async function viewFile(context: ToolContext, path: string): Promise<FileView> {
  const edited = entryAt(context.overlay, path);
  if (edited?.kind === 'write')
    return { kind: 'text', text: edited.text, mode: edited.mode, encoding: edited.encoding ?? 'utf-8' };
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
  const decoded = decodeText(bytes);
  if (decoded === null)
    return { kind: 'unreadable', reason: 'it is binary, or in an encoding other than UTF-8 and windows-1252' };
  return { kind: 'text', ...decoded, mode: entry.mode };
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
    entry.kind === 'write' && isWithin(path) ? [{ path, sizeBytes: bytesOf(entry).length, isSymlink: false }] : [],
  );
  return [...untouched, ...written].sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Change = { readonly ok: true; readonly overlay: Overlay } | { readonly ok: false; readonly reason: string };

/**
 * Puts a text at a path. A text that equals the base file's takes the entry out again, so that the overlay is never
 * more than the difference from the base.
 */
export async function writeText(
  context: ToolContext,
  path: string,
  text: string,
  { mode, encoding }: FileFormat,
): Promise<Change> {
  const reason = faultOfText(text, encoding) ?? faultOfRoom(context.overlay, path);
  if (reason !== null) return { ok: false, reason };
  const base = await viewFile({ tree: context.tree, overlay: {} }, path);
  const isAsBase = base.kind === 'text' && base.text === text && base.mode === mode && base.encoding === encoding;
  const overlay = isAsBase
    ? withoutEntry(context.overlay, path)
    : withEntry(context.overlay, path, writing({ text, encoding }, mode));
  return { ok: true, overlay };
}

export async function removeFile({ tree, overlay }: ToolContext, path: string): Promise<Change> {
  const isInBase = (await baseEntry(tree, path)) !== undefined;
  if (!isInBase) return { ok: true, overlay: withoutEntry(overlay, path) };
  const reason = faultOfRoom(overlay, path);
  return reason === null ? { ok: true, overlay: withEntry(overlay, path, { kind: 'delete' }) } : { ok: false, reason };
}

/** The format that a new file gets: the base's where the path held a file before. */
export async function formatForNew(tree: Tree, path: string): Promise<FileFormat> {
  const base = await viewFile({ tree, overlay: {} }, path);
  if (base.kind === 'text') return { mode: base.mode, encoding: base.encoding };
  const mode = (await baseEntry(tree, path))?.mode === '100755' ? '100755' : '100644';
  return { mode, encoding: 'utf-8' };
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

function faultOfText(text: string, encoding: TextEncoding): string | null {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > maxWrittenBytes)
    return `the file would have ${sizeBytes} bytes; at most ${maxWrittenBytes} are allowed`;
  if (text.includes('\0')) return 'the text holds a NUL character, which would make the file binary';
  if (!text.isWellFormed()) return 'the text holds half a surrogate pair, which UTF-8 cannot write';
  const strange = unencodable(text, encoding);
  if (strange === null) return null;
  const code = strange.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return `the file is in ${encoding}, which has no ${JSON.stringify(strange)} (U+${code}): write it in another way, such as an escape sequence of the language`;
}

function faultOfRoom(overlay: Overlay, path: string): string | null {
  if (entryAt(overlay, path) !== undefined || Object.keys(overlay).length < maxOverlayFiles) return null;
  return `${maxOverlayFiles} files are changed already, which is the limit; undo a change first`;
}
