import { join } from 'node:path';
import type { Sha } from '../domain/ids.ts';
import { recipeArtifact } from '../domain/recipe.ts';
import { maxReportLength } from '../domain/recipe-report.ts';
import { type Cell, openCell } from './cell.ts';
import { createCheckLog } from './check-log.ts';
import type { CheckScript } from './check-script.ts';
import { readPlainFile } from './read-plain-file.ts';
import { type CheckEnd, concluded, dependenciesFor, type RunnerOptions } from './run-check.ts';

/** How the fixers of a repository are run here: the steps of its sandbox workflow, in one cell. */
export interface RecipeScripts {
  /** In their order, with network; `fixer` names the one that a step is for, null where it is for all. */
  readonly before: readonly (CheckScript & { readonly fixer: string | null })[];
  /** Without network. Runs what its variable `FIXERS` lists, and writes the report of all of them. */
  readonly script: CheckScript;
}

const reportFile = `${recipeArtifact}.txt`;
const keptLogBytes = 4 * 1024 * 1024;

/** A repository of the cell's own, that holds the files of the commit and nothing else. */
const beginRepository = [
  'git init --quiet .',
  'git add --all --force .',
  'git -c user.name=ai-fix -c user.email=ai-fix@localhost commit --quiet --no-verify --allow-empty --message=base',
].join('\n');

/** One run of fixers on a fresh export of a commit; what they changed is its one report. */
export async function runRecipe(
  options: RunnerOptions & { readonly recipe: RecipeScripts | null },
  fixers: readonly string[],
  commit: Sha,
  signal: AbortSignal,
): Promise<CheckEnd> {
  const beganMs = Date.now();
  const log = createCheckLog(keptLogBytes);
  const over = (
    conclusion: CheckEnd['conclusion'],
    failedStep = 'fixers',
    reports: CheckEnd['reports'] = null,
  ): CheckEnd => ({ conclusion, failedStep, tookMs: Date.now() - beganMs, log, reports });
  const { recipe, folder, confine, tools, timeoutMs } = options;
  if (recipe === null) {
    log.add('##[error]There are no fixers here\n');
    return over('failure');
  }
  const cell = await openCell(folder, confine);
  try {
    await options.exportTree(commit, cell.workspace);
    const shown = tools.map((tool) => ({ from: tool, to: tool, access: 'read' }) as const);
    const dependencies = recipe.before.length > 0 ? [] : await dependenciesFor(cell, options.dependencies);
    await cell.giveAway();
    const run = async (script: CheckScript, hasNetwork: boolean, more = hasNetwork ? [] : dependencies) => {
      log.add(`##[group]Run ${script.script.trim().split('\n')[0] ?? ''}\n##[endgroup]\n`);
      const order = { ...script, hasNetwork, timeoutMs, signal };
      const binds = [...shown, ...more];
      return concluded(await cell.run({ ...order, binds, onOutput: (chunk) => log.add(chunk) }), timeoutMs, log);
    };
    // Before dependencies are there: an ignored node_modules is none of the commit.
    const begun = await run({ script: beginRepository, environment: {} }, false, []);
    if (begun !== 'success') return over(begun, 'checkout');
    for (const step of recipe.before.filter(({ fixer }) => fixer === null || fixers.includes(fixer))) {
      const end = await run(step, true);
      if (end !== 'success') return over(end, 'set-up');
    }
    const environment = { ...recipe.script.environment, FIXERS: fixers.join(',') };
    const end = await run({ ...recipe.script, environment }, false);
    return over(end, 'fixers', end === 'success' ? await reportOf(cell) : null);
  } finally {
    await cell.remove();
  }
}

/** Code that nobody has read made it: it is opened as a plain file or not at all. */
async function reportOf({ workspace }: Pick<Cell, 'workspace'>): Promise<CheckEnd['reports']> {
  const text = await readPlainFile(join(workspace, reportFile), maxReportLength);
  return text === null
    ? { files: [], fault: `no plain file of at most ${maxReportLength} bytes` }
    : { files: [{ path: reportFile, text }], fault: null };
}
