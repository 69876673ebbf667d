import { detectStack } from '../../domain/stack.ts';
import { adaptWorkflow, filesToAdaptBy, scriptsOf } from '../../steps/adapt-workflow.ts';
import { sandboxTemplate } from '../../steps/starter-files.ts';
import type { CheckFiles } from './find-checks.ts';
import type { FoundFixers } from './found-checks.ts';
import type { TryOptions } from './options.ts';
import { readWorkflowFixers } from './workflow-checks.ts';

/**
 * The fixers of the repository's own sandbox workflow, or where it has no such file those that `ai-fix init` would write
 * for its stack. Null where there are none.
 *
 * Its steps with network run only where they set up the checks as well; without them a lockfile is not refreshed.
 */
export async function findFixers(
  { checks, setUp }: Pick<TryOptions, 'checks' | 'setUp'>,
  workflowPath: string,
  files: CheckFiles,
): Promise<FoundFixers | null> {
  const own = await files.read(workflowPath);
  const text = own ?? (await starterOf(files));
  const found = text === null ? null : readWorkflowFixers(text, workflowPath);
  if (found === null) return null;
  const fixers = own === null ? await asFarAsScripted(found, files) : found;
  const isWhole = own !== null && setUp === null && checks.length === 0;
  const kept = isWhole ? fixers : withOwnSetUp(fixers, setUp);
  return kept.names.length === 0 ? null : kept;
}

async function starterOf({ rootFiles, read }: CheckFiles): Promise<string | null> {
  const stack = detectStack(rootFiles);
  if (stack === null) return null;
  const known = new Map<string, string>();
  for (const name of filesToAdaptBy[stack].filter((one) => rootFiles.includes(one)))
    known.set(name, (await read(name)) ?? '');
  return adaptWorkflow(stack, sandboxTemplate(stack), known);
}

/** The template for Node starts scripts by the fixers' names; one that is not there would do nothing. */
async function asFarAsScripted(fixers: FoundFixers, { rootFiles, read }: CheckFiles): Promise<FoundFixers> {
  if (detectStack(rootFiles) !== 'node') return fixers;
  const scripts = scriptsOf((await read('package.json')) ?? '');
  return { ...fixers, names: fixers.names.filter((name) => Object.hasOwn(scripts, name)) };
}

/** The template's own line, and no other that names the command. */
const buildsAgain = /^ *if \[ -d node_modules \]; then npm rebuild; fi\n/gm;

function withOwnSetUp(fixers: FoundFixers, setUp: string | null): FoundFixers {
  const gone = fixers.before.map(({ fixer }) => fixer);
  const { script } = fixers.script;
  return {
    names: fixers.names.filter((name) => !gone.includes(name)),
    before: setUp === null ? [] : [{ script: setUp, environment: {}, fixer: null }],
    // What is shown read-only cannot be built again.
    script: { ...fixers.script, script: setUp === null ? script.replaceAll(buildsAgain, '') : script },
  };
}
