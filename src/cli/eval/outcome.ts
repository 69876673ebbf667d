import { z } from 'zod';

/** Where a task that was not solved came to its end. Documented in docs/eval.md. */
export const failurePlaces = [
  'hidden', // complete, but the hidden tests fail: a false green
  'refused', // it did not begin
  'profile',
  'plan',
  'gate', // somebody would have had to decide
  'patch', // no patch that could be validated
  'checks', // red after the last attempt
  'sandbox', // runs without a verdict
  'review',
  'offer',
  'models', // they did not answer
  'budget',
  'time', // the limit of the task's wall time
  'crash', // the process, or ai-fix itself
] as const;
export type FailurePlace = (typeof failurePlaces)[number];

/** What the hidden tests said of the final commit. */
export interface HiddenVerdict {
  readonly conclusion: 'passed' | 'failed' | 'timed-out' | 'not-run';
  readonly tookMs: number;
  /** The end of what they printed. */
  readonly tail: string;
}

export type Outcome =
  | { readonly kind: 'solved' }
  | { readonly kind: 'false-green' | 'unsolved'; readonly at: FailurePlace; readonly why: string }
  | { readonly kind: 'error'; readonly at: FailurePlace; readonly why: string };

/** What is read of the JSON that `ai-fix try` prints; it may come from a newer one. */
export const triedSchema = z.object({
  version: z.literal(1),
  outcome: z.enum(['solved', 'not-solved', 'waiting', 'stopped', 'refused']),
  why: z.string().nullable(),
  endedAt: z.string().nullable(),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .nullable(),
  attempts: z.array(z.object({ number: z.number(), verdict: z.enum(['passed', 'failed']).nullable() })),
  turns: z.number(),
  tokens: z.number(),
  usd: z.number(),
  hasUnknownPrice: z.boolean(),
  models: z.array(z.string()),
  tookMs: z.number(),
  workedMs: z.number(),
  events: z.array(
    z.object({
      event: z.object({
        type: z.string(),
        limit: z.string().optional(),
        opinion: z.string().optional(),
        verdict: z.string().optional(),
        of: z.string().optional(),
      }),
    }),
  ),
});
export type Tried = z.infer<typeof triedSchema>;

/**
 * Solved means both: the fix ended complete, so its own checks are green, and the hidden tests pass on its commit.
 *
 * @param hidden null where there was no commit to judge.
 */
export function outcomeOf(tried: Tried, hidden: HiddenVerdict | null): Outcome {
  if (tried.outcome !== 'solved') {
    const { at, why } = whereItFailed(tried);
    return { kind: 'unsolved', at, why };
  }
  if (hidden === null) return { kind: 'error', at: 'crash', why: 'it says solved and names no commit' };
  if (hidden.conclusion === 'passed') return { kind: 'solved' };
  if (hidden.conclusion === 'not-run')
    return { kind: 'error', at: 'sandbox', why: `the hidden tests could not be run: ${lastLineOf(hidden.tail)}` };
  const why =
    hidden.conclusion === 'failed' ? 'its checks pass, the hidden tests fail' : 'the hidden tests did not end in time';
  return { kind: 'false-green', at: 'hidden', why };
}

const lastLineOf = (text: string): string =>
  text
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^##\[error\]/, '')
    .slice(0, 200) ?? '';

function whereItFailed(tried: Tried): { at: FailurePlace; why: string } {
  const say = (at: FailurePlace, why: string) => ({ at, why: tried.why ?? why });
  switch (tried.outcome) {
    case 'refused':
      return say('refused', 'it did not begin');
    case 'waiting':
      return say(isDisputed(tried) ? 'review' : 'gate', 'a person would have had to decide');
    case 'stopped':
      return { at: 'time', why: 'it did not end within the time of the run' };
    case 'not-solved':
    case 'solved':
      return lastWord(tried);
  }
}

/** A patch that was reviewed goes to a person with the objections, when it would be sent back once too often. */
const isDisputed = ({ events }: Tried): boolean =>
  events.findLast(({ event }) => deciding.has(event.type))?.event.opinion === 'send-back';

/** By the last event that decided something; the log ends with what only tells people. */
function lastWord(tried: Tried): { at: FailurePlace; why: string } {
  const last = tried.events.findLast(({ event }) => deciding.has(event.type))?.event;
  const why = tried.why ?? 'it was given up';
  switch (last?.type) {
    case 'budget-reached':
      return last.limit === 'attempts' ? afterAllAttempts(tried) : { at: 'budget', why };
    case 'reviewed':
      return { at: 'review', why };
    case 'judged':
      return { at: last.verdict === 'void' ? 'sandbox' : 'checks', why };
    case 'money-short':
      return { at: 'budget', why };
    case 'outage':
      return { at: last.of === 'models' ? 'models' : 'sandbox', why };
    default:
      return { at: placeOfBurst(tried.endedAt), why };
  }
}

const deciding: ReadonlySet<string> = new Set([
  'budget-reached',
  'money-short',
  'reviewed',
  'judged',
  'outage',
  'faulted',
  'refused',
]);

function afterAllAttempts({ attempts }: Tried): { at: FailurePlace; why: string } {
  const count = `${attempts.length} attempt${attempts.length === 1 ? '' : 's'}`;
  return attempts.some(({ verdict }) => verdict === 'failed')
    ? { at: 'checks', why: `checks red after ${count}` }
    : { at: 'patch', why: `no patch that could be validated in ${count}` };
}

const placesOfBursts: Readonly<Record<string, FailurePlace>> = {
  open: 'profile',
  plan: 'plan',
  attempt: 'patch',
  validate: 'sandbox',
  judge: 'sandbox',
  review: 'review',
  propose: 'offer',
};

const placeOfBurst = (burst: string | null): FailurePlace => placesOfBursts[burst ?? ''] ?? 'crash';
