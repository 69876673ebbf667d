import { z } from 'zod';
import { ModelReplyError } from '../domain/faults.ts';
import type { RawReply } from './exchange.ts';

/** @throws {ModelReplyError} naming the first places that do not fit, never what stands there. */
export function parseReplyBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  modelId: string,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 3).map((issue) => z.core.toDotPath(issue.path) || '(top)');
  throw new ModelReplyError(`${modelId} answered what is no reply, at: ${places.join(', ')}`, modelId);
}

/**
 * A refusal without a word is a reply; anything else that says and calls nothing is none.
 *
 * @param reason the provider's word for why the model stopped
 * @throws {ModelReplyError}
 */
export function refuseEmpty(reply: RawReply, reason: string | null | undefined): RawReply {
  if (reply.text !== '' || reply.toolCalls.length > 0 || reply.stop === 'refusal') return reply;
  const why = reason?.slice(0, 40) ?? 'no reason given';
  throw new ModelReplyError(`${reply.modelId} answered nothing (${why})`, reply.modelId, reply.stop === 'length');
}
