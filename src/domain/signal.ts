import { z } from 'zod';
import { commandWords, maxOrderLength } from './command.ts';
import { isRepositoryName } from './repository-name.ts';
import { issueSnapshotSchema } from './ticket.ts';

/**
 * Something that happened outside, cut down to the few fields we use. What a webhook's payload becomes at the edge;
 * it is what is stored of a delivery.
 */
const id = z.number().int().positive();
const namedRightly = ({ owner, name }: { owner: string; name: string }) => isRepositoryName(owner, name);
const noSuchName = { error: 'GitHub has no repository of this name' };
const repository = z
  .object({ installationId: id, owner: z.string(), name: z.string(), id: id.optional() })
  .refine(namedRightly, noSuchName);
/** A repository in the lists of an installation, whose number is the installation's own field. */
export const listedRepositorySchema = z
  .object({ id, owner: z.string(), name: z.string() })
  .refine(namedRightly, noSuchName);
export type ListedRepository = z.infer<typeof listedRepositorySchema>;
/** GitHub's payloads end at 25 MB, which is more than this many. */
const listed = z.array(listedRepositorySchema).max(200_000);
/** GitHub's labels are at most 50 characters long. */
const label = z.string().max(200);
const actor = z.object({ login: z.string().min(1).max(100), id: z.number().int().optional(), isBot: z.boolean() });

const orderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), word: z.enum(commandWords), text: z.string().max(maxOrderLength) }),
  z.object({ kind: z.literal('unknown'), said: z.string().max(60), nearest: z.enum(commandWords).nullable() }),
]);

export const signalSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('issue-labelled'), repository, actor, label, issue: issueSnapshotSchema }),
  z.object({ type: z.literal('issue-unlabelled'), repository, actor, label, issueNumber: id }),
  z.object({ type: z.literal('issue-closed'), repository, actor, issueNumber: id }),
  z.object({
    type: z.literal('command'),
    repository,
    actor,
    number: id,
    isPullRequest: z.boolean().optional(),
    commentId: id,
    order: orderSchema,
  }),
  z.object({ type: z.literal('issue-edited'), repository, actor, issueNumber: id }),
  z.object({ type: z.literal('comment-changed'), repository, actor, number: id }),
  z.object({
    type: z.literal('review-submitted'),
    repository,
    actor,
    number: id,
    review: id,
    wantsChanges: z.boolean(),
    text: z.string().max(maxOrderLength),
  }),
  z.object({ type: z.literal('run-finished'), repository, runId: id }),
  z.object({
    type: z.literal('checks-concluded'),
    repository,
    sha: z.string().regex(/^[0-9a-f]{40}$/),
    /** Of this repository, whose tip it is said to be; none where it lies in a fork. */
    branches: z.array(z.string().min(1).max(300)).max(20),
    hasFailed: z.boolean(),
    /** The short name of the App that reported it, where the payload tells. */
    app: z.string().max(100).nullable(),
    workflowPath: z.string().max(500).nullable(),
  }),
  z.object({ type: z.literal('pull-request-labelled'), repository, actor, label, number: id, atMs: z.number() }),
  z.object({ type: z.literal('pull-request-closed'), repository, actor, number: id }),
  z.object({ type: z.literal('pull-request-reopened'), repository, actor, number: id }),
  z.object({ type: z.literal('installed'), installationId: id, isWhole: z.boolean(), repositories: listed }),
  /** `repositories` is null where all of the installation are meant. */
  z.object({ type: z.literal('uninstalled'), installationId: id, repositories: listed.nullable(), reason: z.string() }),
  z.object({ type: z.literal('installation-resumed'), installationId: id }),
  z.object({
    type: z.literal('configuration-pushed'),
    repository,
    commit: z.string().regex(/^[0-9a-f]{40}$/),
    isDefaultBranch: z.boolean(),
  }),
]);
export type Signal = z.infer<typeof signalSchema>;
