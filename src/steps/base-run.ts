import { z } from 'zod';
import type { SideRun } from '../domain/candidate.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { asSha, type Sha } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';

/** What ran on the base without any patch: measured once for a commit and a workflow, whatever fix it was for. */

type BasePorts = Pick<Ports, 'effects' | 'inventories'>;

const keyOf = (base: Sha, workflowBlob: string): string => `base-run:${base}:${workflowBlob}`;

/** Whether nobody has measured this base under this workflow yet. */
export async function isBaseWanted(
  { inventories }: Pick<Ports, 'inventories'>,
  { repository }: Fix,
  base: Sha,
  workflowBlob: string,
): Promise<boolean> {
  return (await inventories.find({ repository, commit: base, workflowBlob })) === null;
}

/** The run that this fix dispatched for the base before, unless it gave no verdict. */
export async function baseRunOf(
  { effects }: Pick<Ports, 'effects'>,
  fix: Fix,
  base: Sha,
  workflowBlob: string,
): Promise<SideRun | null> {
  const known = runSchema.safeParse(await effects.find(fix.id, keyOf(base, workflowBlob)));
  if (!known.success || known.data.isVoid || known.data.life !== fix.lives) return null;
  const { isVoid: _isVoid, life: _life, ...run } = known.data;
  return { tree: 'base', ...run, sha: asSha(run.sha) };
}

export const recordBaseRun = (
  { effects }: Pick<BasePorts, 'effects'>,
  fix: Fix,
  workflowBlob: string,
  { tree: _tree, ...run }: SideRun,
  isVoid = false,
): Promise<void> =>
  // The end of a life cancels its runs.
  effects.record(fix.id, keyOf(run.sha, workflowBlob), { ...run, isVoid, life: fix.lives });

const runSchema = z.object({
  sha: z.string(),
  runId: z.number(),
  runUrl: z.string(),
  dispatchedAtMs: z.number(),
  dispatch: z.number(),
  isVoid: z.boolean(),
  life: z.number(),
});
