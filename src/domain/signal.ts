import { z } from 'zod';
import { issueSnapshotSchema } from './ticket.ts';

/**
 * Something that happened outside, cut down to the few fields we use. What a webhook's payload becomes at the edge;
 * it is what is stored of a delivery.
 */
const repository = z.object({
  installationId: z.number().int().positive(),
  owner: z.string().min(1),
  name: z.string().min(1),
});
const actor = z.object({ login: z.string().min(1), id: z.number().int().optional(), isBot: z.boolean() });

export const signalSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('issue-labelled'), repository, actor, label: z.string(), issue: issueSnapshotSchema }),
  z.object({ type: z.literal('issue-unlabelled'), repository, actor, label: z.string(), issueNumber: z.number() }),
  z.object({ type: z.literal('issue-closed'), repository, actor, issueNumber: z.number() }),
  z.object({
    type: z.literal('command'),
    repository,
    actor,
    number: z.number(),
    commentId: z.number(),
    command: z.enum(['approve', 'stop']),
  }),
  z.object({ type: z.literal('run-finished'), repository, runId: z.number() }),
  z.object({ type: z.literal('pull-request-closed'), repository, actor, number: z.number(), isMerged: z.boolean() }),
]);
export type Signal = z.infer<typeof signalSchema>;
