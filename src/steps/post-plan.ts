import type { Fix } from '../domain/fix-facts.ts';
import type { PlanDocument } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import { planGateText } from '../thread/gate-text.ts';
import { planComment } from '../thread/pull-request-text.ts';
import { putComment } from './put-comment.ts';

/**
 * Posts each plan document as one comment of the pull request; the last one says what the work waits for. Idempotent.
 * Its number comes back, null where somebody deleted it.
 */
export async function postPlan(
  ports: Pick<Ports, 'thread' | 'effects'>,
  fix: Fix,
  pullRequest: number,
  documents: readonly PlanDocument[],
  waitsBecause: string | null,
): Promise<number | null> {
  const last = documents.at(-1);
  let shownIn: number | null = null;
  for (const document of documents) {
    const gate = document === last && waitsBecause !== null ? planGateText(fix, waitsBecause) : null;
    const { id, repository } = fix;
    shownIn = await putComment(ports, {
      fix: id,
      repository,
      number: pullRequest,
      key: `plan-${document.kind}`,
      text: planComment(document, gate),
    });
  }
  return shownIn;
}
