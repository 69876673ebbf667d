import type { Fix } from '../domain/fix-facts.ts';
import type { DocumentKind, PlanDocument } from '../domain/plan.ts';
import { documentKinds } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import { planGateText } from '../thread/gate-text.ts';
import { planComment, replacedPlan } from '../thread/pull-request-text.ts';
import { putComment, restoreComment } from './put-comment.ts';

/** The comment of a plan document: each round of planning posts its own, so that an approval can't mean an older one. */
export const planKey = (kind: DocumentKind, round: number): string =>
  round === 0 ? `plan-${kind}` : `plan-${kind}-${round}`;

interface Posting {
  readonly documents: readonly PlanDocument[];
  /** At whose gate it waits. */
  readonly document: DocumentKind;
  readonly waitsBecause: string | null;
  /** What else is to be said of a document. */
  readonly notes?: Readonly<Partial<Record<DocumentKind, string>>>;
}

/**
 * Posts each plan document as one comment of the pull request; the last one says what the work waits for, unless it was
 * shown before: then a comment of its own does. Idempotent. The number of the comment with the gate comes back, null
 * where somebody deleted it.
 */
export async function postPlan(
  ports: Pick<Ports, 'thread' | 'effects'>,
  fix: Fix,
  pullRequest: number,
  { documents, document, waitsBecause, notes = {} }: Posting,
): Promise<number | null> {
  const { id, repository, round, settledDocuments } = fix;
  const fresh = documents.filter(({ kind }) => !settledDocuments.includes(kind));
  const last = fresh.at(-1);
  const gate = waitsBecause === null ? null : planGateText(fix, waitsBecause);
  const isShown = last !== undefined && (await isPosted(ports, fix, pullRequest, planKey(last.kind, round)));
  let shownIn: number | null = null;
  for (const one of fresh) {
    const holdsGate = one === last && !isShown;
    const text = planComment(fix, one, holdsGate ? gate : null, notes[one.kind]);
    const key = planKey(one.kind, round);
    const comment = { fix: id, repository, number: pullRequest, key, text };
    // Whatever became of it while nobody was asked: it is shown as it was written.
    if (isShown && (await isPosted(ports, fix, pullRequest, key))) await restoreComment(ports, comment);
    else shownIn = await putComment(ports, comment);
  }
  if (gate === null || !isShown) return shownIn;
  const key = `gate-${document}-${round}`;
  return putComment(ports, { fix: id, repository, number: pullRequest, key, text: gate });
}

const isPosted = async ({ effects }: Pick<Ports, 'effects'>, fix: Fix, number: number, key: string) =>
  (await effects.find(fix.id, `comment:${number}:${key}`)) !== null;

/** Folds the documents of the round before, whose place newer ones took. Idempotent. */
export async function replaceOlderPlan(
  { thread, effects }: Pick<Ports, 'thread' | 'effects'>,
  fix: Fix,
  pullRequest: number,
): Promise<void> {
  if (fix.round === 0) return;
  const own = await thread.ownComments(fix.repository, pullRequest);
  for (const kind of documentKinds) {
    const newer = await effects.find(fix.id, `comment:${pullRequest}:${planKey(kind, fix.round)}`);
    if (newer === null) continue;
    for (let round = 0; round < fix.round; round++) {
      const known = await effects.find(fix.id, `comment:${pullRequest}:${planKey(kind, round)}`);
      const body = own.find(({ id }) => id === known?.id)?.body;
      if (body === undefined || typeof known?.id !== 'number') continue;
      const folded = replacedPlan(body);
      if (folded !== null) await thread.edit(fix.repository, known.id, folded);
    }
  }
}
