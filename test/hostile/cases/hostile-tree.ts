import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Tool } from '../../../src/agent/tool.ts';
import { emptyOverlay } from '../../../src/domain/overlay.ts';
import type { Tree } from '../../../src/ports/workspace.ts';
import { type GitWorkspace, repositoryNamed, type SeedFile, startGitHost, workspaceOn } from '../../git/git-host.ts';
import { fakeTree } from '../../support/fake-tree.ts';
import type { Came } from './patch-cases.ts';

/** Stands in the file of the host that links of a repository lead to. */
const hostText = 'root:x:0:0';

interface Ground {
  readonly tree: Tree;
  readonly workspace: GitWorkspace;
  /** Does everything that a fix does with a repository. */
  useAll(): Promise<void>;
  /** Whether anything that the repository names has run. */
  hasRun(): boolean;
}

/** A repository in a real mirror. `files` gets the path of a file that must never come to be. */
export async function onMirror(
  files: (mark: string) => readonly SeedFile[],
  attack: (ground: Ground) => Promise<Came>,
): Promise<Came> {
  const host = await startGitHost();
  const workspace = workspaceOn(host);
  const mark = join(host.scratch, 'something-ran');
  try {
    const commit = host.commit('acme/hostile', [{ path: 'a.txt', content: 'one\n' }, ...files(mark)]);
    const repository = repositoryNamed('hostile');
    const tree = await workspace.open(repository, commit);
    const useAll = async () => {
      for (const { path } of await tree.list()) {
        await tree.read(path);
        await tree.search('one', { prefix: path, limit: 10 });
      }
      const overlay = { 'a.txt': { kind: 'write', text: 'two\n', mode: '100644' } } as const;
      const { carrier } = await workspace.build(repository, commit, overlay, commit);
      await workspace.diff(repository, commit, carrier, 10_000);
      await workspace.push(repository, carrier, 'refs/ai-fix/f-1/1');
    };
    return await attack({ tree, workspace, useAll, hasRun: () => existsSync(mark) });
  } finally {
    await workspace.close();
    await host.close();
  }
}

/** A tree whose one file is too large for anybody's memory: reading it is the escape. */
export function treeWithLargeFile(path: string): { readonly tree: Tree; readonly reads: string[] } {
  const small = fakeTree({ [path]: 'x' });
  const reads: string[] = [];
  const tree: Tree = {
    ...small,
    list: async (prefix) => (await small.list(prefix)).map((entry) => ({ ...entry, sizeBytes: 100_000_000 })),
    read: (at) => {
      reads.push(at);
      return small.read(at);
    },
  };
  return { tree, reads };
}

export const ask = (tool: Tool, args: object, tree: Tree) =>
  tool.run(JSON.stringify(args), { tree, overlay: emptyOverlay });

/** What a tool answers of a path that leads out of the repository. */
export async function outside(tool: Tool, args: object, tree: Tree, named: string): Promise<Came> {
  const { output } = await ask(tool, args, tree);
  if (output.includes(hostText)) return `escaped: ${output.slice(0, 100)}`;
  return output.includes(named) ? 'not read' : `escaped: the answer does not name ${named}: ${output.slice(0, 100)}`;
}
