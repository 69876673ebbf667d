import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FixEvent } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ports } from '../ports/ports.ts';
import { planKey } from './post-plan.ts';

const keyOf = (pullRequest: number): string => `shown:${pullRequest}`;
const shownSchema = z.object({ comments: z.array(z.object({ kind: z.string(), id: z.number(), digest: z.string() })) });

type ShownPorts = Pick<Ports, 'thread' | 'effects' | 'documents'>;

/**
 * Records the plan documents as they stand on GitHub, where a person is about to decide about them. Idempotent.
 */
export async function recordShown({ thread, effects, documents }: ShownPorts, fix: Fix, number: number): Promise<void> {
  const own = await thread.ownComments(fix.repository, number);
  const comments = [];
  for (const { kind } of await documents.list(fix.id)) {
    const posted = await effects.find(fix.id, `comment:${number}:${planKey(kind, fix.round)}`);
    const found = own.find(({ id }) => id === posted?.id);
    if (found !== undefined) comments.push({ kind, id: found.id, digest: digestOf(found.body) });
  }
  await effects.record(fix.id, keyOf(number), { comments });
}

/**
 * Whether the plan documents still stand on GitHub as they were shown: whoever may write may edit the App's comments,
 * and an approval means what its giver read. Null where they do, or where the gate shows no documents.
 */
export async function checkShown(
  { thread, effects }: Pick<ShownPorts, 'thread' | 'effects'>,
  fix: Fix,
): Promise<Extract<FixEvent, { type: 'words-changed' }> | null> {
  if (fix.gate?.kind !== 'plan' || fix.pullRequest === null) return null;
  const { number } = fix.pullRequest;
  const shown = shownSchema.safeParse(await effects.find(fix.id, keyOf(number)));
  if (!shown.success) return null;
  const own = await thread.ownComments(fix.repository, number);
  for (const { kind, id, digest } of shown.data.comments) {
    const body = own.find((comment) => comment.id === id)?.body;
    if (body !== undefined && digestOf(body) === digest) continue;
    const how = body === undefined ? 'deleted' : 'edited by hand';
    return { type: 'words-changed', reason: `the comment with the ${kind} was ${how}`, words: fix.gate.words };
  }
  return null;
}

const digestOf = (body: string): string => createHash('sha256').update(body).digest('hex');
