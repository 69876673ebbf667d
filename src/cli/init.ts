import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPolicy } from '../config/repository.ts';
import { policyPath } from '../domain/policy.ts';
import { defaultSandboxWorkflow } from '../domain/sandbox-protocol.ts';
import { detectStack, type Stack, stacks } from '../domain/stack.ts';
import { adaptWorkflow, filesToAdaptBy } from '../steps/adapt-workflow.ts';
import { readSandboxWorkflow } from '../steps/read-sandbox-workflow.ts';
import { sandboxTemplate, starterPolicy } from '../steps/starter-files.ts';
import { readArguments } from './arguments.ts';
import { type Command, type ExitCode, exits, UsageError } from './command.ts';
import { withSuggestion } from './suggestion.ts';
import type { Terminal } from './terminal.ts';
import { FolderError, openWorkTree, type WorkTree } from './work-tree.ts';

const workflowPath = `.github/workflows/${defaultSandboxWorkflow}`;

export const initCommand: Command = {
  help: `Usage: ai-fix init [folder] [--stack ${stacks.join('|')}] [--dry-run]

Writes ${policyPath} and ${workflowPath} at the root of the git work tree that
holds the folder (default: the current one). What stands there already is left alone.

  --stack     for which stack the workflow is; without it, the files at the root decide
  --dry-run   prints the files instead of writing them`,
  run: async (args, terminal) => {
    const { options, operands, wantsHelp } = readArguments(args, { stack: 'string', 'dry-run': 'boolean' }, 1);
    if (wantsHelp) {
      terminal.say(initCommand.help);
      return exits.good;
    }
    const asked = options.stack === undefined ? null : stackOf(options.stack);
    try {
      return await init(await openWorkTree(operands[0] ?? '.'), asked, options['dry-run'] === true, terminal);
    } catch (error) {
      if (!(error instanceof FolderError)) throw error;
      terminal.complain(`ai-fix init: ${error.message}`);
      return exits.fault;
    }
  },
};

function stackOf(name: string): Stack {
  const known = stacks.find((stack) => stack === name);
  if (known !== undefined) return known;
  throw new UsageError(withSuggestion(`there is no stack ${JSON.stringify(name.slice(0, 80))}`, name, stacks));
}

async function init(tree: WorkTree, asked: Stack | null, isDry: boolean, terminal: Terminal): Promise<ExitCode> {
  const stack = asked ?? detectStack(tree.rootFiles);
  if (stack === null) {
    throw new FolderError(
      `no known stack at ${tree.root} (looked for package.json, pyproject.toml, go.mod, pom.xml, Cargo.toml and the like); name the nearest one with --stack ${stacks.join('|')}`,
    );
  }
  const { workflow, checks } = await workflowFor(stack, tree);
  const files = [
    { path: policyPath, text: starterPolicy(), judge: judgePolicy },
    { path: workflowPath, text: workflow, judge: judgeWorkflow },
  ];
  // All are looked at before the first is written: a refusal leaves nothing behind.
  const standing = await Promise.all(files.map(({ path }) => tree.find(path)));
  for (const [index, { path, text, judge }] of files.entries()) {
    const found = standing[index] ?? null;
    if (found !== null) terminal.say(`stands there already, left alone: ${path} (${judge(found)})`);
    else if (isDry) terminal.say(`would write ${path}:\n\n${text}`);
    else {
      await tree.write(path, text);
      terminal.say(
        `wrote ${path}${path === workflowPath ? ` for ${stack}, with the checks ${checks.join(', ')}` : ''}`,
      );
    }
  }
  if (!isDry) terminal.say(nextSteps(tree));
  return exits.good;
}

async function workflowFor(stack: Stack, tree: WorkTree): Promise<{ workflow: string; checks: readonly string[] }> {
  const names = filesToAdaptBy[stack].filter((name) => tree.rootFiles.includes(name));
  const files = new Map<string, string>();
  for (const name of names) files.set(name, await readRootFile(tree, name));
  const workflow = adaptWorkflow(stack, sandboxTemplate(stack), files);
  const reading = readSandboxWorkflow(workflow, workflowPath);
  return { workflow, checks: reading.ok ? reading.checks : [] };
}

/** Unreadable is as good as absent: the template is then not adapted. */
const readRootFile = (tree: WorkTree, name: string): Promise<string> =>
  readFile(join(tree.root, name), 'utf8').catch(() => '');

function judgePolicy(text: string): string {
  const answer = readPolicy(text);
  return answer.kind === 'valid' ? 'valid' : `not valid: ${answer.problems.join('; ')}`;
}

function judgeWorkflow(text: string): string {
  const reading = readSandboxWorkflow(text, workflowPath);
  return reading.ok ? `usable, with the checks ${reading.checks.join(', ')}` : `not usable: ${reading.reason}`;
}

const otherInstallers = ['yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'];

function nextSteps(tree: WorkTree): string {
  const lock = tree.rootFiles.find((name) => otherInstallers.includes(name));
  const steps = [
    `Read ${workflowPath} and adapt what is marked ADAPT: the checks and their commands.`,
    ...(lock === undefined ? [] : [`There is a ${lock}, and the file installs with npm: adapt that step as well.`]),
    'Commit both files and merge them into the default branch.',
    'Install the App on the repository, and see that all is well: npx ai-fix doctor <owner/repository>',
    'Label an issue ai-fix.',
  ];
  return ['\nNext:', ...steps.map((step, index) => `  ${index + 1}. ${step}`)].join('\n');
}
