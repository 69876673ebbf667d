import { problemsAdded } from '../agent/new-problems.ts';
import type { ToolContext } from '../agent/tool.ts';
import { legible } from '../domain/text-encoding.ts';
import type { Syntax } from '../ports/syntax.ts';

const maxFiles = 50;
const maxTold = 10;

/**
 * What to ask a model that hands over files with syntax errors which the base did not have; null where there are none.
 * Grammars may be older than the code, so this asks and does not refuse: `despite_syntax_errors` is the answer.
 */
export async function syntaxFault(syntax: Syntax, { tree, overlay }: ToolContext): Promise<string | null> {
  const told: string[] = [];
  for (const [path, entry] of Object.entries(overlay).slice(0, maxFiles)) {
    if (entry.kind !== 'write') continue;
    const before = legible((await tree.read(path)) ?? Buffer.alloc(0));
    const problems = await problemsAdded(syntax, path, before, entry.text);
    told.push(...problems.map(({ line, column, text }) => `- ${path}:${line}:${column}: ${text}`));
    if (told.length >= maxTold) break;
  }
  if (told.length === 0) return null;
  const shown = told.slice(0, maxTold).join('\n');
  return `the patch brings syntax errors; mend them, or, where the check is wrong, call again with despite_syntax_errors: true:\n${shown}`;
}
