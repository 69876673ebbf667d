import type { Candidate, SideRun } from '../../domain/event.ts';
import type { Sha } from '../../domain/ids.ts';
import { baseRunOf, isBaseWanted, recordBaseRun } from '../../steps/base-run.ts';
import { dispatchValidation, drawNonce, numberDispatch } from '../../steps/dispatch-validation.ts';
import { judgesPatch } from '../../steps/judges-patch.ts';
import { makeCandidate } from '../../steps/make-candidate.ts';
import { conflictFeedback, settleGround } from '../../steps/settle-ground.ts';
import type { Burst, RunBurst } from '../burst.ts';
import { attemptOf, groundOf } from './facts.ts';

type Settled = Extract<Awaited<ReturnType<typeof settleGround>>, { kind: 'settled' }>;

/**
 * From a patch to dispatched validation runs: of the candidate; beside it, where the patch touches what judges it, of
 * the judge's tree; and of the base, once, where test reports tell what ran without the patch.
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
  const base = await runBase(burst, settled);
  if (base !== null && 'refused' in base) return refusedBy(base);
  if (base !== null) beside.push(base);
  await step('note the candidate', () => ports.attempts.put(fix.id, { ...patch, base: ground.base, candidate: sha }));
  return { type: 'validation-started', attempt: patch.number, ground, candidate: { ...main, beside } };
};

type Refused = { readonly refused: string };
type Dispatched = Candidate & { readonly dispatch: number };

const refusedBy = ({ refused }: Refused) =>
  ({ type: 'faulted', reason: `GitHub refused to start the validation run: ${refused}` }) as const;

/** One run, in steps of its own: what a crash cuts off is taken up where it was. */
async function dispatchTree(
  { fix, ports, step }: Burst,
  { ground, sandbox }: Settled,
  tree: 'candidate' | SideRun['tree'],
  sha: Sha,
): Promise<Dispatched | Refused> {
  const expected = { workflowPath: sandbox.path, workflowBlob: sandbox.blob, checks: sandbox.checks };
  const dispatch = await step(`number the dispatch of the ${tree}`, () => numberDispatch(ports, fix, expected));
  const nonce = await step(`draw the nonce of the ${tree}`, () => drawNonce(ports, fix, dispatch));
  const run = await step(`dispatch the ${tree}`, () =>
    dispatchValidation(ports, fix, nonce, { ground, candidate: sha, checks: sandbox.checks, number: dispatch }),
  );
  return 'refused' in run ? run : { ...run, dispatch };
}

const sideRun = (tree: SideRun['tree'], { sha, runId, runUrl, dispatchedAtMs, dispatch }: Dispatched): SideRun => ({
  tree,
  sha,
  runId,
  runUrl,
  dispatchedAtMs,
  dispatch,
});

/** The run of the base: an earlier attempt's, a new one, or none where it would tell nothing. */
async function runBase(burst: Burst, settled: Settled): Promise<SideRun | Refused | null> {
  const { fix, ports, step } = burst;
  const { ground, sandbox } = settled;
  const known = await step('look for a run of the base', async () => {
    const isWanted = sandbox.keepsReports && (await isBaseWanted(ports, fix, ground.base, sandbox.blob));
    return { isWanted, run: isWanted ? await baseRunOf(ports, fix, ground.base, sandbox.blob) : null };
  });
  if (!known.isWanted) return null;
  if (known.run !== null) return known.run;
  const run = await dispatchTree(burst, settled, 'base', ground.base);
  if ('refused' in run) return run;
  const side = sideRun('base', run);
  await step('note the run of the base', () => recordBaseRun(ports, fix, sandbox.blob, side));
  return side;
}
