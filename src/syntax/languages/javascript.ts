import type { Language } from '../language.ts';
import { ecmascriptNodes } from './ecmascript.ts';

export const javascript: Language = {
  name: 'javascript',
  extensions: ['.js', '.mjs', '.cjs', '.jsx'],
  grammar: 'tree-sitter-javascript.wasm',
  nodes: ecmascriptNodes,
};
