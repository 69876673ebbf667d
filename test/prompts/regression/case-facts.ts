import type { Attempt } from '../../../src/domain/attempt.ts';
import type { Fix } from '../../../src/domain/fix-facts.ts';
import type { Sha } from '../../../src/domain/ids.ts';
import { emptyOverlay, type Overlay } from '../../../src/domain/overlay.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround, sampleIssue, sampleTicket } from '../../support/sample-fix.ts';
import { textIn } from './held.ts';
import type { Edit, PromptCase } from './prompt-case.ts';

/** What the story would have brought a fix to when the case's conversation begins. */
export function fixOf(of: PromptCase, base: Sha, limits: { readonly usd: number; readonly tokens: number }): Fix {
  const isMending = of.prompt === 'debug' || of.prompt === 'replan';
  const plain = sampleFixAtWork();
  return sampleFixAtWork({
    issue: { ...sampleIssue, ...of.issue },
    ticket: { ...sampleTicket, ...of.ticket },
    ground: { ...sampleGround, base, tip: base },
    policy: { ...plain.policy, budget: { ...plain.policy.budget, ...limits } },
    attempt: of.prompt === 'reproduce' ? 0 : attemptOf(of, base).number,
    feedback: isMending ? (of.feedback ?? of.tried.at(-1)?.failed ?? '') : null,
    revision: of.orders ?? null,
    threads: of.threads.map((name, index) => ({ name, comment: index + 1 })),
    results: [{ check: 'test', conclusion: 'success', url: 'https://github.test/run', jobId: 1 }] as never,
  });
}

/** The attempt that is under way; for the reviewer, the one that passed. */
export function attemptOf(of: PromptCase, base: Sha): Attempt {
  const before = triedBefore(of, base);
  const last = before.at(-1);
  if (of.prompt === 'review' && last !== undefined)
    return { ...last, verdict: { kind: 'passed', text: 'Every check passed; every test of the base ran.' } };
  const isAnew = of.prompt === 'replan';
  return {
    ...sampleAttempt,
    number: before.length + 1,
    status: 'writing',
    base,
    overlay: isAnew ? emptyOverlay : (last?.overlay ?? emptyOverlay),
    summary: null,
    candidate: null,
    verdict: null,
    ...(isAnew
      ? { begunFrom: { attempt: null, why: of.whyAnew ?? 'no attempt came further than the one before.' } }
      : {}),
  };
}

export function triedBefore(of: PromptCase, base: Sha): readonly Attempt[] {
  let overlay: Overlay = emptyOverlay;
  return of.tried.map(({ summary, edits, failed }, index) => {
    overlay = edits.reduce((sum, edit) => edited(of, sum, edit), overlay);
    return {
      ...sampleAttempt,
      number: index + 1,
      base,
      overlay,
      summary: { summary, testsAdded: [], notDone: null },
      verdict: failed === undefined ? null : { kind: 'failed', text: failed },
    };
  });
}

function edited({ id, base }: PromptCase, overlay: Overlay, edit: Edit): Overlay {
  if ('text' in edit && edit.text === null) return { ...overlay, [edit.path]: { kind: 'delete' } };
  const before = textIn(base, overlay, edit.path) ?? '';
  if ('old' in edit && before.split(edit.old).length !== 2)
    throw new TypeError(`${id}: ${edit.path} does not hold just once: ${edit.old}`);
  const text = 'old' in edit ? before.replace(edit.old, () => edit.new) : (edit.text ?? '');
  return { ...overlay, [edit.path]: { kind: 'write', text, mode: '100644' } };
}
