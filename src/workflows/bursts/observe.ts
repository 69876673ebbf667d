import { testsOf } from '../../domain/patch-tests.ts';
import { recordBaseRun } from '../../steps/base-run.ts';
import { expectationOf } from '../../steps/dispatch-validation.ts';
import { observeTests } from '../../steps/observe-tests.ts';
import { readVerdict } from '../../steps/read-verdict.ts';
import { recordTestsRun } from '../../steps/tests-run.ts';
import type { RunBurst } from '../burst.ts';
import { firstTestsOf, groundOf, reproductionOf } from './facts.ts';

/** Whether the test that was written first fails on the base: by its name in the report, not by the check's colour. */
export const observe: RunBurst = async ({ fix, ports, step }) => {
  const { run, base } = reproductionOf(fix);
  const expected = await step('look what was expected', () => expectationOf(ports, fix, run.dispatch));
  const reading = await step('read the run of the tests', () => readVerdict(ports, fix, run, expected));
  if (reading.kind === 'running') return { type: 'still-running', remainingMs: reading.remainingMs };
  const { checks, workflowBlob } = expected;
  const onBase =
    base === null
      ? null
      : await step('read the run of the base', async () =>
          readVerdict(ports, fix, base, await expectationOf(ports, fix, base.dispatch)),
        );
  if (onBase?.kind === 'running') return { type: 'still-running', remainingMs: onBase.remainingMs };
  if (base !== null && onBase?.kind === 'void')
    await step('forget the run of the base', () => recordBaseRun(ports, fix, workflowBlob, base, true));
  if (reading.kind === 'void')
    await step('forget the run of the tests', async () => {
      const tests = testsOf((await firstTestsOf(ports, fix)).overlay);
      await recordTestsRun(ports, fix, { tests, ground: groundOf(fix), workflowBlob }, run, true);
    });
  if (reading.kind === 'void') return { type: 'reproduction-void', reason: reading.reason };
  if (onBase?.kind === 'void') return { type: 'reproduction-void', reason: onBase.reason };
  const beside = base === null || onBase === null ? [] : [{ run: base, reading: onBase }];
  const seen = await step('look at the tests by name', () =>
    observeTests(ports, fix, { run, results: reading.results, checks, workflowBlob, beside }),
  );
  return seen.kind === 'reproduced'
    ? { type: 'reproduced', reproduced: seen.reproduced }
    : { type: 'reproduction-failed', ground: groundOf(fix), feedback: seen.feedback };
};
