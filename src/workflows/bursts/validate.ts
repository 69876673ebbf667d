import type { Fix } from '../../domain/fix.ts';
import type { Ports } from '../../ports/ports.ts';
import { dispatchesOf, dispatchValidation, drawNonce } from '../../steps/dispatch-validation.ts';
import { makeCandidate } from '../../steps/make-candidate.ts';
import { settleGround } from '../../steps/settle-ground.ts';
import type { RunBurst } from '../burst.ts';
import { attemptOf, groundOf } from './facts.ts';

/** From a patch to a dispatched validation run. Costs no model, so it is simply done again after a run without a verdict. */
export const validate: RunBurst = async ({ fix, ports, step }) => {
  const patch = await attemptOf(ports, fix);
  const settled = await step('settle the ground', () => settleGround(ports, fix, groundOf(fix), patch.overlay));
  if (settled.kind === 'refused') return { type: 'faulted', reason: settled.reason };
  if (settled.kind === 'conflict') {
    const feedback = `The default branch moved on and changed files of the patch (${settled.paths.join(', ')}). Write it anew on the repository as it stands now.`;
    return { type: 'attempt-failed', attempt: patch.number, ground: settled.ground, feedback };
  }

  const { ground, sandbox } = settled;
  const sha = await step('make the candidate', () => makeCandidate(ports, fix, patch, ground));
  const number = await step('number the dispatch', () => numberDispatch(ports, fix, sandbox));
  const nonce = await step('draw the nonce', () => drawNonce(ports, fix, number));
  const candidate = await step('dispatch the validation', () =>
    dispatchValidation(ports, fix, nonce, { ground, candidate: sha, checks: sandbox.checks, number }),
  );
  if ('refused' in candidate)
    return { type: 'faulted', reason: `GitHub refused to start the validation run: ${candidate.refused}` };
  await step('note the candidate', () => ports.attempts.put(fix.id, { ...patch, base: ground.base, candidate: sha }));
  return { type: 'validation-started', attempt: patch.number, ground, candidate };
};

/** Dispatches of a fix count from 1. What the verdict will be held against is recorded with the number. */
async function numberDispatch(
  { effects }: Pick<Ports, 'effects'>,
  fix: Fix,
  sandbox: { readonly path: string; readonly blob: string; readonly checks: readonly string[] },
): Promise<number> {
  const last = await dispatchesOf({ effects }, fix);
  const number = last + 1;
  await effects.record(fix.id, `expectation:${number}`, {
    workflowPath: sandbox.path,
    workflowBlob: sandbox.blob,
    checks: sandbox.checks,
  });
  await effects.record(fix.id, 'dispatches', { count: number });
  return number;
}
