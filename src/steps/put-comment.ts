import { createHash } from 'node:crypto';
import type { FixId, RepositoryRef } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';
import { cut, cutWithLink, marker, maxCommentLength } from '../thread/outgoing.ts';

export interface KeyedComment {
  readonly fix: FixId;
  readonly repository: RepositoryRef;
  /** Issue or pull request. */
  readonly number: number;
  /** The same key is the same comment, for ever. */
  readonly key: string;
  readonly text: string;
  /** Where the rest stands of a text that is too long. */
  readonly moreUrl?: string;
}

/**
 * Posts a comment, or brings the one with this key up to date. Idempotent.
 *
 * A comment whose id was never recorded (the process died between request and answer) is found again by its hidden
 * marker. An unchanged text costs no request, and a comment that somebody deleted is not posted again: null then.
 */
export async function putComment(
  { thread, effects }: Pick<Ports, 'thread' | 'effects'>,
  { fix, repository, number, key, text, moreUrl }: KeyedComment,
): Promise<number | null> {
  const short = moreUrl === undefined ? cut(text, maxLength) : cutWithLink(text, maxLength, moreUrl);
  const body = `${marker(fix, key)}\n${short}`;
  const digest = createHash('sha256').update(body).digest('hex');
  const effectKey = `comment:${number}:${key}`;
  const known = await effects.find(fix, effectKey);
  if (known?.isGone === true) return null;
  if (known?.digest === digest && typeof known.id === 'number') return known.id;
  const id = typeof known?.id === 'number' ? known.id : await findOwn(thread, repository, number, marker(fix, key));
  if (id === null) {
    const created = await thread.comment(repository, number, body);
    await effects.record(fix, effectKey, { id: created, digest });
    return created;
  }
  const isThere = await thread.edit(repository, id, body);
  await effects.record(fix, effectKey, isThere ? { id, digest } : { id, isGone: true });
  return isThere ? id : null;
}

/** The marker stands before the text. */
const maxLength = maxCommentLength - 200;

async function findOwn(
  thread: Ports['thread'],
  repository: RepositoryRef,
  number: number,
  mark: string,
): Promise<number | null> {
  const own = await thread.ownComments(repository, number);
  return own.find((comment) => comment.body.startsWith(mark))?.id ?? null;
}

/**
 * Removes what a kill between request and answer left twice: of comments with one marker the recorded one stays, else
 * the oldest. Idempotent.
 */
export async function removeDoubleComments(
  { thread, effects }: Pick<Ports, 'thread' | 'effects'>,
  fix: FixId,
  repository: RepositoryRef,
  number: number,
): Promise<void> {
  const seen = new Map<string, number>();
  for (const comment of await thread.ownComments(repository, number)) {
    const key = keyOf(comment.body, fix);
    if (key === null) continue;
    const recorded = await effects.find(fix, `comment:${number}:${key}`);
    const kept = typeof recorded?.id === 'number' ? recorded.id : (seen.get(key) ?? comment.id);
    seen.set(key, kept);
    if (comment.id !== kept) await thread.remove(repository, comment.id);
  }
}

function keyOf(body: string, fix: FixId): string | null {
  const first = body.slice(0, body.indexOf('\n'));
  const prefix = `<!-- ai-fix ${fix} `;
  return first.startsWith(prefix) && first.endsWith(' -->') ? first.slice(prefix.length, -' -->'.length) : null;
}

/** Puts a comment back as it was posted, whatever somebody made of it; a deleted one is posted anew. Idempotent. */
export async function restoreComment(
  ports: Pick<Ports, 'thread' | 'effects'>,
  comment: KeyedComment,
): Promise<number | null> {
  const effectKey = `comment:${comment.number}:${comment.key}`;
  const known = await ports.effects.find(comment.fix, effectKey);
  const own = await ports.thread.ownComments(comment.repository, comment.number);
  const isThere = own.some(({ id }) => id === known?.id);
  await ports.effects.record(comment.fix, effectKey, isThere ? { id: known?.id } : {});
  return putComment(ports, comment);
}
