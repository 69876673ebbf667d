import type { TreeEntry } from '../ports/workspace.ts';
import { type FileKind, fileKind } from './file-kinds.ts';
import { emptyRecord, type FileRecord } from './file-record.ts';
import { termNumbersOf, wordsOf } from './terms.ts';

/** All files of one commit that somebody may look for, as far as they were read. */
export interface TreeIndex {
  readonly files: readonly IndexedFile[];
  readonly byPath: ReadonlyMap<string, number>;
  /** Over all files that were read. */
  readonly meanLength: number;
  readonly meanDefinitions: number;
  readonly meanPathTerms: number;
}

export interface IndexedFile {
  readonly path: string;
  readonly kind: FileKind;
  /** Ascending. */
  readonly pathTerms: Uint32Array;
  readonly record: FileRecord;
}

/** What follows from a path alone is taken over from an earlier index of the same repository, where there is one. */
export function indexOf(
  entries: readonly TreeEntry[],
  recordFor: (entry: TreeEntry) => FileRecord | undefined,
  earlier: TreeIndex | null = null,
): TreeIndex {
  const files = entries.map((entry) => {
    const known = earlier?.files[earlier.byPath.get(entry.path) ?? -1];
    return {
      path: entry.path,
      kind: known?.kind ?? fileKind(entry.path),
      pathTerms: known?.pathTerms ?? pathTermsOf(entry.path),
      record: recordFor(entry) ?? emptyRecord,
    };
  });
  const read = Math.max(1, files.filter(({ record }) => record.length > 0).length);
  const mean = (of: (file: IndexedFile) => number, among: number): number =>
    files.reduce((sum, file) => sum + of(file), 0) / Math.max(1, among);
  return {
    files,
    byPath: new Map(files.map(({ path }, at) => [path, at])),
    meanLength: mean(({ record }) => record.length, read),
    meanDefinitions: mean(({ record }) => record.definitionLength, read),
    meanPathTerms: mean(({ pathTerms }) => pathTerms.length, files.length),
  };
}

/** Endings say what a file is written in, not what it is about. */
function pathTermsOf(path: string): Uint32Array {
  const stem = path.replace(/(?:\.[A-Za-z]\w{0,5}){1,2}$/, '');
  const terms = new Set<number>();
  for (const { text } of wordsOf(stem.replace(/-/g, '_'))) for (const number of termNumbersOf(text)) terms.add(number);
  for (const { text } of wordsOf(stem)) for (const number of termNumbersOf(text)) terms.add(number);
  return Uint32Array.from(terms).sort();
}

/** Made once for an index, and kept as long as it. */
export function onceForIndex<T extends object>(make: (index: TreeIndex) => T): (index: TreeIndex) => T {
  const made = new WeakMap<TreeIndex, T>();
  return (index) => {
    const known = made.get(index) ?? make(index);
    made.set(index, known);
    return known;
  };
}
