import type { FileRecord } from './file-record.ts';
import type { PathIndex } from './path-index.ts';

/** All files of one commit that somebody may look for, as far as they were read. */
export interface TreeIndex {
  readonly paths: PathIndex;
  /** In the order of the paths; empty ones of files that were not read. */
  readonly records: readonly FileRecord[];
  /** Over all files that were read. */
  readonly meanLength: number;
  readonly meanDefinitions: number;
}

export function treeIndexOf(paths: PathIndex, records: readonly FileRecord[]): TreeIndex {
  let read = 0;
  let length = 0;
  let definitions = 0;
  for (const record of records) {
    if (record.length > 0) read += 1;
    length += record.length;
    definitions += record.definitionLength;
  }
  return { paths, records, meanLength: length / Math.max(1, read), meanDefinitions: definitions / Math.max(1, read) };
}
