import type { Node } from '@vscode/tree-sitter-wasm';
import {
  childrenOf,
  declares,
  declaresFunction,
  type Language,
  type Place,
  passage,
  type Reading,
  symbolOf,
} from '../language.ts';

export const rust: Language = {
  name: 'rust',
  extensions: ['.rs'],
  grammar: 'tree-sitter-rust.wasm',
  nodes: {
    source_file: passage,
    use_declaration: (node) => {
      const argument = node.childForFieldName('argument');
      return { imports: argument === null ? [] : usedPaths(argument) };
    },
    extern_crate_declaration: (node) => {
      const name = node.childForFieldName('name');
      return name === null ? {} : { imports: [name.text] };
    },
    mod_item: declares('module'),
    struct_item: (node) => symbolOf(node, 'class'),
    union_item: (node) => symbolOf(node, 'class'),
    enum_item: (node) => symbolOf(node, 'enum'),
    trait_item: declares('interface'),
    impl_item: (node) => {
      const type = node.childForFieldName('type');
      if (type === null) return {};
      const name = type.childForFieldName('type') ?? type;
      const body = node.childForFieldName('body');
      return { symbols: [{ kind: 'class', name, node, body }], inside: childrenOf(body) };
    },
    foreign_mod_item: (node) => ({ inside: childrenOf(node.childForFieldName('body')) }),
    function_item: readFunction,
    function_signature_item: declaresFunction,
    const_item: (node) => symbolOf(node, 'constant'),
    static_item: (node) => symbolOf(node, 'constant'),
    type_item: (node) => symbolOf(node, 'type'),
    associated_type: (node) => symbolOf(node, 'type'),
    macro_definition: (node) => symbolOf(node, 'function'),
  },
};

function readFunction(node: Node, place: Place): Reading {
  const attribute = place.before?.type === 'attribute_item' ? place.before.text : '';
  return /^#\[(\w+::)*\w*test\b/.test(attribute) ? symbolOf(node, 'test') : declaresFunction(node, place);
}

const maxListDepth = 8;

/** `use a::{b, c::{d, e}}` uses `a::b`, `a::c::d` and `a::c::e`. */
function usedPaths(argument: Node, prefix = '', depth = 0): string[] {
  const under = (path: string): string => (prefix === '' ? path : `${prefix}::${path}`);
  switch (argument.type) {
    case 'use_list':
      return depth > maxListDepth ? [] : childrenOf(argument).flatMap((child) => usedPaths(child, prefix, depth + 1));
    case 'scoped_use_list': {
      const list = argument.childForFieldName('list');
      const path = argument.childForFieldName('path');
      if (list === null) return [];
      return usedPaths(list, path === null ? prefix : under(path.text), depth + 1);
    }
    case 'use_as_clause':
      return [under(argument.childForFieldName('path')?.text ?? '')];
    case 'use_wildcard':
      return [under(argument.text)];
    case 'self':
      return [prefix === '' ? 'self' : prefix];
    case 'line_comment':
    case 'block_comment':
      return [];
    default:
      return [under(argument.text)];
  }
}
