import { z } from 'zod';
import type { Attempt } from '../domain/attempt.ts';
import type { SideRun } from '../domain/candidate.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { asSha, type Sha } from '../domain/ids.ts';
import type { Overlay } from '../domain/overlay.ts';
import { digestOfTests, testsOf } from '../domain/patch-tests.ts';
import type { Reproduced } from '../domain/reproduction.ts';
import type { Ports } from '../ports/ports.ts';

/** The run of a patch's new tests on its base: measured once for the same tests on the same ground. */

/** The seen failing of the very tests of a patch, on the very base that it stands on. */
export function reproducedFor({ reproduction }: Fix, patch: Pick<Attempt, 'overlay'>, base: Sha): Reproduced | null {
  const end = reproduction?.end;
  if (end?.kind !== 'reproduced' || end.base !== base) return null;
  return end.digest === digestOfTests(testsOf(patch.overlay)) ? end : null;
}

/** The tests that have to be run on the base to tell what they show; null where nothing has to. */
export function testsToRun(
  fix: Fix,
  patch: Pick<Attempt, 'overlay'>,
  base: Sha,
  sandbox: { readonly keepsReports: boolean },
): Overlay | null {
  if (!sandbox.keepsReports || fix.policy.evidence.testFirst === 'off') return null;
  const tests = testsOf(patch.overlay);
  if (Object.keys(tests).length === 0 || reproducedFor(fix, patch, base) !== null) return null;
  return tests;
}

/** The checks that can tell tests by name: those that kept a report of the base; all while nobody has looked. */
export async function reportingChecks(
  { inventories }: Pick<Ports, 'inventories'>,
  { repository }: Fix,
  base: Sha,
  { blob, checks }: { readonly blob: Sha; readonly checks: readonly string[] },
): Promise<readonly string[]> {
  const known = await inventories.find({ repository, commit: base, workflowBlob: blob });
  return known === null ? checks : checks.filter((check) => Object.hasOwn(known, check));
}

/** A run names the tip that it was dispatched on, so on another one it counts no more. */
const keyOf = (tests: Overlay, { base, tip }: Pick<Ground, 'base' | 'tip'>, workflowBlob: string): string =>
  `tests-run:${digestOfTests(tests)}:${base}:${tip}:${workflowBlob}`;

interface Place {
  readonly tests: Overlay;
  readonly ground: Pick<Ground, 'base' | 'tip'>;
  readonly workflowBlob: string;
}

/** The run that this fix dispatched for these tests before, unless it gave no verdict. */
export async function testsRunOf(
  { effects }: Pick<Ports, 'effects'>,
  fix: Fix,
  { tests, ground, workflowBlob }: Place,
): Promise<SideRun | null> {
  const known = runSchema.safeParse(await effects.find(fix.id, keyOf(tests, ground, workflowBlob)));
  if (!known.success || known.data.isVoid || known.data.life !== fix.lives) return null;
  const { isVoid: _isVoid, life: _life, ...run } = known.data;
  return { tree: 'tests', ...run, sha: asSha(run.sha) };
}

export const recordTestsRun = (
  { effects }: Pick<Ports, 'effects'>,
  fix: Fix,
  { tests, ground, workflowBlob }: Place,
  { tree: _tree, ...run }: SideRun,
  isVoid = false,
): Promise<void> =>
  // The end of a life cancels its runs.
  effects.record(fix.id, keyOf(tests, ground, workflowBlob), { ...run, isVoid, life: fix.lives });

const runSchema = z.object({
  sha: z.string(),
  runId: z.number(),
  runUrl: z.string(),
  dispatchedAtMs: z.number(),
  dispatch: z.number(),
  isVoid: z.boolean(),
  life: z.number(),
});
