import fc from 'fast-check';
import type { Tool } from '../../src/agent/tool.ts';
import { createFileTool } from '../../src/agent/tools/create-file.ts';
import { deleteFileTool } from '../../src/agent/tools/delete-file.ts';
import { editFileTool } from '../../src/agent/tools/edit-file.ts';
import { listFilesTool } from '../../src/agent/tools/list-files.ts';
import { moveFileTool } from '../../src/agent/tools/move-file.ts';
import { outlineTool } from '../../src/agent/tools/outline.ts';
import { readFileTool } from '../../src/agent/tools/read-file.ts';
import { referencesTool } from '../../src/agent/tools/references.ts';
import { searchTextTool } from '../../src/agent/tools/search-text.ts';
import type { Overlay } from '../../src/domain/overlay.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';

/** The files of a plain file system. Folders are there as long as something is in them, as in git. */
export type Disk = ReadonlyMap<string, DiskFile>;

export interface DiskFile {
  readonly text: string;
  readonly mode: '100644' | '100755' | '120000';
}

export type Act =
  | { readonly kind: 'create'; readonly path: string; readonly text: string; readonly isProgram: boolean }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'edit'; readonly path: string; readonly old: string; readonly text: string }
  | { readonly kind: 'move'; readonly path: string; readonly to: string }
  | {
      readonly kind: 'look';
      readonly tool: 'list' | 'read' | 'search' | 'outline' | 'references';
      readonly path: string;
    };

const paths = [
  'a.ts',
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
];
const path = fc.constantFrom(...paths);
const text = fc.string({ unit: fc.constantFrom('x', 'y', '\n', '\r\n', 'ü'), maxLength: 6 });

export const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), path, text, isProgram: fc.boolean() }),
  fc.record({ kind: fc.constant('delete' as const), path }),
  fc.record({ kind: fc.constant('edit' as const), path, old: fc.constantFrom('x', 'y', 'xy', 'yx', 'ü'), text }),
  fc.record({ kind: fc.constant('move' as const), path, to: path }),
  fc.record({
    kind: fc.constant('look' as const),
    tool: fc.constantFrom('list', 'read', 'search', 'outline', 'references'),
    path,
  }),
);

export const anyDisk: fc.Arbitrary<Disk> = fc
  .array(
    fc.tuple(
      fc.constantFrom('a.ts', 'd/a', 'd/e/f', 'constructor', 'link'),
      fc.record({ text, mode: fc.constantFrom('100644' as const, '100755' as const) }),
    ),
    { maxLength: 5 },
  )
  .map((files) => new Map(files.map(([at, file]) => [at, at === 'link' ? { text: 'a.ts', mode: '120000' } : file])));

const isAllowed = (at: string): boolean => !/\.\.|\/$|\.git/.test(at);
const isFree = (disk: Disk, at: string): boolean =>
  ![...disk.keys()].some((other) => other === at || other.startsWith(`${at}/`) || at.startsWith(`${other}/`));
const without = (disk: Disk, at: string): Disk => new Map([...disk].filter(([other]) => other !== at));
const withFile = (disk: Disk, at: string, file: DiskFile): Disk => new Map([...disk, [at, file]]);

/** What an act leaves of a plain file system; the same map where it is not possible. */
export function onDisk(disk: Disk, act: Act, base: Disk): Disk {
  const there = disk.get(act.path);
  switch (act.kind) {
    case 'create': {
      if (!isAllowed(act.path) || !isFree(disk, act.path)) return disk;
      // A file that comes back at its place in the base is the program it was.
      const isProgram = act.isProgram || base.get(act.path)?.mode === '100755';
      return withFile(disk, act.path, { text: act.text, mode: isProgram ? '100755' : '100644' });
    }
    case 'delete':
      return there === undefined ? disk : without(disk, act.path);
    case 'edit':
      return there === undefined || there.mode === '120000' ? disk : edited(disk, act.path, there, act);
    case 'move': {
      if (there === undefined || there.mode === '120000' || !isAllowed(act.to) || act.to === act.path) return disk;
      const rest = without(disk, act.path);
      return isFree(rest, act.to) ? withFile(rest, act.to, there) : disk;
    }
    case 'look':
      return disk;
  }
}

/** What is asked for lies within a line, so that only the exact text is found. Line endings of touched lines are the file's: without mixed ones, that is the one that it has. */
function edited(
  disk: Disk,
  at: string,
  { text: before, mode }: DiskFile,
  { old, text: fresh }: Act & { kind: 'edit' },
): Disk {
  const lf = before.replaceAll('\r\n', '\n');
  const parts = lf.split(old);
  if (parts.length !== 2) return disk;
  const replaced = parts.join(fresh.replaceAll('\r\n', '\n'));
  const isEndKept = replaced === '' || lf.endsWith('\n') === replaced.endsWith('\n');
  const kept = isEndKept ? replaced : lf.endsWith('\n') ? `${replaced}\n` : replaced.slice(0, -1);
  return withFile(disk, at, { text: kept, mode });
}

const syntax = fakeSyntax();
const tools = {
  create: createFileTool(syntax),
  edit: editFileTool(syntax),
  list: listFilesTool,
  read: readFileTool,
  search: searchTextTool,
  outline: outlineTool(syntax),
  references: referencesTool(syntax),
};

export function asCall(act: Act): readonly [Tool, object] {
  switch (act.kind) {
    case 'create':
      return [tools.create, { path: act.path, content: act.text, executable: act.isProgram }];
    case 'delete':
      return [deleteFileTool, { path: act.path }];
    case 'edit':
      return [tools.edit, { path: act.path, old_text: act.old, new_text: act.text }];
    case 'move':
      return [moveFileTool, { from: act.path, to: act.to }];
    case 'look':
      return [tools[act.tool], lookingAt(act.tool, act.path)];
  }
}

function lookingAt(tool: Extract<Act, { kind: 'look' }>['tool'], at: string): object {
  switch (tool) {
    case 'list':
      return { folder: at };
    case 'search':
      return { pattern: 'x+', folder: at };
    case 'references':
      return { name: 'x', folder: at };
    case 'read':
    case 'outline':
      return { path: at };
  }
}

/** Base and overlay as the files that a checkout of the patch would have. */
export function checkedOut(base: Disk, overlay: Overlay): Disk {
  const disk = new Map(base);
  for (const [at, entry] of Object.entries(overlay)) {
    if (entry.kind === 'write') disk.set(at, { text: entry.text, mode: entry.mode });
    else disk.delete(at);
  }
  return disk;
}

/** By path; line endings of edited files are looked at where they cannot be mixed. */
export const told = (disk: Disk): readonly [string, string, string][] =>
  [...disk]
    .map(([at, file]): [string, string, string] => [at, file.mode, file.text.replaceAll('\r\n', '\n')])
    .sort(([a], [b]) => (a < b ? -1 : 1));
