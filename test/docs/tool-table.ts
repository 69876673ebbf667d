import { editingTools, readingTools } from '../../src/agent/tool-sets.ts';
import type { ToolSpec } from '../../src/domain/conversation.ts';
import { fakeHistory } from '../support/fake-history.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';

/** The tools of the roles as a table, from their own specifications. */
export function renderTools(): string {
  const toolkit = { syntax: fakeSyntax(), history: fakeHistory() };
  const looking = new Set(readingTools(toolkit).map(({ spec }) => spec.name));
  const rows = editingTools(toolkit).map(({ spec }) => {
    const roles = looking.has(spec.name) ? 'all' : 'coder, debugger';
    return `| \`${spec.name}\` | ${roles} | ${cell(spec.description)} | ${argumentsOf(spec)} |`;
  });
  return ['| tool | for | what it does | arguments |', '|---|---|---|---|', ...rows].join('\n');
}

/** Required ones in bold. */
function argumentsOf({ parameters }: ToolSpec): string {
  const { properties = {}, required = [] } = parameters as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
  };
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? `**\`${name}\`**` : `\`${name}\``))
    .join(', ');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('*', '\\*');
