import { asksForExpectations, asksForPlan } from '../../domain/approvers.ts';
import { changedPaths } from '../../domain/overlay.ts';
import { recipeAttempt } from '../../domain/recipe.ts';
import { expectationOf } from '../../steps/dispatch-validation.ts';
import { readRecipe } from '../../steps/read-recipe.ts';
import { readVerdict } from '../../steps/read-verdict.ts';
import { fixersSummaryText } from '../../thread/fixers-text.ts';
import type { RunBurst } from '../burst.ts';
import { groundOf, recipeRunOf } from './facts.ts';

/**
 * What the fixers changed becomes a patch like any other: vetted here, then validated. Their run proves nothing by having
 * ended well. It has no plan: a person who wants to approve every plan is asked about the patch, and so is one where
 * fixers wrote anew what tests expect.
 */
export const harvest: RunBurst = async ({ fix, ports, step }) => {
  const { run, fixers } = recipeRunOf(fix);
  const ground = groundOf(fix);
  const reading = await step('read the run of the fixers', async () =>
    readVerdict(ports, fix, run, await expectationOf(ports, fix, run.dispatch)),
  );
  switch (reading.kind) {
    case 'running':
      return { type: 'still-running', remainingMs: reading.remainingMs };
    case 'void':
      return { type: 'recipe-fruitless', reason: `their run gave no result: ${reading.reason}` };
    case 'failed': {
      const steps = reading.results.flatMap(({ failedSteps }) => failedSteps).join(', ');
      return { type: 'recipe-fruitless', reason: `their run failed${steps === '' ? '' : ` in the step ${steps}`}` };
    }
    case 'passed':
      break;
  }
  const harvested = await step('take in the patch of the fixers', async () => {
    const recipe = await readRecipe(ports, fix, ground, { runId: run.runId, fixers });
    if (recipe.kind === 'none') return recipe;
    const { overlay, records, asks } = recipe;
    await ports.attempts.put(fix.id, {
      ...{ number: recipeAttempt, round: fix.round, life: fix.lives, status: 'written', base: ground.base, overlay },
      summary: {
        summary: fixersSummaryText(changedPaths(overlay).length, records),
        testsAdded: [],
        notDone: null,
        whyTestsChange,
      },
      ...{ candidate: null, verdict: null, fixers: records },
    });
    return { kind: 'patch', asks } as const;
  });
  if (harvested.kind === 'none') return { type: 'recipe-fruitless', reason: harvested.reason };
  const asks = [...asksForPlan(fix.policy), ...asksForExpectations(fixers), ...harvested.asks];
  return { type: 'patched', attempt: recipeAttempt, asks };
};

/** Where they change tests or what runs these, and the checks fail with the base's own, a person decides. */
const whyTestsChange = "the repository's own fixers change them";
