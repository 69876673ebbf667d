import { z } from 'zod';
import { type Fix, isResting, threadOf } from '../domain/fix-facts.ts';
import { digestOf } from '../domain/frozen-input.ts';
import type { Ports } from '../ports/ports.ts';
import { pullRequestStatus, statusComment } from '../thread/status-comment.ts';
import { putComment } from './put-comment.ts';

/** Cost alone changes all the time; it is shown with the next change, or after this long. */
const showCostEveryMs = 2 * 60_000;

const shownSchema = z.object({ what: z.string(), atMs: z.number() });

type StatusPorts = Pick<Ports, 'thread' | 'effects' | 'turns' | 'writes' | 'now' | 'pace'>;

/**
 * Brings the status comments and the state labels up to date, in the fix's thread, once there is one, and in its pull
 * request. Idempotent; what has not changed costs no request.
 *
 * GitHub takes some 500 writes an hour. When many were made, states in which nobody has to do anything are passed over;
 * the next state in which the fix rests shows everything.
 */
export async function showStatus(ports: StatusPorts, fix: Fix): Promise<void> {
  const thread = threadOf(fix);
  if (thread === null) return;
  const isFirst = (await ports.effects.find(fix.id, 'status-shown')) === null;
  if (!isFirst && !isResting(fix.state)) {
    const { count } = await ports.writes.lastHour(fix.repository.installationId);
    if (count >= ports.pace.thriftyFromWrites) return;
  }
  await showComments(ports, fix, thread);
  await showLabels(ports, fix, thread);
}

async function showComments(ports: StatusPorts, fix: Fix, thread: number): Promise<void> {
  const { id, repository, pullRequest } = fix;
  const what = digestOf(JSON.stringify(visibleFacts(fix)));
  const shown = shownSchema.safeParse(await ports.effects.find(id, 'status-shown'));
  const isFresh = shown.success && ports.now() - shown.data.atMs < showCostEveryMs;
  if (shown.success && shown.data.what === what && isFresh) return;
  const spent = await ports.turns.spending(id);
  await putComment(ports, {
    fix: id,
    repository,
    number: thread,
    key: 'status',
    text: statusComment(fix, spent),
  });
  if (pullRequest !== null && pullRequest.number !== thread && isResting(fix.state)) {
    const text = pullRequestStatus(fix, spent);
    await putComment(ports, { fix: id, repository, number: pullRequest.number, key: 'status', text });
  }
  await ports.effects.record(id, 'status-shown', { what, atMs: ports.now() });
}

/** All that a reader sees of a fix, but for the cost. */
const visibleFacts = (fix: Fix) => [
  fix.state,
  fix.wait,
  fix.gate,
  fix.attempt,
  fix.pullRequest,
  fix.candidate?.runUrl,
  fix.results,
  fix.epilogue,
  fix.policy.budget,
];

async function showLabels({ thread, effects }: StatusPorts, fix: Fix, number: number): Promise<void> {
  const { id, repository, pullRequest, state } = fix;
  const labelled = await effects.find(id, 'state-label');
  if (labelled?.state === state && labelled.pullRequest === pullRequest?.number) return;
  const prefix = `${fix.policy.label}:`;
  await thread.setOwnLabels(repository, number, prefix, [`${prefix}${state}`]);
  if (pullRequest !== null && pullRequest.number !== number)
    await thread.setOwnLabels(repository, pullRequest.number, prefix, [`${prefix}${state}`]);
  await effects.record(id, 'state-label', {
    state,
    ...(pullRequest === null ? {} : { pullRequest: pullRequest.number }),
  });
}
