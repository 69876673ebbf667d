import type { Syntax } from '../ports/syntax.ts';
import type { Tool } from './tool.ts';
import { createFileTool } from './tools/create-file.ts';
import { deleteFileTool } from './tools/delete-file.ts';
import { editFileTool } from './tools/edit-file.ts';
import { type FileHistory, historyTool } from './tools/history.ts';
import { listFilesTool } from './tools/list-files.ts';
import { moveFileTool } from './tools/move-file.ts';
import { outlineTool } from './tools/outline.ts';
import { readFileTool } from './tools/read-file.ts';
import { referencesTool } from './tools/references.ts';
import { searchTextTool } from './tools/search-text.ts';

/** What tools ask beyond tree and overlay. */
export interface Toolkit {
  readonly syntax: Syntax;
  readonly history: FileHistory;
}

/** For roles that look only: architect, reviewer. */
export const readingTools = ({ syntax, history }: Toolkit): readonly Tool[] => [
  listFilesTool,
  searchTextTool,
  readFileTool,
  outlineTool(syntax),
  referencesTool(syntax),
  historyTool(history),
];

/** For roles that write: coder, debugger. */
export const editingTools = (toolkit: Toolkit): readonly Tool[] => [
  ...readingTools(toolkit),
  editFileTool(toolkit.syntax),
  createFileTool(toolkit.syntax),
  deleteFileTool,
  moveFileTool,
];
