import { z } from 'zod';
import type { Fix } from '../../domain/fix.ts';
import type { Ports } from '../../ports/ports.ts';
import { dispatchesOf, drawNonce } from '../../steps/dispatch-validation.ts';
import { type Expectation, gatherFeedback, readVerdict } from '../../steps/read-verdict.ts';
import type { RunBurst } from '../burst.ts';
import { attemptOf } from './facts.ts';

/** The verdict on the candidate, from GitHub's API alone. */
export const judge: RunBurst = async ({ fix, ports, step }) => {
  const patch = await attemptOf(ports, fix);
  const verdict = await step('read the verdict', async () => readVerdict(ports, fix, await expectationOf(ports, fix)));
  switch (verdict.kind) {
    case 'running':
      return { type: 'still-running', remainingMs: verdict.remainingMs };
    case 'void':
      return {
        type: 'judged',
        attempt: patch.number,
        verdict: 'void',
        results: [],
        reason: verdict.reason,
        feedback: '',
      };
    case 'passed':
    case 'failed': {
      const { kind, results } = verdict;
      const feedback = await step('gather the feedback', async () => {
        const text = kind === 'failed' ? await gatherFeedback(ports, fix, results) : '';
        await ports.attempts.put(fix.id, { ...patch, verdict: { kind, text } });
        return text;
      });
      return { type: 'judged', attempt: patch.number, verdict: kind, results, reason: '', feedback };
    }
  }
};

const expectationSchema = z.object({ workflowPath: z.string(), workflowBlob: z.string(), checks: z.array(z.string()) });

async function expectationOf(ports: Pick<Ports, 'effects'>, fix: Fix): Promise<Expectation> {
  const number = await dispatchesOf(ports, fix);
  const expected = expectationSchema.parse(await ports.effects.find(fix.id, `expectation:${number}`));
  return { ...expected, nonce: await drawNonce(ports, fix, number) };
}
