import { createIndexer } from '../../src/localization/index-tree.ts';
import type { TreeIndex } from '../../src/localization/tree-index.ts';
import { fakeRecordCache } from './fake-record-cache.ts';
import { type FakeFiles, fakeTree } from './fake-tree.ts';

const repository = { installationId: 1, owner: 'acme', name: 'shop' };

/** The index of some files, as the indexer makes it. */
export async function indexOf(files: FakeFiles): Promise<TreeIndex> {
  const indexer = createIndexer({ cache: fakeRecordCache(), maxBytes: 1_000_000 });
  const limits = { signal: new AbortController().signal, limitMs: 60_000 };
  return (await indexer.index(repository, fakeTree(files), limits)).index;
}
