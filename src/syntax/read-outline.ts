import type { Node } from '@vscode/tree-sitter-wasm';
import type { CodeSymbol, Outline } from '../ports/syntax.ts';
import type { Language, Reading } from './language.ts';

const maxSymbols = 2_000;
const maxImports = 500;
const maxNodes = 200_000;
const maxDepth = 20;
const maxNameLength = 200;
const maxSignatureLength = 200;

interface Visit {
  readonly node: Node;
  readonly before: Node | null;
  readonly within: CodeSymbol['kind'] | null;
  readonly depth: number;
}

/**
 * Reads symbols and imports out of a tree, as the language's rules tell. The list of nodes to visit stands in place of
 * recursion, so that no nesting can exhaust the stack; nodes, symbols and depth are bounded, and what goes beyond is
 * left out.
 */
export function readOutline(language: Language, root: Node, text: string): Outline {
  const lines = text.split('\n');
  const symbols: CodeSymbol[] = [];
  const imports = new Set<string>();
  const open: Visit[] = [{ node: root, before: null, within: null, depth: 0 }];
  for (let visited = 0; visited < maxNodes && symbols.length < maxSymbols; visited += 1) {
    const visit = open.pop();
    if (visit === undefined) break;
    const reading = ruleOf(language, visit.node.type)?.(visit.node, visit);
    if (reading === undefined) continue;
    for (const name of reading.imports ?? []) if (imports.size < maxImports) imports.add(name.slice(0, maxNameLength));
    for (const declared of reading.symbols ?? []) symbols.push(symbolFrom(declared, visit.depth, lines));
    open.push(...visitsInside(reading, visit).reverse());
  }
  return { language: language.name, symbols: symbols.slice(0, maxSymbols), imports: [...imports] };
}

/** A node may be called `constructor`. */
const ruleOf = ({ nodes }: Language, type: string) => (Object.hasOwn(nodes, type) ? nodes[type] : undefined);

function visitsInside({ symbols = [], inside = [] }: Reading, visit: Visit): Visit[] {
  const around = symbols.length === 1 ? symbols[0] : undefined;
  const depth = around === undefined ? visit.depth : visit.depth + 1;
  if (depth > maxDepth) return [];
  const within = around?.kind ?? visit.within;
  return inside.map((node, index) => ({ node, before: inside[index - 1] ?? null, within, depth }));
}

function symbolFrom(
  { kind, name, called, node, body }: NonNullable<Reading['symbols']>[number],
  depth: number,
  lines: readonly string[],
): CodeSymbol {
  const { row } = name.startPosition;
  const line = lines[row] ?? '';
  const isBodyInLine = body !== undefined && body !== null && body.startPosition.row === row;
  const signature = (isBodyInLine ? line.slice(0, body.startPosition.column) : line).trim();
  const { endPosition } = node;
  // A block of Python ends at the start of the line behind it.
  const endRow = endPosition.column === 0 && endPosition.row > row ? endPosition.row - 1 : endPosition.row;
  return {
    name: cut(called ?? name.text, maxNameLength),
    kind,
    depth,
    startLine: node.startPosition.row + 1,
    endLine: endRow + 1,
    signature: cut(signature, maxSignatureLength),
  };
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
