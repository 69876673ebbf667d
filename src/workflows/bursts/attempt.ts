import type { Fix } from '../../domain/fix-facts.ts';
import { testsHeld } from '../../domain/patch-tests.ts';
import type { Ports } from '../../ports/ports.ts';
import { answerThreads } from '../../steps/answer-threads.ts';
import { beginAttempt } from '../../steps/begin-attempt.ts';
import { chosenOf } from '../../steps/chosen-checks.ts';
import { failingTestsOn } from '../../steps/failing-tests.ts';
import { readSandbox } from '../../steps/inspect-repository.ts';
import { leavesAllAsIs, publishedPatch } from '../../steps/published-patch.ts';
import { putComment } from '../../steps/put-comment.ts';
import { asksOf, vet } from '../../steps/vet-patch.ts';
import { toAnswer, writePatch } from '../../steps/write-patch.ts';
import { unchangedText } from '../../thread/review-answers.ts';
import type { RunBurst } from '../burst.ts';
import { groundOf, pullRequestOf } from './facts.ts';

/** One patch: the coder's, or after a failure the debugger's, who goes on from where the last one ended. */
export const attempt: RunBurst = async ({ fix, ports, step, signal, note }) => {
  const ground = groundOf(fix);
  const begun = await step('begin the attempt', async () =>
    beginAttempt(ports, fix, ground.base, await failingTestsOn(ports, fix, ground.base)),
  );
  if (begun.kind === 'budget') return { type: 'budget-reached', limit: begun.limit };
  if (begun.kind === 'hopeless') return { type: 'faulted', reason: begun.reason };
  const { number } = begun;
  const current = await note({ type: 'attempt-started', attempt: number });

  const written = await step('write the patch', async () => {
    const all = await ports.attempts.all(fix.id);
    const row = all.find((candidate) => candidate.number === number);
    if (row === undefined) throw new TypeError(`${fix.id} has no attempt ${number}`);
    const sandbox = await readSandbox(ports.repositories, fix, ground.base);
    const checks = sandbox.kind === 'usable' ? sandbox.checks : [];
    const published = publishedPatch(all, current, ground);
    const talk = await writePatch(ports, current, { ground, attempt: row, checks, published }, signal);
    if (talk.kind === 'finished') {
      const { summary, tests_added: said, not_done: notDone = null } = talk.result;
      const testsAdded = testsHeld(said, talk.overlay);
      const answers = (talk.result.answers ?? []).map(toAnswer);
      const isAsIs = leavesAllAsIs(current, published, answers, talk.overlay);
      const whyTestsChange = talk.result.why_tests_change || null;
      const tree = await ports.workspace.open(fix.repository, ground.base);
      const asks = asksOf(await vet(tree, talk.overlay, fix.policy));
      await ports.attempts.put(fix.id, {
        ...row,
        status: 'written',
        overlay: talk.overlay,
        summary: { summary, testsAdded, notDone, whyTestsChange, answers },
      });
      const chosen = chosenOf(talk.result.checks, checks);
      return { kind: isAsIs ? 'as-is' : 'finished', asks, chosen } as const;
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
      return {
        type: 'patched',
        attempt: number,
        asks: written.asks,
        ...(written.chosen === null ? {} : { checks: written.chosen }),
      };
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
