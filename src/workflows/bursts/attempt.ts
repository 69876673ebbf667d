import type { ThreadAnswer } from '../../domain/attempt.ts';
import type { Fix } from '../../domain/fix-facts.ts';
import type { Ports } from '../../ports/ports.ts';
import { answerThreads } from '../../steps/answer-threads.ts';
import { beginAttempt } from '../../steps/begin-attempt.ts';
import { readSandbox } from '../../steps/inspect-repository.ts';
import { putComment } from '../../steps/put-comment.ts';
import { asksOf, vet } from '../../steps/vet-patch.ts';
import { leavesAllAsIs, writePatch } from '../../steps/write-patch.ts';
import { unchangedText } from '../../thread/review-answers.ts';
import type { RunBurst } from '../burst.ts';
import { groundOf, pullRequestOf } from './facts.ts';

/** One patch: the coder's, or after a failure the debugger's, who goes on from where the last one ended. */
export const attempt: RunBurst = async ({ fix, ports, step, signal, note }) => {
  const ground = groundOf(fix);
  const begun = await step('begin the attempt', () => beginAttempt(ports, fix, ground.base));
  if (begun.kind === 'budget') return { type: 'budget-reached', limit: begun.limit };
  if (begun.kind === 'hopeless') return { type: 'faulted', reason: begun.reason };
  const { number } = begun;
  const current = await note({ type: 'attempt-started', attempt: number });

  const written = await step('write the patch', async () => {
    const row = (await ports.attempts.all(fix.id)).find((candidate) => candidate.number === number);
    if (row === undefined) throw new TypeError(`${fix.id} has no attempt ${number}`);
    const sandbox = await readSandbox(ports.repositories, fix, ground.base);
    const checks = sandbox.kind === 'usable' ? sandbox.checks : [];
    const talk = await writePatch(ports, current, { ground, attempt: row, checks }, signal);
    if (talk.kind === 'finished') {
      const { summary, tests_added: testsAdded, not_done: notDone = null, answers = [] } = talk.result;
      const isAsIs = leavesAllAsIs(current, row, talk.result, talk.overlay);
      const whyTestsChange = talk.result.why_tests_change || null;
      const tree = await ports.workspace.open(fix.repository, ground.base);
      const asks = asksOf(await vet(tree, talk.overlay, fix.policy));
      await ports.attempts.put(fix.id, {
        ...row,
        status: 'written',
        overlay: talk.overlay,
        summary: { summary, testsAdded, notDone, whyTestsChange, answers: answers.map(toAnswer) },
      });
      return { kind: isAsIs ? 'as-is' : 'finished', asks } as const;
    }
    if (talk.kind !== 'fruitless') return talk;
    await ports.attempts.put(fix.id, { ...row, status: 'dropped', overlay: talk.overlay });
    return { kind: 'fruitless', reason: talk.reason } as const;
  });
  switch (written.kind) {
    case 'superseded':
      return null;
    case 'event':
      return written.event;
    case 'as-is':
      await step('answer the threads', () => answerThreads(ports, current, pullRequestOf(fix).number));
      if (current.hasOrders) await step('say why nothing changed', () => sayUnchanged(ports, current, number));
      return { type: 'left-alone', note: null };
    case 'finished':
      return { type: 'patched', attempt: number, asks: written.asks };
    case 'fruitless':
      return {
        type: 'attempt-failed',
        attempt: number,
        ground,
        feedback: `The last attempt ended without a patch: ${written.reason}.`,
      };
  }
};

/** Whoever ordered a change beyond the threads hears why there is none. Idempotent. */
async function sayUnchanged(
  ports: Pick<Ports, 'thread' | 'effects' | 'attempts'>,
  fix: Fix,
  number: number,
): Promise<void> {
  const newest = (await ports.attempts.all(fix.id)).find((attempt) => attempt.number === number);
  const text = unchangedText(newest?.summary ?? null);
  const key = `unchanged-${fix.round}`;
  await putComment(ports, { fix: fix.id, repository: fix.repository, number: pullRequestOf(fix).number, key, text });
}

const toAnswer = ({ thread, done, text }: { thread: string; done: boolean; text: string }): ThreadAnswer => ({
  thread,
  isDone: done,
  text,
});
