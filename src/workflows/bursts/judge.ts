import type { Attempt, AttemptVerdict } from '../../domain/attempt.ts';
import type { FixEvent } from '../../domain/event.ts';
import type { Fix } from '../../domain/fix-facts.ts';
import { testsOf } from '../../domain/patch-tests.ts';
import { isRecipesPatch } from '../../domain/recipe-stage.ts';
import type { CheckResult } from '../../domain/verdict.ts';
import type { Ports } from '../../ports/ports.ts';
import { recordBaseRun } from '../../steps/base-run.ts';
import { partlyPassedText } from '../../steps/chosen-checks.ts';
import { knownOfBase } from '../../steps/compare-runs.ts';
import { expectationOf } from '../../steps/dispatch-validation.ts';
import { type Feedback, gatherFeedback } from '../../steps/gather-feedback.ts';
import { readSandbox } from '../../steps/inspect-repository.ts';
import type { MeasuredRun } from '../../steps/read-tree-reports.ts';
import { readVerdict } from '../../steps/read-verdict.ts';
import { recordTestsRun } from '../../steps/tests-run.ts';
import { weighRuns } from '../../steps/weigh-runs.ts';
import { mendedText } from '../../thread/fixers-text.ts';
import type { Burst, RunBurst } from '../burst.ts';
import { attemptOf, candidateOf, groundOf } from './facts.ts';

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
  const beside = await readBeside(burst, patch, verdict.kind === 'passed');
  if (verdict.kind === 'void') return judged(patch, 'void', [], { reason: verdict.reason });
  if (beside.kind === 'running') return { type: 'still-running', remainingMs: beside.remainingMs };
  if (beside.kind === 'void') return judged(patch, 'void', [], { reason: beside.reason });
  const { results } = verdict;
  if (verdict.kind === 'failed') return concludeFailed(burst, patch, results, beside.readings);
  if (candidate.checks !== undefined) return concludePart(burst, patch, candidate.checks, results);

  const redBase = isRecipesPatch(fix, patch.number) ? (beside.readings.find(isRedBase) ?? null) : undefined;
  if (redBase === null) {
    const verdict = failedVerdict({ text: nothingMended, failures: [], failed: 0 });
    await step('keep the verdict', () => keep(ports, fix, { ...patch, verdict }));
    return judged(patch, 'failed', results, { reason: nothingMended });
  }

  const weighed = await step('compare the runs', async () => {
    const { checks, workflowBlob } = await expectationOf(ports, fix, candidate.dispatch);
    return weighRuns(ports, fix, patch, { checks, workflowBlob, beside: beside.readings });
  });
  if (weighed.kind === 'failed') {
    const { feedback, isUnproven } = weighed;
    await step('keep the verdict', () => keep(ports, fix, { ...patch, verdict: failedVerdict(feedback) }));
    return judged(patch, 'failed', results, { feedback: feedback.text, isUnproven });
  }
  const { asks, evidence } = weighed;
  const text = [redBase === undefined ? '' : mendedText(redBase.run.runUrl), weighed.text].filter(Boolean).join('\n');
  await step('keep the verdict', () => keep(ports, fix, { ...patch, verdict: { kind: 'passed', text }, evidence }));
  return judged(patch, 'passed', results, { asks });
};

const isRedBase = ({ run, reading }: MeasuredRun): boolean => run.tree === 'base' && reading.kind === 'failed';

/** Of fixers: where everything is green without them, nothing shows that they mend what fails elsewhere. */
const nothingMended =
  'the checks of the sandbox pass without what they changed, so they do not show that it mends anything';

/** Chosen checks passed: a word for the writer, who goes on. */
async function concludePart(
  { fix, ports, step }: Burst,
  { number: attempt }: Attempt,
  checks: readonly string[],
  results: readonly CheckResult[],
): Promise<FixEvent> {
  const word = await step('say what passed', async () => {
    const sandbox = await readSandbox(ports.repositories, fix, groundOf(fix).base);
    return partlyPassedText(checks, sandbox.kind === 'usable' ? sandbox.checks : checks);
  });
  return { type: 'partly-passed', attempt, results, word };
}

const judged = (
  { number }: Attempt,
  verdict: 'passed' | 'failed' | 'void',
  results: readonly CheckResult[],
  more: Partial<Pick<Extract<FixEvent, { type: 'judged' }>, 'reason' | 'feedback' | 'asks' | 'isUnproven'>>,
): FixEvent => ({ type: 'judged', attempt: number, verdict, results, reason: '', feedback: '', ...more });

const keep = ({ attempts }: Pick<Ports, 'attempts'>, fix: Fix, patch: Attempt): Promise<void> =>
  attempts.put(fix.id, patch);

const failedVerdict = (feedback: Feedback, chosen?: readonly string[]): AttemptVerdict => ({
  kind: 'failed',
  ...feedback,
  ...(chosen === undefined ? {} : { chosen }),
});

async function concludeFailed(
  { fix, ports, step }: Burst,
  patch: Attempt,
  results: readonly CheckResult[],
  beside: readonly MeasuredRun[],
): Promise<FixEvent> {
  const { runId, dispatch, checks } = candidateOf(fix);
  const feedback = await step('gather the feedback', async () => {
    const { workflowBlob } = await expectationOf(ports, fix, dispatch);
    const base = await knownOfBase(ports, fix, workflowBlob, beside);
    const gathered = await gatherFeedback(ports, fix, { runId, results }, base);
    await keep(ports, fix, { ...patch, verdict: failedVerdict(gathered, checks) });
    return gathered.text;
  });
  return judged(patch, 'failed', results, { feedback });
}

type Beside =
  | { readonly kind: 'read'; readonly readings: readonly MeasuredRun[] }
  | { readonly kind: 'running'; readonly remainingMs: number }
  | { readonly kind: 'void'; readonly reason: string };

/** The runs beside the candidate's. They are waited for only when they can still change anything. */
async function readBeside({ fix, ports, step }: Burst, patch: Attempt, isNeeded: boolean): Promise<Beside> {
  const { beside = [] } = candidateOf(fix);
  const readings: MeasuredRun[] = [];
  for (const run of beside) {
    const expectation = await expectationOf(ports, fix, run.dispatch);
    const reading = await step(`read the run of the ${run.tree}`, () => readVerdict(ports, fix, run, expectation));
    if (reading.kind === 'void' && run.tree === 'base')
      await step('forget the run of the base', () => recordBaseRun(ports, fix, expectation.workflowBlob, run, true));
    if (reading.kind === 'void' && run.tree === 'tests')
      await step('forget the run of the tests', () => {
        const { workflowBlob } = expectation;
        const place = { tests: testsOf(patch.overlay), ground: groundOf(fix), workflowBlob };
        return recordTestsRun(ports, fix, place, run, true);
      });
    if (reading.kind === 'passed' || reading.kind === 'failed') readings.push({ run, reading });
    // Without it nothing is shown; the verdict stands without it.
    else if (run.tree === 'tests' && reading.kind === 'void') continue;
    else if (isNeeded && reading.kind === 'void') return { kind: 'void', reason: reading.reason };
    else if (isNeeded && reading.kind === 'running') return reading;
  }
  return { kind: 'read', readings };
}
