import type { Workspace } from '../../src/ports/workspace.ts';
import { fakeCommits } from './fake-commits.ts';
import type { FakeFiles } from './fake-tree.ts';
import { fakeWorkspace } from './fake-workspace.ts';
import { sampleGround } from './sample-fix.ts';

/** A workspace whose diffs name the two trees they compare: `base`, else the text of `a.ts` in them, or `nothing`. */
export function namingWorkspace(files: FakeFiles = {}): Workspace {
  const names = new Map<string, string>([[sampleGround.base, 'base']]);
  const fake = fakeWorkspace(fakeCommits(), { [sampleGround.base]: files });
  return {
    ...fake,
    build: async (repository, base, overlay, parent) => {
      const built = await fake.build(repository, base, overlay, parent);
      const entry = overlay['a.ts'];
      names.set(built.tree, entry?.kind === 'write' ? entry.text : 'nothing');
      return built;
    },
    diff: async (_repository, from, to) => ({
      text: `${names.get(from)} → ${names.get(to)}`,
      isCut: false,
      files: [],
    }),
  };
}
