import type { FixId, RepositoryRef } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';
import { marker } from '../thread/outgoing.ts';
import { putComment } from './put-comment.ts';

interface Reply {
  readonly repository: RepositoryRef;
  readonly number: number;
  readonly text: string;
}

/**
 * Says a thing once in the life of a fix, whoever asks again: the next one to be refused gets silence, so that nobody
 * can make the App fill a thread. Idempotent. True when it was said now.
 */
export async function replyOnceInFix(
  ports: Pick<Ports, 'thread' | 'effects'>,
  fix: FixId,
  { repository, number, text }: Reply,
): Promise<boolean> {
  if ((await ports.effects.find(fix, 'refusal')) !== null) return false;
  await putComment(ports, { fix, repository, number, key: 'refusal', text });
  await ports.effects.record(fix, 'refusal', { number });
  return true;
}

/** The same where there is no fix: once in the thread, found again by its marker. */
export async function replyOnceInThread(
  { thread }: Pick<Ports, 'thread'>,
  key: 'refusal' | 'limit' | 'not-yet' | 'off' | 'ready' | 'closed',
  { repository, number, text }: Reply,
): Promise<boolean> {
  const mark = marker('thread', key);
  const own = await thread.ownComments(repository, number);
  if (own.some(({ body }) => body.startsWith(mark))) return false;
  await thread.comment(repository, number, `${mark}\n${text}`);
  return true;
}
