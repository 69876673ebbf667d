import { declares, type Language, passage, type ReadNode } from '../language.ts';
import { ecmascriptNodes, field, signature } from './ecmascript.ts';

export const typescriptNodes: Readonly<Record<string, ReadNode>> = {
  ...ecmascriptNodes,
  abstract_class_declaration: declares('class'),
  interface_declaration: declares('interface'),
  type_alias_declaration: declares('type'),
  enum_declaration: (node, place) => ({ ...declares('enum')(node, place), inside: [] }),
  internal_module: declares('module'),
  module: declares('module'),
  ambient_declaration: passage,
  function_signature: signature,
  method_signature: signature,
  abstract_method_signature: signature,
  public_field_definition: field,
  import_require_clause: ecmascriptNodes.import_statement ?? passage,
};

export const typescript: Language = {
  name: 'typescript',
  extensions: ['.ts', '.mts', '.cts'],
  grammar: 'tree-sitter-typescript.wasm',
  nodes: typescriptNodes,
};
