import { runsToRepeat } from '../../domain/failing-checks.ts';
import { deadlines } from '../../domain/next.ts';
import { checksOf } from '../../steps/checks-of.ts';
import { chooseRecipe } from '../../steps/choose-recipe.ts';
import { describeFailures } from '../../steps/describe-failures.ts';
import { failingTip } from '../../steps/inspect-failing.ts';
import { flakyReason, greenReason } from '../../thread/checks-text.ts';
import type { Burst, RunBurst } from '../burst.ts';
import { failingOf } from './facts.ts';

/**
 * From failing checks to a ticket, or to the insight that there is nothing to mend.
 *
 * All of the commit's checks have to be over, so that ten failing jobs are one ticket; what failed in a first run of
 * Actions is run once more, to rule out chance. Nothing waits in here: it ends, and begins anew with the next word.
 */
export const diagnose: RunBurst = async (burst) => {
  const { fix, ports, step } = burst;
  const failing = failingOf(fix);
  // CI systems that have not begun yet are given a moment.
  const earlyMs = fix.createdAtMs + ports.pace.quietMs - ports.now();
  if (earlyMs > 0) return { type: 'checks-pending', againInMs: earlyMs };
  const tip = await step('look where the branch stands', () => failingTip(ports, fix.repository, failing));
  if (tip !== failing.sha) {
    const reason = tip === null ? 'the branch is gone' : `the branch moved on to ${tip.slice(0, 7)}`;
    return { type: 'stop-requested', by: 'ai-fix', reason };
  }
  const reading = await step('read the checks', () =>
    checksOf(ports, fix.repository, failing.sha, fix.policy, fix.recheck),
  );
  const remainingMs = (fix.recheck?.atMs ?? fix.createdAtMs) + deadlines.checks - ports.now();
  if (reading.running.length > 0 && remainingMs > 0)
    return { type: 'checks-pending', againInMs: Math.min(remainingMs, ports.pace.checksPollMs) };
  if (reading.failing.length === 0) {
    const reason = reading.flaky.length === 0 ? greenReason : flakyReason(reading.flaky);
    return { type: 'checks-recovered', reason };
  }
  const repeated = fix.recheck === null ? await repeat(burst, runsToRepeat(reading.failing)) : [];
  if (repeated.length > 0) {
    const recheck = { runs: repeated, atMs: ports.now() };
    return { type: 'checks-repeated', recheck, againInMs: ports.pace.checksPollMs };
  }
  const { issue, recipe } = await step('tell what fails', async () => {
    const found = { failures: reading.failing, flaky: reading.flaky };
    const described = await describeFailures(ports, fix, failing, found);
    return { issue: described.issue, recipe: await chooseRecipe(ports, fix, failing, described) };
  });
  return { type: 'checks-diagnosed', issue, ...(recipe === null ? {} : { recipe }) };
};

type Runs = ReturnType<typeof runsToRepeat>;

/** Idempotent: what an earlier try had started is refused, and shows another attempt by now. */
async function repeat({ fix, ports, step }: Burst, runs: Runs): Promise<Runs> {
  const repeated = [];
  for (const run of runs) {
    const isRepeated = await step(`repeat run ${run.id}`, async () => {
      if ((await ports.checks.repeat(fix.repository, run.id)) === 'asked') return true;
      const now = await ports.sandbox.inspect(fix.repository, run.id);
      return now !== null && now.attempt > run.attempt;
    });
    if (isRepeated) repeated.push(run);
  }
  return repeated;
}
