import type { Tool, ToolOutcome } from '../../../src/agent/tool.ts';
import { emptyOverlay, type Overlay } from '../../../src/domain/overlay.ts';
import type { Tree } from '../../../src/ports/workspace.ts';
import { type FakeFiles, fakeTree } from '../../support/fake-tree.ts';

/** Calls a tool as a model would. */
export function call(
  tool: Tool,
  args: object,
  files: FakeFiles | Tree,
  overlay: Overlay = emptyOverlay,
): Promise<ToolOutcome> {
  const tree = isTree(files) ? files : fakeTree(files);
  return tool.run(JSON.stringify(args), { tree, overlay });
}

const isTree = (files: FakeFiles | Tree): files is Tree => typeof files.search === 'function';

/** The text an overlay holds for a path; null when it deletes it, undefined when it does not know it. */
export function textAt(overlay: Overlay, path: string): string | null | undefined {
  const entry = Object.hasOwn(overlay, path) ? overlay[path] : undefined;
  if (entry === undefined) return undefined;
  return entry.kind === 'write' ? entry.text : null;
}

export const write = (text: string) => ({ kind: 'write', text, mode: '100644' }) as const;
