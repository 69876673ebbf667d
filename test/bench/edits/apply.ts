import { editFileTool } from '../../../src/agent/tools/edit-file.ts';
import { emptyOverlay } from '../../../src/domain/overlay.ts';
import { fakeSyntax } from '../../support/fake-syntax.ts';
import { fakeTree } from '../../support/fake-tree.ts';
import type { Apply } from './edit-case.ts';

const tool = editFileTool(fakeSyntax());

/** By the tool that models call. */
export const applyByTool: Apply = async (path, text, old, fresh) => {
  const call = JSON.stringify({ path, old_text: old, new_text: fresh });
  const { isError, overlay } = await tool.run(call, { tree: fakeTree({ [path]: text }), overlay: emptyOverlay });
  const entry = overlay[path];
  if (isError) return null;
  return entry?.kind === 'write' ? entry.text : text;
};

/** The baseline: a text that occurs exactly once is replaced, whatever it is. */
export const applyExactly: Apply = async (_path, text, old, fresh) =>
  text.split(old).length === 2 ? text.replace(old, () => fresh) : null;
