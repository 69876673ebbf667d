import type { Candidate, SideRun } from '../../domain/candidate.ts';
import type { Sha } from '../../domain/ids.ts';
import { baseRunOf, isBaseWanted, recordBaseRun } from '../../steps/base-run.ts';
import { dispatchValidation, drawNonce, numberDispatch } from '../../steps/dispatch-validation.ts';
import type { settleGround } from '../../steps/settle-ground.ts';
import type { Burst } from '../burst.ts';

export type Settled = Extract<Awaited<ReturnType<typeof settleGround>>, { kind: 'settled' }>;
export type Refused = { readonly refused: string };
export type Dispatched = Candidate & { readonly dispatch: number };

export const refusedBy = ({ refused }: Refused) =>
  ({ type: 'faulted', reason: `GitHub refused to start the validation run: ${refused}` }) as const;

/** One run, in steps of its own: what a crash cuts off is taken up where it was. */
export async function dispatchTree(
  { fix, ports, step }: Burst,
  { ground, sandbox }: Settled,
  tree: 'candidate' | SideRun['tree'],
  sha: Sha,
  checks: readonly string[] = sandbox.checks,
  fixers?: readonly string[],
): Promise<Dispatched | Refused> {
  const expected = { workflowPath: sandbox.path, workflowBlob: sandbox.blob, checks };
  const dispatch = await step(`number the dispatch of the ${tree}`, () => numberDispatch(ports, fix, expected));
  const nonce = await step(`draw the nonce of the ${tree}`, () => drawNonce(ports, fix, dispatch));
  const run = await step(`dispatch the ${tree}`, () =>
    dispatchValidation(ports, fix, nonce, {
      ...{ ground, candidate: sha, checks, number: dispatch },
      ...(fixers === undefined ? {} : { fixers }),
    }),
  );
  return 'refused' in run ? run : { ...run, dispatch };
}

export const sideRun = (
  tree: SideRun['tree'],
  { sha, runId, runUrl, dispatchedAtMs, dispatch }: Dispatched,
): SideRun => ({ tree, sha, runId, runUrl, dispatchedAtMs, dispatch });

/**
 * The run of the base: an earlier attempt's, a new one, or none where it would tell nothing.
 *
 * @param isNeeded It is to be seen failing, whatever is known of it.
 */
export async function runBase(burst: Burst, settled: Settled, isNeeded = false): Promise<SideRun | Refused | null> {
  const { fix, ports, step } = burst;
  const { ground, sandbox } = settled;
  const known = await step('look for a run of the base', async () => {
    const isUnknown = sandbox.keepsReports && (await isBaseWanted(ports, fix, ground.base, sandbox.blob));
    const isWanted = isNeeded || isUnknown;
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
