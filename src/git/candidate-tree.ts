import { asSha, type Sha } from '../domain/ids.ts';
import { bytesOf, type FileMode, type Overlay, type OverlayEntry } from '../domain/overlay.ts';
import { catFile, gitIn } from './git-command.ts';
import { assertPath } from './path-rules.ts';

/** An overlay as folders. A node may be a file, a folder, or (a file deleted or replaced by a folder) both. */
export interface Node {
  entry: OverlayEntry | null;
  readonly children: Map<string, Node>;
}

/** One line of a git tree object. Names are Latin-1, which keeps every byte as it is. */
interface TreeLine {
  readonly mode: string;
  readonly object: Sha;
}

const folderMode = '40000';
/** Some old tools wrote the mode with a leading zero. */
const isFolderMode = (mode: string): boolean => mode === folderMode || mode === `0${folderMode}`;
/** The carrier's bytes depend on its tree and parent alone, so that building twice gives one commit. */
const carrierSignature = 'ai-fix <ai-fix@users.noreply.github.com> 946684800 +0000';

/**
 * Writes base + changes. Reads and writes only the folders on the way to a change, from the leaves up; everything else,
 * submodules and names that are not UTF-8 included, is carried over as bytes.
 */
export async function buildCandidate(
  gitDir: string,
  base: Sha,
  changes: Node,
  parent: Sha,
): Promise<{ tree: Sha; carrier: Sha }> {
  const tree = (await writeFolder(gitDir, base, changes)) ?? (await writeLines(gitDir, new Map()));
  const lines = [
    `tree ${tree}`,
    `parent ${parent}`,
    `author ${carrierSignature}`,
    `committer ${carrierSignature}`,
    '',
    'ai-fix candidate',
    '',
  ];
  const carrier = await writeObject(gitDir, 'commit', Buffer.from(lines.join('\n')));
  return { tree, carrier };
}

/**
 * Sorts an overlay into folders, without touching a disk.
 *
 * @throws {TypeError} when a path or text may not be written, or the overlay writes a file where it needs a folder.
 */
export function folderOf(overlay: Overlay): Node {
  const root: Node = { entry: null, children: new Map() };
  for (const [path, entry] of Object.entries(overlay)) {
    assertPath(path);
    if (entry.kind === 'write' && !entry.text.isWellFormed()) {
      throw new TypeError(`the text of ${JSON.stringify(path)} is not valid Unicode`);
    }
    let node = root;
    for (const segment of path.split('/')) {
      const name = Buffer.from(segment).toString('latin1');
      const child = node.children.get(name) ?? { entry: null, children: new Map() };
      node.children.set(name, child);
      node = child;
    }
    node.entry = entry;
  }
  assertNoFileHoldsFiles(root, '');
  return root;
}

function assertNoFileHoldsFiles(node: Node, path: string): void {
  if (node.entry?.kind === 'write' && hasWrite(node.children)) {
    throw new TypeError(`the overlay writes both ${JSON.stringify(path)} and files below it`);
  }
  for (const [name, child] of node.children) {
    assertNoFileHoldsFiles(child, `${path}${path === '' ? '' : '/'}${Buffer.from(name, 'latin1').toString()}`);
  }
}

const hasWrite = (children: ReadonlyMap<string, Node>): boolean =>
  [...children.values()].some((child) => child.entry?.kind === 'write' || hasWrite(child.children));

/** The folder's new tree, or null when nothing is left in it. `folder` is a tree, a commit, or null for none. */
async function writeFolder(gitDir: string, folder: Sha | null, changes: Node): Promise<Sha | null> {
  const lines = folder === null ? new Map<string, TreeLine>() : await readLines(gitDir, folder);
  for (const [name, change] of changes.children) {
    const line = await changedLine(gitDir, lines.get(name) ?? null, change);
    if (line === null) lines.delete(name);
    else lines.set(name, line);
  }
  return lines.size === 0 ? null : await writeLines(gitDir, lines);
}

async function changedLine(gitDir: string, before: TreeLine | null, change: Node): Promise<TreeLine | null> {
  if (change.entry?.kind === 'write') {
    const mode: FileMode = change.entry.mode;
    return { mode, object: await writeObject(gitDir, 'blob', bytesOf(change.entry)) };
  }
  const isFolder = before !== null && isFolderMode(before.mode);
  // A deletion names a file: of a folder that happens to be called so, it takes nothing.
  const kept = change.entry?.kind === 'delete' && !isFolder ? null : before;
  if (change.children.size === 0) return kept;
  const tree = await writeFolder(gitDir, isFolder ? before.object : null, change);
  if (tree !== null) return { mode: folderMode, object: tree };
  return isFolder ? null : kept;
}

/** `<mode> SP <name> NUL <20 bytes of object name>`, again and again. */
async function readLines(gitDir: string, folder: Sha): Promise<Map<string, TreeLine>> {
  const bytes = await catFile(gitDir, ['tree', folder]);
  const lines = new Map<string, TreeLine>();
  for (let start = 0; start < bytes.length; ) {
    const space = bytes.indexOf(0x20, start);
    const end = bytes.indexOf(0, space);
    const mode = bytes.toString('latin1', start, space);
    const name = bytes.toString('latin1', space + 1, end);
    lines.set(name, { mode, object: asSha(bytes.toString('hex', end + 1, end + 21)) });
    start = end + 21;
  }
  return lines;
}

/** mktree sorts, and refuses what is missing or of another type. */
async function writeLines(gitDir: string, lines: ReadonlyMap<string, TreeLine>): Promise<Sha> {
  const input = [...lines].map(([name, { mode, object }]) => `${mode} ${typeOf(mode)} ${object}\t${name}\0`);
  const output = await gitIn(gitDir, Buffer.from(input.join(''), 'latin1')).raw(['mktree', '-z']);
  return asSha(output.trim());
}

function typeOf(mode: string): string {
  if (isFolderMode(mode)) return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}

async function writeObject(gitDir: string, type: 'blob' | 'commit', bytes: Buffer): Promise<Sha> {
  const output = await gitIn(gitDir, bytes).raw(['hash-object', '-t', type, '-w', '--no-filters', '--stdin']);
  return asSha(output.trim());
}
