import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FixEvent } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ports } from '../ports/ports.ts';
import { planKey } from './post-plan.ts';

const keyOf = (pullRequest: number): string => `shown:${pullRequest}`;
const shownSchema = z.object({ comments: z.array(z.object({ kind: z.string(), id: z.number(), digest: z.string() })) });

type ShownPorts = Pick<Ports, 'thread' | 'effects' | 'documents'>;

/** The comments of the plan documents, as far as they are there. */
export async function planShown(
  { effects, documents }: Pick<ShownPorts, 'effects' | 'documents'>,
  fix: Fix,
  number: number,
): Promise<readonly Shown[]> {
  const shown: Shown[] = [];
  for (const { kind } of await documents.list(fix.id)) {
    const posted = await effects.find(fix.id, `comment:${number}:${planKey(kind, fix.round)}`);
    if (typeof posted?.id === 'number') shown.push({ kind, id: posted.id });
  }
  return shown;
}

interface Shown {
  /** What it shows, as people call it. */
  readonly kind: string;
  readonly id: number;
}

/** Records comments as they stand on GitHub, where a person is about to decide about them. Idempotent. */
export async function recordShown(
  { thread, effects }: Pick<ShownPorts, 'thread' | 'effects'>,
  fix: Fix,
  number: number,
  shown: readonly Shown[],
): Promise<void> {
  const own = await thread.ownComments(fix.repository, number);
  const comments = shown.flatMap(({ kind, id }) => {
    const found = own.find((comment) => comment.id === id);
    return found === undefined ? [] : [{ kind, id, digest: digestOf(found.body) }];
  });
  await effects.record(fix.id, keyOf(number), { comments });
}

/**
 * Whether what a gate shows still stands on GitHub as it was shown: whoever may write may edit the App's comments, and
 * an approval means what its giver read. Null where it does. The words of an issue are looked at in the issue itself.
 */
export async function checkShown(
  { thread, effects }: Pick<ShownPorts, 'thread' | 'effects'>,
  fix: Fix,
): Promise<Extract<FixEvent, { type: 'words-changed' }> | null> {
  if (fix.gate === null || fix.gate.kind === 'input' || fix.pullRequest === null) return null;
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
