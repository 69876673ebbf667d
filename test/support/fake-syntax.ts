import type { CodeSymbol, Syntax, SyntaxProblem } from '../../src/ports/syntax.ts';

const kinds = {
  class: 'class',
  interface: 'interface',
  function: 'function',
  const: 'constant',
  import: null,
} as const;

/**
 * A parser of whole lines for `.ts` files: `class A`, `interface A`, `function a` and `const a` are symbols, indented by
 * two spaces a level and each as long as lines behind it are deeper; `import './a.ts'` is an import; a line with `@@`
 * is a problem.
 */
export function fakeSyntax(): Syntax {
  return {
    outline: async (path, text) => {
      if (!path.endsWith('.ts')) return null;
      const lines = text.split('\n');
      const imports = lines.flatMap((line) => /^import .*'(.*)'/.exec(line)?.[1] ?? []);
      return { language: 'typescript', symbols: lines.flatMap((_, row) => symbolAt(lines, row) ?? []), imports };
    },
    problems: async (path, text) => (path.endsWith('.ts') ? text.split('\n').flatMap(problemIn) : null),
  };
}

function symbolAt(lines: readonly string[], row: number): CodeSymbol | null {
  const line = lines[row] ?? '';
  const [, indent = '', word, name] = /^( *)(class|interface|function|const) (\w+)/.exec(line) ?? [];
  const kind = kinds[word as keyof typeof kinds];
  if (name === undefined || kind === null) return null;
  const isInside = (other: string) => other.startsWith(`${indent} `) || other.trim() === '}';
  const end = lines.findIndex((other, at) => at > row && !isInside(other));
  return {
    name,
    kind,
    depth: indent.length / 2,
    startLine: row + 1,
    endLine: end === -1 ? lines.length : end,
    signature: line.trim(),
  };
}

function problemIn(line: string, row: number): SyntaxProblem[] {
  const at = line.indexOf('@@');
  return at === -1 ? [] : [{ line: row + 1, column: at + 1, text: 'unexpected "@@"' }];
}
