import type { Node } from '@vscode/tree-sitter-wasm';
import {
  childrenOf,
  declares,
  declaresFunction,
  passage,
  type Reading,
  type ReadNode,
  spanning,
  symbolOf,
  unquoted,
} from '../language.ts';

/** What JavaScript, TypeScript and TSX have in common. */
export const ecmascriptNodes: Readonly<Record<string, ReadNode>> = {
  program: passage,
  export_statement: (node, place) => {
    const isDecorated = node.firstNamedChild?.type === 'decorator';
    const declaration = node.childForFieldName('declaration');
    if (isDecorated && declaration !== null) return spanning(node, declares('class')(declaration, place));
    const source = node.childForFieldName('source');
    return { inside: childrenOf(node), ...(source !== null && { imports: [unquoted(source)] }) };
  },
  import_statement: (node) => {
    const source = node.childForFieldName('source');
    return source === null ? passage(node, { within: null, before: null }) : { imports: [unquoted(source)] };
  },
  class_declaration: declares('class'),
  class: declares('class'),
  function_declaration: declaresFunction,
  generator_function_declaration: declaresFunction,
  method_definition: declaresFunction,
  field_definition: field,
  lexical_declaration: variables,
  variable_declaration: variables,
  object: passage,
  pair: (node) => {
    const [name, value] = [node.childForFieldName('key'), node.childForFieldName('value')];
    if (name === null || !isFunction(value)) return {};
    return { symbols: [{ kind: 'method', name, node, body: value?.childForFieldName('body') ?? null }] };
  },
  expression_statement: passage,
  assignment_expression: assignment,
  call_expression: testCall,
};

const functionTypes = new Set(['arrow_function', 'function_expression', 'generator_function']);
const isFunction = (node: Node | null): boolean => node !== null && functionTypes.has(node.type);

export function field(node: Node): Reading {
  const value = node.childForFieldName('value');
  const name = node.childForFieldName('name') ?? node.childForFieldName('property');
  if (name === null || !isFunction(value)) return {};
  return { symbols: [{ kind: 'method', name, node, body: value?.childForFieldName('body') ?? null }] };
}

/** Constants that are functions or classes count as such; what a test keeps for itself is not told. */
function variables(node: Node, { within }: { readonly within: string | null }): Reading {
  const declarators = childrenOf(node).filter(({ type }) => type === 'variable_declarator');
  const imports = declarators.flatMap((declarator) => requiredBy(declarator.childForFieldName('value')));
  if (within === 'test') return { imports };
  const only = declarators.length === 1 ? node : null;
  const readings = declarators.map((declarator) => variable(declarator, only ?? declarator));
  return {
    imports,
    symbols: readings.flatMap(({ symbols = [] }) => symbols),
    inside: readings.flatMap(({ inside = [] }) => inside),
  };
}

function variable(declarator: Node, whole: Node): Reading {
  const [name, value] = [declarator.childForFieldName('name'), declarator.childForFieldName('value')];
  if (name?.type !== 'identifier') return {};
  return valued(name, value, whole, 'constant');
}

function valued(name: Node, value: Node | null, node: Node, otherwise: 'constant' | null): Reading {
  if (isFunction(value)) {
    return { symbols: [{ kind: 'function', name, node, body: value?.childForFieldName('body') ?? null }] };
  }
  if (value?.type === 'class') {
    const body = value.childForFieldName('body');
    return { symbols: [{ kind: 'class', name, node, body }], inside: childrenOf(body) };
  }
  const inside = value?.type === 'object' ? [value] : [];
  return otherwise === null ? { inside } : { symbols: [{ kind: otherwise, name, node }], inside };
}

/** `exports.load = function …`, `Reader.prototype.next = …`, `module.exports = { … }`. */
function assignment(node: Node): Reading {
  const [left, value] = [node.childForFieldName('left'), node.childForFieldName('right')];
  const name = left?.type === 'member_expression' ? left.childForFieldName('property') : left;
  if (name === null || name === undefined) return {};
  return { ...valued(name, value, node, null), imports: requiredBy(value) };
}

/** `require('x')`, `require('x').y`, `await import('x')`. */
function requiredBy(value: Node | null): string[] {
  let call = value;
  for (let step = 0; step < 4 && call !== null && call.type !== 'call_expression'; step += 1) {
    call = call.type === 'await_expression' ? call.firstNamedChild : call.childForFieldName('object');
  }
  const callee = call?.childForFieldName('function')?.text;
  const source = call?.childForFieldName('arguments')?.firstNamedChild;
  const isImport = callee === 'require' || callee === 'import';
  return isImport && source?.type === 'string' ? [unquoted(source)] : [];
}

const testCalls = new Set(['describe', 'context', 'suite', 'test', 'it', 'specify']);

/** `describe('…', () => { … })`, `it.each(…)('…', …)`: the title is the name. */
function testCall(node: Node): Reading {
  let callee = node.childForFieldName('function');
  for (let step = 0; step < 4 && callee !== null && callee.type !== 'identifier'; step += 1) {
    callee = callee.childForFieldName('function') ?? callee.childForFieldName('object');
  }
  if (callee === null || !testCalls.has(callee.text)) return {};
  const [title, ...others] = childrenOf(node.childForFieldName('arguments'));
  if (title?.type !== 'string' && title?.type !== 'template_string') return {};
  const body = others.find((argument) => isFunction(argument))?.childForFieldName('body') ?? null;
  return {
    symbols: [{ kind: 'test', name: title, called: unquoted(title), node, body }],
    inside: body?.type === 'statement_block' ? childrenOf(body) : [],
  };
}

export const signature: ReadNode = (node, place) =>
  symbolOf(node, place.within === null || place.within === 'module' ? 'function' : 'method');
