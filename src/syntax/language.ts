import type { Node } from '@vscode/tree-sitter-wasm';
import type { CodeSymbol } from '../ports/syntax.ts';

/** A programming language: which files hold it, which grammar reads it, and what the kinds of its nodes mean. */
export interface Language {
  readonly name: string;
  readonly extensions: readonly string[];
  /** A file of `@vscode/tree-sitter-wasm`. */
  readonly grammar: `tree-sitter-${string}.wasm`;
  /** By node type. A node of another type is passed over with everything in it. */
  readonly nodes: Readonly<Record<string, ReadNode>>;
}

export type ReadNode = (node: Node, place: Place) => Reading;

/** Where a node was met. */
export interface Place {
  /** The kind of the nearest symbol around it. */
  readonly within: CodeSymbol['kind'] | null;
  /** Its neighbour to the left. */
  readonly before: Node | null;
}

/** What a node tells. */
export interface Reading {
  readonly symbols?: readonly Declared[];
  readonly imports?: readonly string[];
  /** Nodes to read next, in the order of the file; they lie within the symbol, if there is just one. */
  readonly inside?: readonly Node[];
}

interface Declared {
  readonly kind: CodeSymbol['kind'];
  readonly name: Node;
  /** What `name` reads, unless its text is the name. */
  readonly called?: string;
  /** The whole declaration. */
  readonly node: Node;
  /** Left out of the signature. */
  readonly body?: Node | null;
}

/** Tells nothing by itself; what it holds may. */
export const passage: ReadNode = (node) => ({ inside: childrenOf(node) });

/** A declaration with the fields `name` and, perhaps, `body`, which holds further symbols. */
export const declares =
  (kind: CodeSymbol['kind']): ReadNode =>
  (node) => {
    const body = node.childForFieldName('body');
    return { ...symbolOf(node, kind), inside: childrenOf(body) };
  };

/** A function, or a method where it stands within a type. What is in its body is nobody else's business. */
export const declaresFunction: ReadNode = (node, { within }) => symbolOf(node, isType(within) ? 'method' : 'function');

const isType = (kind: CodeSymbol['kind'] | null): boolean =>
  kind === 'class' || kind === 'interface' || kind === 'enum' || kind === 'type' || kind === 'constant';

export function symbolOf(node: Node, kind: CodeSymbol['kind']): Reading {
  const name = node.childForFieldName('name');
  return name === null ? {} : { symbols: [{ kind, name, node, body: node.childForFieldName('body') }] };
}

/** The same symbols, with what stands around them: decorators belong to what they decorate. */
export const spanning = (whole: Node, reading: Reading): Reading => ({
  ...reading,
  symbols: (reading.symbols ?? []).map((symbol) => ({ ...symbol, node: whole })),
});

/** The text of a string literal without its quotes. */
export const unquoted = (literal: Node): string => literal.text.slice(1, -1);

/** Its named children; none where there is no node. */
export const childrenOf = (node: Node | null | undefined): readonly Node[] =>
  node?.namedChildren.filter((child) => child !== null) ?? [];

export const childrenIn = (node: Node, field: string): readonly Node[] =>
  node.childrenForFieldName(field).filter((child) => child !== null);
