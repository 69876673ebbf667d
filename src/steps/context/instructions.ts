import { shownPath } from '../../domain/repository-path.ts';
import type { Tree, TreeEntry } from '../../ports/workspace.ts';
import { visibleText } from '../../thread/incoming.ts';
import { fairShares } from './fair-shares.ts';
import { folderOf, nameOf, resolvePath } from './paths.ts';

/** All instruction files together, some 6,000 tokens. */
const maxLength = 24_000;
/** Nobody writes instructions of this size; the bytes are not read to keep their beginning. */
const maxReadBytes = 1024 * 1024;
/** What the sanitizer reads at most. */
const maxVisibleLength = 100_000;

/** Files that give instructions for the folder they lie in; the first of a folder that is there counts. */
const folderInstructions = ['AGENTS.md', 'CLAUDE.md'];
const maxFolderLength = 4_000;
const maxToldPerTurn = 3;

/**
 * The instruction files of a repository, at the base commit: a patch cannot change what is said here.
 *
 * Each is told whole as far as the room is shared fairly; copies and links to another one are told once. As with all
 * that comes from outside, what a person who reads the page does not see is left out.
 */
export async function instructionsText(files: readonly string[], tree: Tree): Promise<string> {
  const entries = new Map((await tree.list()).map((entry) => [entry.path, entry]));
  const texts: { readonly path: string; readonly text: string }[] = [];
  const known = new Set<string>();
  for (const path of files) {
    const entry = await followed(entries, tree, path);
    if (entry === null || known.has(entry.blob)) continue;
    known.add(entry.blob);
    const text = await readVisible(tree, entry);
    if (text === '' || texts.some((other) => other.text === text)) continue;
    texts.push({ path, text });
  }
  const shares = fairShares(
    texts.map(({ text }) => text.length),
    maxLength,
  );
  return texts.map(({ path, text }, index) => told(path, text, shares[index] ?? 0)).join('\n\n');
}

/** A link leads to a file of the tree, one step far; anything else is no instruction. */
async function followed(entries: ReadonlyMap<string, TreeEntry>, tree: Tree, path: string): Promise<TreeEntry | null> {
  const entry = entries.get(path);
  if (entry?.mode !== '120000') return entry ?? null;
  const link = await tree.read(path);
  const target = link === null ? null : resolvePath(folderOf(path), link.toString('utf8'));
  const found = target === null || link?.toString('utf8').startsWith('/') ? undefined : entries.get(target);
  return found === undefined || found.mode === '120000' ? null : found;
}

async function readVisible(tree: Tree, { path, sizeBytes }: TreeEntry): Promise<string> {
  const bytes = sizeBytes > maxReadBytes ? null : await tree.read(path);
  if (bytes === null || bytes.includes(0)) return '';
  return visibleText(bytes.toString('utf8'), maxVisibleLength).text.trim();
}

function told(path: string, text: string, share: number): string {
  const head = `From ${shownPath(path)} of the repository:`;
  if (text.length <= share) return `${head}\n${text}`;
  const end = Math.max(text.lastIndexOf('\n', share), 0) || share;
  const kept = text.slice(0, end).toWellFormed();
  return `${head}\n${kept}\n[${text.length - kept.length} more characters; read_file shows all of ${shownPath(path)}]`;
}

/** Where folders have instructions of their own: told when work comes there. */
export async function foldersWithInstructions(
  tree: Tree,
  files: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { path, mode } of await tree.list()) {
    const folder = folderOf(path);
    const rank = folderInstructions.indexOf(nameOf(path));
    if (folder === '' || rank < 0 || mode === '120000' || files.includes(path)) continue;
    const known = found.get(folder);
    if (known === undefined || rank < folderInstructions.indexOf(nameOf(known))) found.set(folder, path);
  }
  return found;
}

/**
 * What to tell once work comes to these paths: the instructions of the folders around them, the outermost first, which
 * were not told with the paths before. Empty when there are none.
 */
export function folderGuide(tree: Tree, folders: ReadonlyMap<string, string>) {
  const around = (paths: readonly string[]): ReadonlySet<string> =>
    new Set(paths.flatMap((path) => [...folders.keys()].filter((folder) => path.startsWith(`${folder}/`))));
  return async (paths: readonly string[], before: readonly string[]): Promise<string> => {
    if (folders.size === 0) return '';
    const told = around(before);
    const fresh = [...around(paths)].filter((folder) => !told.has(folder)).toSorted((a, b) => a.length - b.length);
    const texts = await Promise.all(
      fresh.slice(0, maxToldPerTurn).map(async (folder) => {
        const path = folders.get(folder) ?? '';
        const [entry] = await tree.list(path);
        return entry === undefined ? '' : toldOf(path, await readVisible(tree, entry));
      }),
    );
    const more = fresh.slice(maxToldPerTurn).map((folder) => folders.get(folder) ?? '');
    return [...texts, ...(more.length === 0 ? [] : [`[read also ${more.map(shownPath).join(', ')}]`])]
      .filter(Boolean)
      .join('\n\n');
  };
}

const toldOf = (path: string, text: string): string =>
  text === '' ? '' : `[for files in ${shownPath(folderOf(path))}/] ${told(path, text, maxFolderLength)}`;
