import type { Syntax, SyntaxProblem } from '../ports/syntax.ts';
import { cutLine } from './numbered-lines.ts';
import { splitLines } from './text-lines.ts';

const maxTold = 5;

/**
 * What to add to an answer about the syntax errors that a change brought into a file; nothing where it brought none,
 * or the language is not known. An error counts as old where the same was told of the same line before.
 */
export async function newProblems(syntax: Syntax, path: string, before: string, after: string): Promise<string> {
  const found = await problemsAdded(syntax, path, before, after);
  if (found.length === 0) return '';
  const lines = splitLines(after);
  const told = found.slice(0, maxTold).map(({ line, column, text }) => {
    const shown = (lines[line - 1] ?? '').trim();
    return `line ${line}, column ${column}: ${text}${shown === '' ? '' : ` in: ${cutLine(shown)}`}`;
  });
  const more = found.length > maxTold ? [`and ${found.length - maxTold} more`] : [];
  return [`\nThe change stands, but ${path} has new syntax errors:`, ...told, ...more].join('\n');
}

/** The errors of the new text that the old one did not have. */
export async function problemsAdded(
  syntax: Syntax,
  path: string,
  before: string,
  after: string,
): Promise<readonly SyntaxProblem[]> {
  const now = (await syntax.problems(path, after)) ?? [];
  if (now.length === 0) return [];
  const old = new Map<string, number>();
  for (const key of keysOf((await syntax.problems(path, before)) ?? [], before)) old.set(key, (old.get(key) ?? 0) + 1);
  const keys = keysOf(now, after);
  return now.filter((_, index) => {
    const key = keys[index] ?? '';
    const left = old.get(key) ?? 0;
    old.set(key, left - 1);
    return left <= 0;
  });
}

/** Lines move; what stands in them tells one error from another. */
function keysOf(problems: readonly SyntaxProblem[], text: string): string[] {
  const lines = splitLines(text);
  return problems.map((problem) => JSON.stringify([problem.text, (lines[problem.line - 1] ?? '').trim()]));
}
