import type { Language } from '../language.ts';
import { typescriptNodes } from './typescript.ts';

export const tsx: Language = {
  name: 'tsx',
  extensions: ['.tsx'],
  grammar: 'tree-sitter-tsx.wasm',
  nodes: typescriptNodes,
};
