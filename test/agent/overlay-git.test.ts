import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import { type GitHost, type GitWorkspace, repositoryNamed, startGitHost, workspaceOn } from '../git/git-host.ts';
import { anyAct, anyDisk, asCall, checkedOut, type Disk, onDisk, told } from './plain-files.ts';
import { call } from './tools/call.ts';

const repository = repositoryNamed('model');
const name = 'acme/model';
let host: GitHost;
let workspace: GitWorkspace;

beforeAll(async () => {
  host = await startGitHost();
  workspace = workspaceOn(host);
});
afterAll(async () => {
  await workspace.close();
  await host.close();
});

/** The files of a tree as git itself tells them. */
function filesOf(revision: string): Disk {
  const lines = host.git(name, ['ls-tree', '-r', '-z', revision]).toString().split('\0');
  return new Map(
    lines
      .filter((line) => line !== '')
      .map((line) => {
        const [, mode, object = '', at = ''] = /^(\d+) blob ([\da-f]+)\t(.*)$/s.exec(line) ?? [];
        const text = host.git(name, ['cat-file', 'blob', object]).toString();
        return [at, { text, mode: mode as '100644' | '100755' | '120000' }];
      }),
  );
}

test('the tree that git holds is what any sequence of calls left of a plain file system', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(anyDisk, fc.array(anyAct, { minLength: 4, maxLength: 15 }), async (base, acts) => {
      const files = [...base].map(([path, { text, mode }]) => ({ path, mode, content: text }));
      const commit = host.commit(name, [{ path: 'README', content: 'always\n' }, ...files]);
      const tree = await workspace.open(repository, commit);
      const start: Disk = new Map([...base, ['README', { text: 'always\n', mode: '100644' }]]);
      let overlay = emptyOverlay;
      let disk = start;
      for (const act of acts) {
        const [tool, args] = asCall(act);
        ({ overlay } = await call(tool, args, tree, overlay));
        expect(told(checkedOut(start, overlay))).toEqual(told(onDisk(disk, act, start)));
        disk = checkedOut(start, overlay);
      }

      const { carrier } = await workspace.build(repository, commit, overlay, commit);
      run += 1;
      const ref = `refs/ai-fix/f-${run}/1`;
      await workspace.push(repository, carrier, ref);

      const sorted = (all: Disk) => [...all].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(sorted(filesOf(ref))).toEqual(sorted(disk));
    }),
    { numRuns: 12 },
  );
}, 240_000);
