import { readFileSync } from 'node:fs';
import { withoutFixers } from '../../src/thread/without-fixers.ts';
import type { ModelScript, ScriptedReply } from '../stand-in/model-script.ts';

/**
 * The lightest repository that a whole fix can be made in: one file, one check without a runtime, and models that
 * write a wrong patch first, so that every burst and every role takes part in few turns.
 */
export const tinyFiles: Readonly<Record<string, string>> = {
  'greeting.txt': 'Helo world\n',
  'README.md': 'The greeting stands in greeting.txt.\n',
  '.github/workflows/ai-fix-sandbox.yml': workflowWith('greeting', "grep -qx 'Hello world' greeting.txt"),
};

export const tinyIssue = {
  title: 'The greeting is misspelt',
  body: 'greeting.txt says Helo. It should say Hello world.',
};

function workflowWith(check: string, command: string): string {
  const template = readFileSync(new URL('../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8');
  return withoutFixers(template)
    .replace(/^( +default: )'\[.*\]'$/m, `$1'["${check}"]'`)
    .replace(/\n +- uses: actions\/upload-artifact@[\s\S]*$/, '\n')
    .replace(/(case "\$CHECK" in\n)[\s\S]*?(\n +\*\))/, `$1              ${check}) ${command} ;;$2`);
}

const calling = (name: string, values: Record<string, unknown>): ScriptedReply => ({
  tools: [{ name, arguments: values }],
});

const edit = (from: string, to: string) => calling('edit_file', { path: 'greeting.txt', old_text: from, new_text: to });
const finish = (summary: string) => calling('finish', { summary, tests_added: [] });

/** @param delayMs how long each turn takes. */
export function tinyScript(delayMs?: number): ModelScript {
  const turns = (...replies: ScriptedReply[]) => [
    replies.map((reply) => ({ ...reply, ...(delayMs !== undefined && { delayMs }) })),
  ];
  const plan = {
    kind: 'plan',
    markdown: '# Plan\n\nWrite Hello with two l in greeting.txt. The check greeting then passes.\n',
  };
  const profile = {
    kind: 'bug',
    complexity: 'small',
    urgency: 'low',
    value: 'normal',
    title: 'Spell the greeting',
    reason: 'One word.',
  };
  return {
    fast: turns(calling('profile_ticket', profile)),
    architect: turns(
      calling('read_file', { path: 'greeting.txt' }),
      calling('post_plan', { documents: [plan], protected_paths_touched: [], risks: 'none' }),
    ),
    coder: turns(edit('Helo', 'Helllo'), finish('The greeting has more letters now.')),
    debugger: turns(edit('Helllo', 'Hello'), finish('The greeting has two l and nothing else changes.')),
    reviewer: turns(
      calling('read_file', { path: 'greeting.txt' }),
      calling('post_review', { verdict: 'accept', findings: [], summary: 'It is spelt as the issue says.' }),
    ),
  };
}
