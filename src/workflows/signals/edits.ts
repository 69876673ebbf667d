import type { DeliveryId } from '../../domain/ids.ts';
import type { Ports } from '../../ports/ports.ts';
import { checkShown } from '../../steps/check-shown.ts';
import { doubtNow } from '../../steps/inspect-repository.ts';
import { ignored, type Outcome, type SignalOf } from './outcome.ts';

/** The issue was edited. While a person is asked that voids what they were shown; else it is looked at before the next gate. */
export async function onIssueEdited(
  ports: Ports,
  id: DeliveryId,
  { repository, issueNumber }: SignalOf<'issue-edited'>,
): Promise<Outcome> {
  const fix = await ports.fixes.findLive(repository, `issue:${issueNumber}`);
  if (fix?.state !== 'awaiting-approval') return ignored('nobody is asked about this issue');
  const doubt = await doubtNow(ports, fix);
  if (doubt === null || doubt.words === fix.gate?.words) return ignored('the words are the ones that were shown');
  const event = { type: 'words-changed', reason: doubt.reason, words: doubt.words } as const;
  await ports.fixes.append(fix.id, event, { key: `delivery:${id}`, delivery: id });
  return { kind: 'told', fix: fix.id };
}

/** A comment of a bot was edited or deleted; if it shows a plan that waits, it is put back and asked about anew. */
export async function onCommentChanged(
  ports: Ports,
  id: DeliveryId,
  { repository, number }: SignalOf<'comment-changed'>,
): Promise<Outcome> {
  const fix = await ports.fixes.findByPullRequest(repository, number);
  if (fix?.state !== 'awaiting-approval') return ignored('nobody is asked in this thread');
  const event = await checkShown(ports, fix);
  if (event === null) return ignored('what is shown is as it was');
  await ports.fixes.append(fix.id, event, { key: `delivery:${id}`, delivery: id });
  return { kind: 'told', fix: fix.id };
}
