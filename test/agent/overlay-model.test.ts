import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChanges, overlayChanges } from '../../src/agent/overlay-changes.ts';
import { listFilesTool } from '../../src/agent/tools/list-files.ts';
import { readFileTool } from '../../src/agent/tools/read-file.ts';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import { type FakeFiles, fakeTree } from '../support/fake-tree.ts';
import { anyAct, anyDisk, asCall, checkedOut, type Disk, onDisk, told } from './plain-files.ts';
import { call } from './tools/call.ts';

const treeOf = (disk: Disk) =>
  fakeTree(Object.fromEntries([...disk].map(([at, { text, mode }]) => [at, { bytes: text, mode }])) as FakeFiles);

test('any sequence of calls leaves the files that a plain file system would hold', async () => {
  await fc.assert(
    fc.asyncProperty(anyDisk, fc.array(anyAct, { maxLength: 25 }), async (base, acts) => {
      const tree = treeOf(base);
      let overlay = emptyOverlay;
      let disk = base;

      for (const act of acts) {
        const [tool, args] = asCall(act);
        const outcome = await call(tool, args, tree, overlay);
        const expected = onDisk(disk, act, base);

        expect(told(checkedOut(base, outcome.overlay))).toEqual(told(expected));
        if (outcome.isError || act.kind === 'look') expect(outcome.overlay).toBe(overlay);
        if (act.kind !== 'look')
          expect(outcome.isError).toBe(JSON.stringify(told(disk)) === JSON.stringify(told(expected)));
        expect(applyChanges(overlay, JSON.parse(JSON.stringify(overlayChanges(overlay, outcome.overlay))))).toEqual(
          outcome.overlay,
        );
        for (const [at, entry] of Object.entries(outcome.overlay)) {
          const there = base.get(at);
          const isAsBase = entry.kind === 'write' && entry.text === there?.text && entry.mode === there.mode;
          expect(entry.kind === 'write' ? !isAsBase : there !== undefined).toBe(true);
        }
        disk = checkedOut(base, outcome.overlay);
        overlay = outcome.overlay;
      }

      const listing = await call(listFilesTool, { depth: 9 }, tree, overlay);
      const listed = listing.isError ? [] : listing.output.split('\n').map((line) => line.replace(/ \(.*/, ''));
      expect(listed).toEqual(told(disk).map(([at]) => at));
      for (const [at, mode, text] of told(disk)) {
        const read = await call(readFileTool, { path: at }, tree, overlay);
        const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
        if (mode !== '120000') for (const line of lines) expect(read.output).toContain(`\t${line}`);
      }
    }),
    { numRuns: 300 },
  );
});

test('line endings that are not mixed stay so, whatever is edited', async () => {
  const text = fc.string({ unit: fc.constantFrom('x', 'y', '\n'), maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(text, text, fc.constantFrom('x', 'y', 'xy', 'x\ny'), async (before, fresh, old) => {
      const base: Disk = new Map([['a.ts', { text: before.replaceAll('\n', '\r\n'), mode: '100644' }]]);
      const [tool, args] = asCall({ kind: 'edit', path: 'a.ts', old, text: fresh });

      const { overlay } = await call(tool, args, treeOf(base));

      const after = checkedOut(base, overlay).get('a.ts')?.text ?? '';
      if (before.includes('\n')) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    }),
    { numRuns: 300 },
  );
});
