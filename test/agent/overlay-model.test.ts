import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChanges, overlayChanges } from '../../src/agent/overlay-changes.ts';
import { createFileTool } from '../../src/agent/tools/create-file.ts';
import { deleteFileTool } from '../../src/agent/tools/delete-file.ts';
import { editFileTool } from '../../src/agent/tools/edit-file.ts';
import { listFilesTool } from '../../src/agent/tools/list-files.ts';
import { emptyOverlay, type Overlay } from '../../src/domain/overlay.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';
import { fakeTree } from '../support/fake-tree.ts';
import { call } from './tools/call.ts';

type Disk = ReadonlyMap<string, string>;
type Act = { kind: 'create' | 'delete' | 'edit'; path: string; text: string; old: string };

const path = fc.constantFrom(
  'a',
  'b',
  'd',
  'd/a',
  'd/b',
  'd/e/f',
  '__proto__',
  'constructor',
  'constructor/x',
  '../a',
  'd/',
  '.git/x',
);
const text = fc.string({ unit: fc.constantFrom('x', 'y', '\n'), maxLength: 5 });
const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('create', 'delete', 'edit'),
  path,
  text,
  old: fc.constantFrom('x', 'y', 'xy', 'x\ny'),
});
const base = fc
  .array(fc.tuple(fc.constantFrom('a', 'd/a', 'd/e/f', 'constructor'), text), { maxLength: 4 })
  .map((files) => new Map<string, string>(files));

/** A plain file system: what the act leaves, or the same map when it is not possible. */
function onDisk(disk: Disk, { kind, path: at, text: content, old }: Act): Disk {
  const there = disk.get(at);
  const isAllowed = !/\.\.|\/$|\.git/.test(at);
  const isBlocked = [...disk.keys()].some((other) => other.startsWith(`${at}/`) || at.startsWith(`${other}/`));
  if (kind === 'create')
    return !isAllowed || isBlocked || there !== undefined ? disk : new Map([...disk, [at, content]]);
  if (there === undefined) return disk;
  if (kind === 'delete') return new Map([...disk].filter(([other]) => other !== at));
  const parts = there.split(old);
  if (parts.length !== 2) return disk;
  const replaced = parts.join(content);
  const isEndKept = replaced === '' || there.endsWith('\n') === replaced.endsWith('\n');
  const kept = isEndKept ? replaced : there.endsWith('\n') ? `${replaced}\n` : replaced.slice(0, -1);
  return new Map([...disk, [at, kept]]);
}

const asTool = ({ kind, path: at, text: content, old }: Act) => {
  if (kind === 'create') return [createFileTool(fakeSyntax()), { path: at, content }] as const;
  return kind === 'delete'
    ? ([deleteFileTool, { path: at }] as const)
    : ([editFileTool(fakeSyntax()), { path: at, old_text: old, new_text: content }] as const);
};

/** Base and overlay as the files that a checkout of the patch would have. */
function checkedOut(files: Disk, overlay: Overlay): Map<string, string> {
  const disk = new Map(files);
  for (const [at, entry] of Object.entries(overlay)) {
    if (entry.kind === 'write') disk.set(at, entry.text);
    else disk.delete(at);
  }
  return disk;
}

const sorted = (disk: Disk) => [...disk].sort(([a], [b]) => (a < b ? -1 : 1));

test('any sequence of edits leaves the files that a plain file system would hold', async () => {
  await fc.assert(
    fc.asyncProperty(base, fc.array(act, { maxLength: 25 }), async (files, acts) => {
      const tree = fakeTree(Object.fromEntries(files));
      let overlay = emptyOverlay;
      let disk: Disk = files;

      for (const step of acts) {
        const [tool, args] = asTool(step);
        const outcome = await call(tool, args, tree, overlay);
        const expected = onDisk(disk, step);

        expect(sorted(checkedOut(files, outcome.overlay))).toEqual(sorted(expected));
        if (outcome.isError) expect(outcome.overlay).toBe(overlay);
        expect(sorted(disk).toString() === sorted(expected).toString()).toBe(outcome.isError);
        expect(applyChanges(overlay, JSON.parse(JSON.stringify(overlayChanges(overlay, outcome.overlay))))).toEqual(
          outcome.overlay,
        );
        for (const [at, entry] of Object.entries(outcome.overlay)) {
          const isDifference = entry.kind === 'write' ? entry.text !== files.get(at) : files.has(at);
          expect(isDifference).toBe(true);
        }
        disk = expected;
        overlay = outcome.overlay;
      }

      const listing = await call(listFilesTool, { depth: 9 }, tree, overlay);
      const listed = listing.isError ? [] : listing.output.split('\n').map((line) => line.replace(/ \(.*/, ''));
      expect(listed).toEqual(sorted(disk).map(([at]) => at));
    }),
    { numRuns: 400 },
  );
});
