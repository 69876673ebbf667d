import { emptyOverlay } from '../../domain/overlay.ts';
import { recipeJob } from '../../domain/recipe.ts';
import { settleGround } from '../../steps/settle-ground.ts';
import type { RunBurst } from '../burst.ts';
import { dispatchTree, sideRun } from './dispatch-tree.ts';
import { groundOf, recipeOf } from './facts.ts';

/**
 * Has the repository's own fixers work on the failing commit, in the sandbox. Asks no model. Whatever keeps them from
 * running is no fault of the fix: it goes on without them.
 */
export const mend: RunBurst = async (burst) => {
  const { fix, ports, step } = burst;
  const before = { base: groundOf(fix).base, overlay: emptyOverlay };
  const settled = await step('settle the ground', () => settleGround(ports, fix, groundOf(fix), before));
  if (settled.kind === 'refused') return { type: 'recipe-fruitless', reason: settled.reason };
  // Nothing is written yet that could be in conflict.
  if (settled.kind === 'conflict') throw new TypeError('an empty patch is in conflict');
  const { ground, sandbox } = settled;
  const fixers = recipeOf(fix).fixers.filter((name) => sandbox.fixers.includes(name));
  if (fixers.length === 0)
    return { type: 'recipe-fruitless', reason: `\`${sandbox.path}\` does not name them any more` };
  const run = await dispatchTree(burst, settled, 'recipe', ground.base, [recipeJob], fixers);
  if ('refused' in run)
    return { type: 'recipe-fruitless', reason: `GitHub refused to start their run: ${run.refused}` };
  return { type: 'recipe-dispatched', ground, run: sideRun('recipe', run), fixers };
};
