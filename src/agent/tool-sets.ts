import type { Tool } from './tool.ts';
import { createFileTool } from './tools/create-file.ts';
import { deleteFileTool } from './tools/delete-file.ts';
import { editFileTool } from './tools/edit-file.ts';
import { listFilesTool } from './tools/list-files.ts';
import { readFileTool } from './tools/read-file.ts';
import { searchTextTool } from './tools/search-text.ts';

/** For roles that look only: architect, reviewer. */
export const readingTools: readonly Tool[] = [listFilesTool, searchTextTool, readFileTool];

/** For roles that write: coder, debugger. */
export const editingTools: readonly Tool[] = [...readingTools, editFileTool, createFileTool, deleteFileTool];
