import type { Node } from '@vscode/tree-sitter-wasm';
import {
  childrenIn,
  childrenOf,
  declares,
  type Language,
  type Place,
  passage,
  type Reading,
  symbolOf,
} from '../language.ts';

export const java: Language = {
  name: 'java',
  extensions: ['.java'],
  grammar: 'tree-sitter-java.wasm',
  nodes: {
    program: passage,
    import_declaration: (node) => {
      const [name, asterisk] = childrenOf(node);
      if (name === undefined) return {};
      return { imports: [asterisk?.type === 'asterisk' ? `${name.text}.*` : name.text] };
    },
    class_declaration: declares('class'),
    record_declaration: declares('class'),
    interface_declaration: declares('interface'),
    annotation_type_declaration: declares('interface'),
    enum_declaration: declares('enum'),
    enum_body_declarations: passage,
    method_declaration: (node) => symbolOf(node, isTest(node) ? 'test' : 'method'),
    constructor_declaration: (node) => symbolOf(node, 'method'),
    compact_constructor_declaration: (node) => symbolOf(node, 'method'),
    annotation_type_element_declaration: (node) => symbolOf(node, 'method'),
    constant_declaration: constants,
    field_declaration: (node, place) => (/\bstatic\b/.test(modifiersOf(node)) ? constants(node, place) : {}),
  },
};

const modifiersOf = (node: Node): string => {
  const [first] = childrenOf(node);
  return first?.type === 'modifiers' ? first.text : '';
};

const isTest = (node: Node): boolean => /@(\w+\.)*\w*Test\b/.test(modifiersOf(node));

function constants(node: Node, _place: Place): Reading {
  const names = childrenIn(node, 'declarator').flatMap((one) => one.childForFieldName('name') ?? []);
  return { symbols: names.map((name) => ({ kind: 'constant', name, node })) };
}
