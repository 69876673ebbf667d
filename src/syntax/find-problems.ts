import type { Node, TreeCursor } from '@vscode/tree-sitter-wasm';
import type { SyntaxProblem } from '../ports/syntax.ts';

const maxProblems = 20;
const maxNodes = 500_000;
const maxShownLength = 40;

/**
 * The places that the parser could only step over (`ERROR`) or had to make up (`MISSING`), in the order of the file.
 *
 * Goes down only where a node says that something below it is wrong, and never into what was stepped over: one mistake
 * is told once. A cursor stands in place of recursion, so that no nesting can exhaust the stack.
 */
export function findProblems(root: Node): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  if (!root.hasError) return problems;
  const cursor = root.walk();
  try {
    for (let visited = 0; visited < maxNodes && problems.length < maxProblems; visited += 1) {
      const node = cursor.currentNode;
      if (node.isError || node.isMissing) problems.push(problemOf(node));
      else if (node.hasError && cursor.gotoFirstChild()) continue;
      if (!gotoNext(cursor)) break;
    }
  } finally {
    cursor.delete();
  }
  return problems;
}

function gotoNext(cursor: TreeCursor): boolean {
  while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return false;
  return true;
}

function problemOf(node: Node): SyntaxProblem {
  if (node.isMissing) return told(node, `missing ${kindOf(node)}`);
  const odd = oddBracket(node);
  if (odd === null) return told(node, unexpected(node.text));
  return told(odd, odd.type in closers ? `${JSON.stringify(odd.type)} is not closed` : unexpected(odd.type));
}

const told = ({ startPosition: { row, column } }: Node, text: string): SyntaxProblem => ({
  line: row + 1,
  column: column + 1,
  text,
});

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const closing = new Set(Object.values(closers));
const maxBrackets = 2_000;

/**
 * A bracket without its other half among what was stepped over. What was stepped over can be half a file; one that
 * closes nothing is where it went wrong, and otherwise one that is still open where more than its line went with it.
 */
function oddBracket(error: Node): Node | null {
  if (error.childCount > maxBrackets) return null;
  const open: Node[] = [];
  for (const child of error.children) {
    if (child === null) continue;
    if (child.type in closers) open.push(child);
    else if (closing.has(child.type) && closers[open.pop()?.type ?? ''] !== child.type) return child;
  }
  return error.endPosition.row > error.startPosition.row ? (open.at(-1) ?? null) : null;
}

const kindOf = ({ isNamed, type }: Node): string => (isNamed ? type.replaceAll('_', ' ') : JSON.stringify(type));

function unexpected(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  const shown = line.trimEnd().slice(0, maxShownLength).toWellFormed();
  return `unexpected ${JSON.stringify(shown.length < text.trim().length ? `${shown}…` : shown)}`;
}
