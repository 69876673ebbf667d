import type { SideRun } from '../../domain/candidate.ts';
import type { FixEvent } from '../../domain/event.ts';
import { noReportsReason } from '../../domain/evidence.ts';
import { emptyOverlay, type Overlay } from '../../domain/overlay.ts';
import { testsOf } from '../../domain/patch-tests.ts';
import { reproductionNumber } from '../../domain/reproduction.ts';
import { beforeAttempts, makeCandidate } from '../../steps/make-candidate.ts';
import { settleGround } from '../../steps/settle-ground.ts';
import { recordTestsRun, reportingChecks, testsRunOf } from '../../steps/tests-run.ts';
import { writeReproduction } from '../../steps/write-reproduction.ts';
import type { Burst, RunBurst } from '../burst.ts';
import { dispatchTree, type Refused, refusedBy, runBase, type Settled, sideRun } from './dispatch-tree.ts';
import { firstTestsOf, groundOf } from './facts.ts';

/**
 * A test that is to fail, written before anything is mended, and put on the base in the sandbox.
 *
 * Its turns cost money and tokens like all others; it is no attempt, so the budget of those stays whole. After a run
 * without a verdict the turns are there already, and only the run is dispatched again.
 */
export const reproduce: RunBurst = async (burst) => {
  const { fix, ports, step, signal, note } = burst;
  const number = reproductionNumber(fix);
  const current = await note({ type: 'reproduction-begun', number });
  const before = { base: groundOf(fix).base, overlay: emptyOverlay };
  const settled = await step('settle the ground', () => settleGround(ports, fix, groundOf(fix), before));
  if (settled.kind === 'refused') return { type: 'faulted', reason: settled.reason };
  // Nothing is written yet that could be in conflict.
  if (settled.kind === 'conflict') throw new TypeError('an empty patch is in conflict');
  const { ground, sandbox } = settled;
  const checks = await step('look which checks report', () => reportingChecks(ports, fix, ground.base, sandbox));
  if (!sandbox.keepsReports || checks.length === 0) return { type: 'unreproducible', reason: noReportsReason };

  const written = await step('write the failing test', async () => {
    const talk = await writeReproduction(ports, current, { ground, checks }, signal);
    if (talk.kind !== 'finished') return talk;
    if ('cannot' in talk.result) return { kind: 'cannot', reason: talk.result.cannot } as const;
    const { tests } = talk.result;
    await ports.reproductions.put(fix.id, { number, base: ground.base, overlay: talk.overlay, tests });
    return { kind: 'written' } as const;
  });
  switch (written.kind) {
    case 'superseded':
      return null;
    case 'event':
      return written.event;
    case 'cannot':
      return { type: 'unreproducible', reason: written.reason };
    case 'fruitless':
      return { type: 'reproduction-failed', ground, feedback: `No test was handed over: ${written.reason}.` };
    case 'written':
      return dispatchTests(burst, settled, checks);
  }
};

async function dispatchTests(burst: Burst, settled: Settled, checks: readonly string[]): Promise<FixEvent> {
  const run = await runTests(burst, settled, checks);
  if ('refused' in run) return refusedBy(run);
  const base = await runBase(burst, settled);
  if (base !== null && 'refused' in base) return refusedBy(base);
  return { type: 'reproduction-dispatched', ground: settled.ground, run, base };
}

/** The run of these tests on this base, unless they run there already: an order may come between. */
async function runTests(burst: Burst, settled: Settled, checks: readonly string[]): Promise<SideRun | Refused> {
  const { fix, ports, step } = burst;
  const { ground, sandbox } = settled;
  const placeOf = (overlay: Overlay) => ({ tests: testsOf(overlay), ground, workflowBlob: sandbox.blob });
  const known = await step('look for a run of the tests', async () => {
    const { overlay } = await firstTestsOf(ports, fix);
    return testsRunOf(ports, fix, placeOf(overlay));
  });
  if (known !== null) return known;
  const sha = await step('put the tests on the base', async () => {
    const { base, overlay } = await firstTestsOf(ports, fix);
    return makeCandidate(ports, fix, { ...blank, base, overlay }, ground, 'tests');
  });
  const run = await dispatchTree(burst, settled, 'tests', sha, checks);
  if ('refused' in run) return run;
  const side = sideRun('tests', run);
  await step('note the run of the tests', async () => {
    const { overlay } = await firstTestsOf(ports, fix);
    await recordTestsRun(ports, fix, placeOf(overlay), side);
  });
  return side;
}

const blank = { number: beforeAttempts, status: 'written', summary: null, candidate: null, verdict: null } as const;
