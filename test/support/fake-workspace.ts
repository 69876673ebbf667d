import { createHash } from 'node:crypto';
import { asSha, type Sha } from '../../src/domain/ids.ts';
import type { Workspace } from '../../src/ports/workspace.ts';
import type { FakeCommits } from './fake-commits.ts';
import { type FakeFiles, fakeTree } from './fake-tree.ts';

const nameOf = (...parts: unknown[]): Sha => asSha(createHash('sha1').update(JSON.stringify(parts)).digest('hex'));

export interface FakeWorkspace extends Workspace {
  readonly pushed: readonly { readonly commit: Sha; readonly ref: string }[];
}

/** Object stores in memory: files by commit, and pushes that arrive at `remote`. */
export function fakeWorkspace(remote: FakeCommits, files: Readonly<Record<string, FakeFiles>> = {}): FakeWorkspace {
  const pushed: { commit: Sha; ref: string }[] = [];
  const carriers = new Map<string, { tree: Sha; parent: Sha }>();
  return {
    pushed,
    open: async (_repository, commit) => fakeTree(files[commit] ?? {}, commit),
    build: async (_repository, base, overlay, parent) => {
      const tree = nameOf('tree', base, overlay);
      const carrier = nameOf('carrier', tree, parent);
      carriers.set(carrier, { tree, parent });
      return { tree, carrier };
    },
    diff: async () => ({ text: '', isCut: false, files: [] }),
    push: async (_repository, commit, ref) => {
      const carried = carriers.get(commit);
      if (carried === undefined) throw new TypeError(`the test pushed ${commit}, which nobody built`);
      remote.known.set(commit, { tree: carried.tree, parents: [carried.parent], message: 'carrier' });
      remote.refs.set(ref, commit);
      pushed.push({ commit, ref });
    },
  };
}
