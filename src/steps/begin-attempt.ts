import type { Attempt } from '../domain/attempt.ts';
import { type BudgetLimit, reachedLimit } from '../domain/budget.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import { emptyOverlay, type Overlay } from '../domain/overlay.ts';
import { nextStart, trailOf } from '../domain/progress.ts';
import type { Ports } from '../ports/ports.ts';

export type Begun =
  | { readonly kind: 'begun'; readonly number: number }
  | { readonly kind: 'budget'; readonly limit: BudgetLimit }
  /** Going on leads nowhere; `reason` is for people. */
  | { readonly kind: 'hopeless'; readonly reason: string };

/**
 * Goes on with an attempt that is still being written, else begins the next: on the last one's edits, or, after two
 * without progress, on those that came furthest. Idempotent.
 */
export async function beginAttempt(
  { attempts, turns }: Pick<Ports, 'attempts' | 'turns'>,
  fix: Fix,
  base: Sha,
): Promise<Begun> {
  const all = await attempts.all(fix.id);
  const newest = all.at(-1);
  const { round, lives } = fix;
  if (newest?.status === 'writing' && (newest.round ?? 0) === round) return { kind: 'begun', number: newest.number };
  const number = (newest?.number ?? 0) + 1;
  const spent = await turns.spending(fix.id);
  const limit = reachedLimit(fix.policy.budget, { ...spent, attempts: number - fix.attemptsBefore });
  if (limit !== null) return { kind: 'budget', limit };
  const trail = trailOf(all, { round, base });
  const start = nextStart(trail, lives);
  if (start.kind === 'give-up') return { kind: 'hopeless', reason: start.reason };
  const begun: Attempt = {
    number,
    round,
    ...(lives === 0 ? {} : { life: lives }),
    ...(start.kind === 'begin-anew' ? { begunFrom: { attempt: start.attempt, why: start.why } } : {}),
    status: 'writing',
    base,
    overlay: overlayFrom(all, trail, base, start.kind === 'begin-anew' ? start.attempt : undefined),
    summary: null,
    candidate: null,
    verdict: null,
  };
  await attempts.put(fix.id, begun);
  return { kind: 'begun', number };
}

/** @param from The attempt to begin from; null: what the trail began with; undefined: the newest. */
function overlayFrom(
  all: readonly Attempt[],
  trail: readonly Attempt[],
  base: Sha,
  from: number | null | undefined,
): Overlay {
  if (from === null) return startOfTrail(all, trail, base);
  const attempt = from === undefined ? all.at(-1) : all.find(({ number }) => number === from);
  return attempt?.base === base ? attempt.overlay : emptyOverlay;
}

/** What the first attempt of a trail stands on: a patch that passed before or that people already have, or nothing. */
export function startOfTrail(all: readonly Attempt[], trail: readonly Attempt[], base: Sha): Overlay {
  const first = trail[0]?.number ?? Number.POSITIVE_INFINITY;
  const before = all.findLast((attempt) => attempt.number < first);
  return before?.base === base ? before.overlay : emptyOverlay;
}
