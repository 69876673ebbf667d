import { type Fix, threadOf } from '../../domain/fix-facts.ts';
import { digestOf } from '../../domain/frozen-input.ts';
import type { Ports } from '../../ports/ports.ts';
import { planShown, recordShown } from '../../steps/check-shown.ts';
import { doubtNow } from '../../steps/inspect-repository.ts';
import { planNotes } from '../../steps/plan-notes.ts';
import { planKey } from '../../steps/post-plan.ts';
import { putComment, restoreComment } from '../../steps/put-comment.ts';
import { askedAgainText } from '../../thread/gate-text.ts';
import { planComment } from '../../thread/pull-request-text.ts';
import type { RunBurst } from '../burst.ts';

/**
 * What a person was asked about has changed under their eyes: what was posted is put back as it was, and the question
 * stands anew, in a comment of its own, so that no approval from before can mean it.
 */
export const askAgain: RunBurst = async ({ fix, ports, step }) => {
  const { gate } = fix;
  if (gate === null) return { type: 'left-alone', note: null };
  const doubt = await step('look at the issue again', () => doubtNow(ports, fix));
  const shownIn = await step('show it anew', () => showAnew(ports, fix));
  // The words that stand there now are what an approval lets be; who opens the gate of the input approves just them.
  const words = doubt?.words ?? null;
  const digest = gate.kind === 'input' && words !== null ? words : gate.digest;
  const reasons = [...gate.reasons, ...(doubt === null || gate.reasons.includes(doubt.reason) ? [] : [doubt.reason])];
  return { type: 'asked', gate: gate.kind, digest, reasons, words, shownIn };
};

async function showAnew(ports: Ports, fix: Fix): Promise<number | null> {
  const { id, repository, gate, pullRequest, ground } = fix;
  const number = pullRequest?.number ?? threadOf(fix);
  if (number === null) return null;
  if (gate?.kind === 'plan' && pullRequest !== null) {
    const notes = ground === null ? {} : await planNotes(ports, fix, ground.base);
    for (const document of await ports.documents.list(id)) {
      if (fix.settledDocuments.includes(document.kind)) continue;
      const key = planKey(document.kind, fix.round);
      await restoreComment(ports, {
        fix: id,
        repository,
        number,
        key,
        text: planComment(fix, document, null, notes[document.kind]),
      });
    }
    await recordShown(ports, fix, number, await planShown(ports, fix, number));
  }
  const key = `again-${digestOf(JSON.stringify([gate?.words, gate?.reasons, gate?.shownIn])).slice(0, 12)}`;
  return putComment(ports, { fix: id, repository, number, key, text: askedAgainText(fix) });
}
