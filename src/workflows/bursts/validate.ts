import type { Attempt } from '../../domain/attempt.ts';
import type { SideRun } from '../../domain/candidate.ts';
import type { FixEvent } from '../../domain/event.ts';
import type { Sha } from '../../domain/ids.ts';
import { isRecipesPatch } from '../../domain/recipe-stage.ts';
import { chosenOf } from '../../steps/chosen-checks.ts';
import { judgesPatch } from '../../steps/judges-patch.ts';
import { makeCandidate } from '../../steps/make-candidate.ts';
import { conflictFeedback, settleGround } from '../../steps/settle-ground.ts';
import { recordTestsRun, reportingChecks, testsRunOf, testsToRun } from '../../steps/tests-run.ts';
import type { Burst, RunBurst } from '../burst.ts';
import { dispatchTree, type Refused, refusedBy, runBase, type Settled, sideRun } from './dispatch-tree.ts';
import { attemptOf, groundOf } from './facts.ts';

/**
 * From a patch to dispatched validation runs: of the candidate; beside it, where the patch touches what judges it, of
 * the judge's tree; and where test reports tell tests by name, of the base, once, and of the base with the new tests. For
 * a patch of fixers the base runs in any case, to be seen failing.
 * Checks that the writer chose run alone: they give it a word, and no verdict.
 *
 * Costs no model, so it is simply done again after a run without a verdict.
 */
export const validate: RunBurst = async (burst) => {
  const { fix, ports, step } = burst;
  const patch = await attemptOf(ports, fix);
  const settled = await step('settle the ground', () => settleGround(ports, fix, groundOf(fix), patch));
  if (settled.kind === 'refused') return { type: 'faulted', reason: settled.reason };
  if (settled.kind === 'conflict') {
    const feedback = conflictFeedback(settled.paths);
    return { type: 'attempt-failed', attempt: patch.number, ground: settled.ground, feedback };
  }

  const { ground } = settled;
  const sha = await step('make the candidate', () => makeCandidate(ports, fix, patch, ground));
  const chosen = chosenOf(fix.chosenChecks, settled.sandbox.checks);
  if (chosen !== null) return validatePart(burst, settled, patch, sha, chosen);
  const judgeSha = await step("make the judge's tree", async () => {
    const overlay = await judgesPatch(ports, fix, patch, ground);
    return overlay === null ? null : makeCandidate(ports, fix, { ...patch, overlay }, ground, 'judge');
  });
  const main = await dispatchTree(burst, settled, 'candidate', sha);
  if ('refused' in main) return refusedBy(main);
  const beside: SideRun[] = [];
  if (judgeSha !== null) {
    const run = await dispatchTree(burst, settled, 'judge', judgeSha);
    if ('refused' in run) return refusedBy(run);
    beside.push(sideRun('judge', run));
  }
  const base = await runBase(burst, settled, isRecipesPatch(fix, patch.number));
  if (base !== null && 'refused' in base) return refusedBy(base);
  if (base !== null) beside.push(base);
  const tests = await runTests(burst, settled, patch);
  if (tests !== null && 'refused' in tests) return refusedBy(tests);
  if (tests !== null) beside.push(tests);
  await step('note the candidate', () => ports.attempts.put(fix.id, { ...patch, base: ground.base, candidate: sha }));
  return { type: 'validation-started', attempt: patch.number, ground, candidate: { ...main, beside } };
};

async function validatePart(
  burst: Burst,
  settled: Settled,
  patch: Attempt,
  sha: Sha,
  checks: readonly string[],
): Promise<FixEvent> {
  const { fix, ports, step } = burst;
  const { ground } = settled;
  const run = await dispatchTree(burst, settled, 'candidate', sha, checks);
  if ('refused' in run) return refusedBy(run);
  await step('note the candidate', () => ports.attempts.put(fix.id, { ...patch, base: ground.base, candidate: sha }));
  return { type: 'validation-started', attempt: patch.number, ground, candidate: { ...run, checks } };
}

/** The run of the new tests without the change: an earlier one, a new one, or none where nothing has to be shown. */
async function runTests(burst: Burst, settled: Settled, patch: Attempt): Promise<SideRun | Refused | null> {
  const { fix, ports, step } = burst;
  const { ground, sandbox } = settled;
  const tests = testsToRun(fix, patch, ground.base, sandbox);
  if (tests === null) return null;
  const place = { tests, ground, workflowBlob: sandbox.blob };
  const { known, checks } = await step('look for a run of the tests', async () => ({
    known: await testsRunOf(ports, fix, place),
    checks: await reportingChecks(ports, fix, ground.base, sandbox),
  }));
  if (known !== null) return known;
  if (checks.length === 0) return null;
  const sha = await step('put the tests on the base', () =>
    makeCandidate(ports, fix, { ...patch, overlay: tests, summary: null }, ground, 'tests'),
  );
  const run = await dispatchTree(burst, settled, 'tests', sha, checks);
  if ('refused' in run) return run;
  const side = sideRun('tests', run);
  await step('note the run of the tests', () => recordTestsRun(ports, fix, place, side));
  return side;
}
