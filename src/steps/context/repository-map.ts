import { shownPath } from '../../domain/repository-path.ts';
import type { TreeEntry } from '../../ports/workspace.ts';
import { visibleLine } from '../../thread/incoming.ts';
import type { Manifest } from './manifests.ts';
import type { Source } from './sources.ts';

/** The whole map, some 3,000 tokens. */
const maxLength = 12_000;
const maxFolders = 30;
const maxRootFiles = 40;
const maxSubfolders = 10;
const maxSymbols = 8;
const maxSignatureLength = 120;

/**
 * What lies where: folders with their number of files, manifests with the commands of the project, and the files that
 * most others stand on with what they declare.
 */
export function mapText(
  entries: readonly TreeEntry[],
  manifests: readonly Manifest[],
  sources: readonly Source[],
  folders: ReadonlyMap<string, string>,
): string {
  const head = [
    ...folderLines(entries),
    ...manifests.map(({ text }) => text),
    ...(folders.size === 0
      ? []
      : [`Instructions for a folder alone: ${[...folders.values()].slice(0, 20).map(shownPath).join(', ')}`]),
  ];
  const files = sources.map(fileText);
  return within([...head, ...(files.length === 0 ? [] : ['Files that others stand on:']), ...files]);
}

function folderLines(entries: readonly TreeEntry[]): string[] {
  const counts = new Map<string, Map<string, number>>();
  const rootFiles: string[] = [];
  for (const { path } of entries) {
    const [top = '', below, ...deeper] = path.split('/');
    if (below === undefined) {
      rootFiles.push(top);
      continue;
    }
    const inside = counts.get(top) ?? new Map<string, number>();
    counts.set(top, inside);
    const name = deeper.length === 0 ? '' : below;
    inside.set(name, (inside.get(name) ?? 0) + 1);
  }
  const lines = [...counts].slice(0, maxFolders).map(([top, inside]) => folderLine(top, inside));
  const left = counts.size - lines.length;
  return [
    ...lines,
    ...(left > 0 ? [`and ${left} more folders`] : []),
    ...(rootFiles.length === 0 ? [] : [`at the root: ${listed(rootFiles.map(shownPath), maxRootFiles)}`]),
  ];
}

function folderLine(top: string, inside: ReadonlyMap<string, number>): string {
  const total = [...inside.values()].reduce((sum, count) => sum + count, 0);
  const subfolders = [...inside]
    .filter(([name]) => name !== '')
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${shownPath(name)} ${count}`);
  const head = `${shownPath(top)}/ (${total} file${total === 1 ? '' : 's'})`;
  return subfolders.length === 0 ? head : `${head}: ${listed(subfolders, maxSubfolders)}`;
}

function listed(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** What others can use of it: constants only where there is nothing else. */
function fileText({ path, importers, outline }: Source): string {
  const top = (outline?.symbols ?? []).filter(
    ({ depth, kind, name }) => depth === 0 && kind !== 'test' && !name.startsWith('_'),
  );
  const telling = top.filter(({ kind }) => kind !== 'constant');
  // Overloads tell the same name twice.
  const symbols = [...new Map((telling.length === 0 ? top : telling).map((symbol) => [symbol.name, symbol])).values()];
  const lines = symbols.slice(0, maxSymbols).map(({ signature }) => `  ${visibleLine(signature, maxSignatureLength)}`);
  const more = symbols.length - lines.length;
  const head = importers === 0 ? shownPath(path) : `${shownPath(path)} (imported by ${importers})`;
  return [head, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

function within(parts: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const part of parts) {
    length += part.length + 1;
    if (length > maxLength) break;
    kept.push(part);
  }
  return kept.join('\n');
}
