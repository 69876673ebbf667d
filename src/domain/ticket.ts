import { z } from 'zod';

/**
 * The words an issue had when somebody labelled it. Later edits do not change what the models see.
 *
 * GitHub takes titles of 256 and texts of 65,536 characters; what is far beyond that is no payload of GitHub's.
 */
export const issueSnapshotSchema = z.object({
  number: z.number().int().positive(),
  title: z.string().max(1_000),
  body: z.string().max(300_000),
  author: z.string().max(100),
  url: z.string().max(2_000),
  /** When the label came, by GitHub's clock, to the second. */
  labelledAtMs: z.number().optional(),
  /** No webhook told of the label: the sweep found it, and the moment and the words are those that it found. */
  isFound: z.literal(true).optional(),
  /** Of `ai-fix try`: no forge has this issue, so nothing may name its number or its author's account. */
  isLocal: z.literal(true).optional(),
});
export type IssueSnapshot = z.infer<typeof issueSnapshotSchema>;

/** A webhook carries when the issue last changed, the timeline when the label came: seconds apart on a busy issue. */
export const labelMomentsApartMs = 10_000;

/** Whether two snapshots of one issue are about one and the same labelling, told by a webhook or found by the sweep. */
export function isSameLabelling(one: IssueSnapshot, other: IssueSnapshot): boolean {
  if (one.labelledAtMs === undefined || other.labelledAtMs === undefined) return false;
  const apartMs = Math.abs(one.labelledAtMs - other.labelledAtMs);
  return apartMs === 0 || ((one.isFound ?? other.isFound) === true && apartMs <= labelMomentsApartMs);
}

/** What the fast role makes of a signal: a signal judged worth work. */
export const ticketSchema = z.object({
  kind: z.enum(['bug', 'feature', 'chore', 'question']),
  complexity: z.enum(['small', 'medium', 'large']),
  urgency: z.enum(['low', 'normal', 'high']),
  value: z.enum(['low', 'normal', 'high']),
  title: z
    .string()
    .trim()
    .min(3)
    .max(120)
    .describe('Imperative, for the branch and the pull request: "round the discount once"'),
  reason: z.string().trim().max(600).describe('One or two sentences: why this kind and complexity'),
});
export type Ticket = z.infer<typeof ticketSchema>;

/** A ticket that no model has looked at: fixers work on it. Should they mend nothing, the fast role makes a better one. */
export const unprofiledTicket = (branch: string): Ticket => ({
  kind: 'chore',
  complexity: 'medium',
  urgency: 'normal',
  value: 'normal',
  title: `Mend the failing checks of ${branch}`.slice(0, 120).trim(),
  reason: 'No model has looked at it.',
});
