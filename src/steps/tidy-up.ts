import type { Fix } from '../domain/fix.ts';
import type { Ports } from '../ports/ports.ts';
import { cancelDoubles } from './dispatch-validation.ts';
import { candidateRef } from './make-candidate.ts';
import { removeDoubleComments } from './put-comment.ts';

/** Removes what a process that died between request and answer may have left twice. Idempotent. */
export async function reconcile(ports: Pick<Ports, 'thread' | 'effects' | 'sandbox'>, fix: Fix, dispatches: number): Promise<void> {
  await removeDoubleComments(ports, fix.id, fix.repository, fix.issue.number);
  if (fix.pullRequest !== null) await removeDoubleComments(ports, fix.id, fix.repository, fix.pullRequest.number);
  await cancelDoubles(ports, fix, dispatches);
}

/** Ends the validation run under way, if there is one. Idempotent. */
export async function cancelRun({ sandbox }: Pick<Ports, 'sandbox'>, fix: Fix): Promise<void> {
  if (fix.candidate !== null) await sandbox.cancel(fix.repository, fix.candidate.runId);
}

/** Unvalidated commits need no name any more once the fix is over. Idempotent. */
export async function deleteCandidateRefs({ commits }: Pick<Ports, 'commits'>, fix: Fix): Promise<void> {
  for (let attempt = 1; attempt <= fix.attempt; attempt++) await commits.deleteRef(fix.repository, candidateRef(fix.id, attempt));
}
