import type { Node } from '@vscode/tree-sitter-wasm';
import { childrenIn, childrenOf, type Language, passage, type Reading, symbolOf, unquoted } from '../language.ts';

export const go: Language = {
  name: 'go',
  extensions: ['.go'],
  grammar: 'tree-sitter-go.wasm',
  nodes: {
    source_file: passage,
    import_declaration: passage,
    import_spec_list: passage,
    import_spec: (node) => {
      const path = node.childForFieldName('path');
      return path === null ? {} : { imports: [unquoted(path)] };
    },
    function_declaration: (node) => {
      const name = node.childForFieldName('name')?.text ?? '';
      return symbolOf(node, /^(Test|Benchmark|Fuzz|Example)(?![a-z])/.test(name) ? 'test' : 'function');
    },
    method_declaration: (node) => symbolOf(node, 'method'),
    const_declaration: passage,
    const_spec: values,
    var_declaration: passage,
    var_spec_list: passage,
    var_spec: values,
    type_declaration: passage,
    type_spec: readType,
    type_alias: readType,
    method_elem: (node) => symbolOf(node, 'method'),
  },
};

function values(node: Node): Reading {
  const names = childrenIn(node, 'name').filter(({ type }) => type === 'identifier');
  return { symbols: names.map((name) => ({ kind: 'constant', name, node })) };
}

function readType(node: Node): Reading {
  const type = node.childForFieldName('type');
  if (type?.type === 'interface_type') return { ...symbolOf(node, 'interface'), inside: childrenOf(type) };
  return symbolOf(node, type?.type === 'struct_type' ? 'class' : 'type');
}
