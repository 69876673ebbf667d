import type { Node } from '@vscode/tree-sitter-wasm';
import {
  childrenIn,
  declares,
  declaresFunction,
  type Language,
  type Place,
  passage,
  type Reading,
  spanning,
} from '../language.ts';

export const python: Language = {
  name: 'python',
  extensions: ['.py', '.pyi'],
  grammar: 'tree-sitter-python.wasm',
  nodes: {
    module: passage,
    block: passage,
    if_statement: passage,
    elif_clause: passage,
    else_clause: passage,
    try_statement: passage,
    except_clause: passage,
    finally_clause: passage,
    with_statement: passage,
    class_definition: declares('class'),
    function_definition: readFunction,
    decorated_definition: readDecorated,
    expression_statement: passage,
    assignment: (node, { within }) => {
      const name = node.childForFieldName('left');
      return within !== null || name?.type !== 'identifier' ? {} : { symbols: [{ kind: 'constant', name, node }] };
    },
    type_alias_statement: (node) => {
      const name = node.childForFieldName('left');
      return name === null ? {} : { symbols: [{ kind: 'type', name, node }] };
    },
    import_statement: (node) => ({ imports: childrenIn(node, 'name').map(moduleOf) }),
    import_from_statement: readFrom,
  },
};

function readFunction(node: Node, place: Place): Reading {
  const { symbols = [] } = declaresFunction(node, place);
  return {
    symbols: symbols.map((symbol) => (symbol.name.text.startsWith('test_') ? { ...symbol, kind: 'test' } : symbol)),
  };
}

function readDecorated(node: Node, place: Place): Reading {
  const definition = node.childForFieldName('definition');
  if (definition === null) return {};
  const read = definition.type === 'class_definition' ? declares('class') : readFunction;
  return spanning(node, read(definition, place));
}

const moduleOf = (name: Node): string => (name.childForFieldName('name') ?? name).text;

/** `from . import prices` names a module by what it takes out of the package. */
function readFrom(node: Node): Reading {
  const source = node.childForFieldName('module_name')?.text;
  if (source === undefined) return {};
  const isPackageItself = /^\.+$/.test(source);
  const names = childrenIn(node, 'name').map(moduleOf);
  return { imports: isPackageItself && names.length > 0 ? names.map((name) => source + name) : [source] };
}
