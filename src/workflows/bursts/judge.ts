import { z } from 'zod';
import type { Attempt, AttemptVerdict } from '../../domain/attempt.ts';
import type { FixEvent, SideRun } from '../../domain/event.ts';
import type { Fix } from '../../domain/fix-facts.ts';
import type { CheckResult } from '../../domain/verdict.ts';
import type { Ports } from '../../ports/ports.ts';
import { recordBaseRun } from '../../steps/base-run.ts';
import { compareRuns, knownOfBase } from '../../steps/compare-runs.ts';
import { dispatchesOf, drawNonce } from '../../steps/dispatch-validation.ts';
import { type Feedback, gatherFeedback } from '../../steps/gather-feedback.ts';
import { type Expectation, type Reading, readVerdict } from '../../steps/read-verdict.ts';
import type { Burst, RunBurst } from '../burst.ts';
import { attemptOf, candidateOf } from './facts.ts';

/**
 * The verdict on the candidate, from GitHub's API alone: its own run, and once that passed, what ran beside it.
 *
 * The run of the judge's tree must have passed too, and every test that passed on the base must have run and passed.
 */
export const judge: RunBurst = async (burst) => {
  const { fix, ports, step } = burst;
  const patch = await attemptOf(ports, fix);
  const candidate = candidateOf(fix);
  const verdict = await step('read the verdict', async () =>
    readVerdict(ports, fix, candidate, await expectationOf(ports, fix, candidate.dispatch)),
  );
  if (verdict.kind === 'running') return { type: 'still-running', remainingMs: verdict.remainingMs };
  const beside = await readBeside(burst, verdict.kind === 'passed');
  if (verdict.kind === 'void') return judged(patch, 'void', [], { reason: verdict.reason });
  if (beside.kind === 'running') return { type: 'still-running', remainingMs: beside.remainingMs };
  if (beside.kind === 'void') return judged(patch, 'void', [], { reason: beside.reason });
  const { results } = verdict;
  if (verdict.kind === 'failed') return concludeFailed(burst, patch, results, beside.readings);

  const comparison = await step('compare the runs', async () => {
    const { checks, workflowBlob } = await expectationOf(ports, fix, candidate.dispatch);
    return compareRuns(ports, fix, patch, { checks, workflowBlob, beside: beside.readings });
  });
  if (comparison.kind === 'failed') {
    await step('keep the verdict', () => keep(ports, fix, patch, failedVerdict(comparison.feedback)));
    return judged(patch, 'failed', results, { feedback: comparison.feedback.text });
  }
  await step('keep the verdict', () => keep(ports, fix, patch, { kind: 'passed', text: comparison.evidence }));
  return judged(patch, 'passed', results, { asks: comparison.asks });
};

const judged = (
  { number }: Attempt,
  verdict: 'passed' | 'failed' | 'void',
  results: readonly CheckResult[],
  more: Partial<Pick<Extract<FixEvent, { type: 'judged' }>, 'reason' | 'feedback' | 'asks'>>,
): FixEvent => ({ type: 'judged', attempt: number, verdict, results, reason: '', feedback: '', ...more });

const keep = ({ attempts }: Pick<Ports, 'attempts'>, fix: Fix, patch: Attempt, verdict: AttemptVerdict) =>
  attempts.put(fix.id, { ...patch, verdict });

const failedVerdict = (feedback: Feedback): AttemptVerdict => ({ kind: 'failed', ...feedback });

async function concludeFailed(
  { fix, ports, step }: Burst,
  patch: Attempt,
  results: readonly CheckResult[],
  beside: readonly ReadRun[],
): Promise<FixEvent> {
  const { runId, dispatch } = candidateOf(fix);
  const feedback = await step('gather the feedback', async () => {
    const { workflowBlob } = await expectationOf(ports, fix, dispatch);
    const base = await knownOfBase(ports, fix, workflowBlob, beside);
    const gathered = await gatherFeedback(ports, fix, { runId, results }, base);
    await keep(ports, fix, patch, failedVerdict(gathered));
    return gathered.text;
  });
  return judged(patch, 'failed', results, { feedback });
}

export interface ReadRun {
  readonly run: SideRun;
  readonly reading: Exclude<Reading, { kind: 'running' | 'void' }>;
}

type Beside =
  | { readonly kind: 'read'; readonly readings: readonly ReadRun[] }
  | { readonly kind: 'running'; readonly remainingMs: number }
  | { readonly kind: 'void'; readonly reason: string };

/** The runs beside the candidate's. They are waited for only when they can still change anything. */
async function readBeside({ fix, ports, step }: Burst, isNeeded: boolean): Promise<Beside> {
  const { beside = [] } = candidateOf(fix);
  const readings: ReadRun[] = [];
  for (const run of beside) {
    const expectation = await expectationOf(ports, fix, run.dispatch);
    const reading = await step(`read the run of the ${run.tree}`, () => readVerdict(ports, fix, run, expectation));
    if (reading.kind === 'void' && run.tree === 'base')
      await step('forget the run of the base', () => recordBaseRun(ports, fix, expectation.workflowBlob, run, true));
    if (reading.kind === 'passed' || reading.kind === 'failed') readings.push({ run, reading });
    else if (isNeeded && reading.kind === 'void') return { kind: 'void', reason: reading.reason };
    else if (isNeeded && reading.kind === 'running') return reading;
  }
  return { kind: 'read', readings };
}

const expectationSchema = z.object({ workflowPath: z.string(), workflowBlob: z.string(), checks: z.array(z.string()) });

async function expectationOf(
  ports: Pick<Ports, 'effects'>,
  fix: Fix,
  dispatch: number | undefined,
): Promise<Expectation> {
  // A candidate that an older version dispatched does not carry its number; it was the newest.
  const number = dispatch ?? (await dispatchesOf(ports, fix));
  const expected = expectationSchema.parse(await ports.effects.find(fix.id, `expectation:${number}`));
  return { ...expected, nonce: await drawNonce(ports, fix, number) };
}
