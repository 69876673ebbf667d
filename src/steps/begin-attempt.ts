import type { Attempt } from '../domain/attempt.ts';
import { type BudgetLimit, reachedLimit } from '../domain/budget.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import { emptyOverlay, type Overlay } from '../domain/overlay.ts';
import { isUnjudged, type NextStart, nextStart, trailOf } from '../domain/progress.ts';
import type { Ports } from '../ports/ports.ts';

export type Begun =
  | { readonly kind: 'begun'; readonly number: number }
  | { readonly kind: 'budget'; readonly limit: BudgetLimit }
  /** Going on leads nowhere; `reason` is for people. */
  | { readonly kind: 'hopeless'; readonly reason: string };

/** A patch and the commit that it is relative to. */
type Start = Pick<Attempt, 'base' | 'overlay'>;

/**
 * Goes on with an attempt that is still being written, else begins the next: on the last one's edits, or, after two
 * without progress, on those that came furthest. A patch that no run has failed is gone on with. Idempotent.
 *
 * @param first What the very first attempt stands on, where that is not nothing; no later one goes back behind it.
 */
export async function beginAttempt(
  { attempts, turns }: Pick<Ports, 'attempts' | 'turns'>,
  fix: Fix,
  base: Sha,
  first: Start | null = null,
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
  const start: NextStart = isUnjudged(newest, { round, base }) ? { kind: 'go-on' } : nextStart(trail, lives);
  if (start.kind === 'give-up') return { kind: 'hopeless', reason: start.reason };
  const begun: Attempt = {
    number,
    round,
    ...(lives === 0 ? {} : { life: lives }),
    ...(start.kind === 'begin-anew' ? { begunFrom: { attempt: start.attempt, why: start.why } } : {}),
    status: 'writing',
    base,
    overlay: overlayFrom([...(first === null ? [] : [{ ...first, number: beforeAll }]), ...all], trail, base, start),
    summary: null,
    candidate: null,
    verdict: null,
  };
  await attempts.put(fix.id, begun);
  return { kind: 'begun', number };
}

type Numbered = Start & Pick<Attempt, 'number'>;

const beforeAll = 0;

function overlayFrom(all: readonly Numbered[], trail: readonly Attempt[], base: Sha, start: NextStart): Overlay {
  const from = start.kind === 'begin-anew' ? start.attempt : (all.at(-1)?.number ?? null);
  if (from === null) return startOfTrail(all, trail, base);
  const attempt = all.find(({ number }) => number === from);
  return attempt?.base === base ? attempt.overlay : firstOverlay(all, base);
}

function firstOverlay(all: readonly Numbered[], base: Sha): Overlay {
  const first = all.find(({ number }) => number === beforeAll);
  return first?.base === base ? first.overlay : emptyOverlay;
}

/** What the first attempt of a trail stands on: a patch that passed before or that people already have, or nothing. */
export function startOfTrail(all: readonly Numbered[], trail: readonly Attempt[], base: Sha): Overlay {
  const first = trail[0]?.number ?? Number.POSITIVE_INFINITY;
  const before = all.findLast((attempt) => attempt.number < first);
  return before?.base === base ? before.overlay : firstOverlay(all, base);
}
