import type { Fix } from '../domain/fix-facts.ts';
import type { RepositoryRef } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';
import { marker } from '../thread/outgoing.ts';
import { putComment } from './put-comment.ts';

interface Reply {
  readonly repository: RepositoryRef;
  readonly number: number;
  /** The comment that is answered: one answer each. */
  readonly to: number;
  readonly text: string;
}

/** Answers a comment, once. Idempotent; where there is no fix the answer is found again by its marker. */
export async function reply(
  ports: Pick<Ports, 'thread' | 'effects'>,
  fix: Fix | null,
  { repository, number, to, text }: Reply,
): Promise<void> {
  const key = `reply-${to}`;
  if (fix !== null) {
    await putComment(ports, { fix: fix.id, repository, number, key, text });
    return;
  }
  const mark = marker('thread', key);
  const own = await ports.thread.ownComments(repository, number);
  if (own.some(({ body }) => body.startsWith(mark))) return;
  await ports.thread.comment(repository, number, `${mark}\n${text}`);
}
