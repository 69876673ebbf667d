import type { Fix } from '../domain/fix-facts.ts';
import type { Ports } from '../ports/ports.ts';
import { statusComment } from '../thread/status-comment.ts';
import { putComment } from './put-comment.ts';

/** Brings the status comment and the state label up to date. Idempotent; an unchanged status costs little. */
export async function showStatus(ports: Pick<Ports, 'thread' | 'effects' | 'turns'>, fix: Fix): Promise<void> {
  const spent = await ports.turns.spending(fix.id);
  const { id, repository, issue } = fix;
  await putComment(ports, {
    fix: id,
    repository,
    number: issue.number,
    key: 'status',
    text: statusComment(fix, spent),
  });
  const labelled = await ports.effects.find(fix.id, 'state-label');
  if (labelled?.state === fix.state) return;
  const prefix = `${fix.policy.label}:`;
  await ports.thread.setOwnLabels(repository, issue.number, prefix, [`${prefix}${fix.state}`]);
  if (fix.pullRequest !== null) {
    await ports.thread.setOwnLabels(repository, fix.pullRequest.number, prefix, [`${prefix}${fix.state}`]);
  }
  await ports.effects.record(fix.id, 'state-label', { state: fix.state });
}
