import { createHash } from 'node:crypto';
import type { Attempt } from './attempt.ts';
import type { KnownFailure } from './failure.ts';
import type { Sha } from './ids.ts';
import type { Overlay } from './overlay.ts';
import { recipeAttempt } from './recipe.ts';

/**
 * Whether the attempts at one patch get anywhere, and where the next begins.
 *
 * Progress is a better standing than any attempt before had: it builds where nothing did, fewer checks fail, fewer
 * things fail. What fails on the base as well counts only where nothing else does. After two attempts without progress
 * the next begins from the best state there was, with a simpler plan. A state or a set of failures that was there before
 * is no progress either; the third time it is given up, before the budget is spent on circles. What only some checks
 * failed, as the writer chose them, stands nowhere: it is neither progress nor a lack of it.
 */
export type NextStart =
  | { readonly kind: 'go-on' }
  /** `attempt`: whose patch to begin from; null where none was better than beginning from nothing. */
  | { readonly kind: 'begin-anew'; readonly attempt: number | null; readonly why: string }
  /** `reason` is for people. */
  | { readonly kind: 'give-up'; readonly reason: string };

const maxStalls = 2;
const maxVisits = 3;

/**
 * The attempts that the next one learns from: of this round, on this base, since the last one that passed. A patch that
 * no run has judged teaches nothing; where it began anew, the one that goes on from it did. What fixers made is none.
 */
export function trailOf(
  attempts: readonly Attempt[],
  where: { readonly round: number; readonly base: Sha },
): Attempt[] {
  const here = attempts.filter(
    ({ number, round = 0, base }) => number !== recipeAttempt && round === where.round && base === where.base,
  );
  const own: Attempt[] = [];
  let begunFrom: Attempt['begunFrom'];
  for (const attempt of here) {
    begunFrom = attempt.begunFrom ?? begunFrom;
    if (attempt.status !== 'dropped' && attempt.verdict === null) continue;
    own.push(begunFrom === undefined ? attempt : { ...attempt, begunFrom });
    begunFrom = undefined;
  }
  return own.slice(own.findLastIndex(({ verdict }) => verdict?.kind === 'passed') + 1);
}

/** Whether the newest attempt is a patch for this place that no run has failed: the work goes on from it, and is not judged. */
export const isUnjudged = (
  newest: Pick<Attempt, 'round' | 'base' | 'status' | 'verdict'> | undefined,
  where: { readonly round: number; readonly base: Sha },
): boolean =>
  newest?.status === 'written' &&
  newest.verdict === null &&
  (newest.round ?? 0) === where.round &&
  newest.base === where.base;

/** @param life How often the fix was resumed: circles that a person has ordered to leave count no more. */
export function nextStart(trail: readonly Attempt[], life: number): NextStart {
  const circle = circleOf(trail.filter((attempt) => (attempt.life ?? 0) === life));
  if (circle !== null) return { kind: 'give-up', reason: circle };
  const stalled = stalledAt(trail);
  if (stalled.length < maxStalls) return { kind: 'go-on' };
  const attempt = bestOf(trail)?.number ?? null;
  const over = attempt === null ? 'no attempt was better than another' : `attempt ${attempt} came furthest`;
  return { kind: 'begin-anew', attempt, why: `${listed(stalled)} made no progress; ${over}` };
}

/** An earlier attempt that was at the very same place as the newest one, or null. */
export function seenBefore(trail: readonly Attempt[]): { readonly attempt: number; readonly what: Sameness } | null {
  const judged = trail.filter(({ verdict }) => verdict !== null);
  const newest = judged.at(-1);
  const earlier = judged.slice(0, -1);
  if (newest === undefined) return null;
  const twin = earlier.findLast(({ overlay }) => overlayDigest(overlay) === overlayDigest(newest.overlay));
  if (twin !== undefined) return { attempt: twin.number, what: 'patch' };
  const left = failingSet(newest);
  if (left === null) return null;
  const whole = earlier.filter((attempt) => !isPartial(attempt));
  // The same failures twice in a row are a stall; between two visits there has to be something else.
  const between = whole.findLastIndex((attempt) => failingSet(attempt) !== left);
  const visit =
    between === -1 ? undefined : whole.slice(0, between).findLast((attempt) => failingSet(attempt) === left);
  return visit === undefined ? null : { attempt: visit.number, what: 'failures' };
}

export type Sameness = 'patch' | 'failures';

/** Attempts at the end without progress, since the work last began anew; the first of a trail is what others are held against. */
function stalledAt(trail: readonly Attempt[]): number[] {
  let stalled: number[] = [];
  for (const [index, attempt] of trail.entries()) {
    if (attempt.begunFrom !== undefined) stalled = [];
    if (isPartial(attempt)) continue;
    const best = bestStanding(trail.slice(0, index));
    const standing = standingOf(attempt);
    const isUnknown = attempt.verdict?.kind === 'failed' && standing === null;
    if (index === 0 || isUnknown || (standing !== null && (best === null || isBetter(standing, best)))) stalled = [];
    else stalled = [...stalled, attempt.number];
  }
  return stalled;
}

/** The smaller the better, the first number first. */
type Standing = readonly [unbuilt: number, failingChecks: number, ownFailures: number, allFailures: number];

/** Null without a verdict of all checks, and where an older version did not keep what failed. */
function standingOf(attempt: Pick<Attempt, 'verdict'>): Standing | null {
  const { verdict } = attempt;
  if (verdict?.kind !== 'failed' || verdict.failures === undefined || isPartial(attempt)) return null;
  const own = ownFailures(verdict.failures);
  const hidden = Math.max(0, (verdict.failed ?? 0) - verdict.failures.length);
  const unbuilt = own.some(({ nature }) => nature === 'build') ? 1 : 0;
  return [unbuilt, new Set(own.map(({ check }) => check)).size, own.length + hidden, verdict.failures.length + hidden];
}

/** Failing sets of some checks and of all cannot be compared. */
const isPartial = ({ verdict }: Pick<Attempt, 'verdict'>): boolean => verdict?.chosen !== undefined;

/** What the patch itself is to blame for. */
export const ownFailures = (failures: readonly KnownFailure[]): KnownFailure[] =>
  failures.filter(({ isOnBase }) => isOnBase !== true);

function isBetter(a: Standing, b: Standing): boolean {
  const index = a.findIndex((number, at) => number !== b[at]);
  return index !== -1 && (a[index] ?? 0) < (b[index] ?? 0);
}

function bestStanding(trail: readonly Attempt[]): Standing | null {
  let best: Standing | null = null;
  for (const attempt of trail) {
    const standing = standingOf(attempt);
    if (standing !== null && (best === null || isBetter(standing, best))) best = standing;
  }
  return best;
}

/** The first attempt with the best standing; null where all stand alike, or none better than the base. */
function bestOf(trail: readonly Attempt[]): Attempt | null {
  const judged = trail.flatMap((attempt) => {
    const standing = standingOf(attempt);
    return standing === null ? [] : [{ attempt, standing }];
  });
  const [first] = judged;
  if (first === undefined) return null;
  const best = judged.reduce((a, b) => (isBetter(b.standing, a.standing) ? b : a), first);
  const isAlike = judged.every(({ standing }) => !isBetter(best.standing, standing));
  const onBase = Math.max(
    ...trail.map(({ verdict }) => (verdict?.failures ?? []).filter((one) => one.isOnBase).length),
  );
  return isAlike || (onBase > 0 && best.standing[3] >= onBase) ? null : best.attempt;
}

/** Why it leads nowhere to go on, in a person's words, or null. */
function circleOf(attempts: readonly Attempt[]): string | null {
  const trail = attempts.filter(({ verdict }) => verdict !== null);
  const newest = trail.at(-1);
  if (newest === undefined) return null;
  const same = trail.filter(({ overlay }) => overlayDigest(overlay) === overlayDigest(newest.overlay));
  if (same.length >= maxVisits) return `the work goes in circles: ${listed(numbersOf(same))} are the very same patch`;
  const left = failingSet(newest);
  if (left === null) return null;
  const whole = trail.filter((attempt) => !isPartial(attempt));
  const visits = whole.filter((attempt, index) => {
    const isArrival = index === 0 || failingSet(whole[index - 1] ?? attempt) !== left;
    return isArrival && failingSet(attempt) === left;
  });
  if (visits.length < maxVisits) return null;
  return `the work goes in circles: ${listed(numbersOf(visits))} left the very same failures`;
}

/** Names exactly what failed of all checks; null where nothing is known of it. */
function failingSet(attempt: Attempt): string | null {
  const { verdict } = attempt;
  if (
    isPartial(attempt) ||
    verdict?.kind !== 'failed' ||
    verdict.failures === undefined ||
    verdict.failures.length === 0
  )
    return null;
  const prints = new Set(verdict.failures.map(({ fingerprint }) => fingerprint));
  return `${verdict.failed ?? verdict.failures.length} ${[...prints].sort().join(' ')}`;
}

/** Names exactly this patch, in whatever order its files were changed. */
export function overlayDigest(overlay: Overlay): string {
  const entries = Object.entries(overlay).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const canonical = entries.map(([path, entry]) => [
    path,
    entry.kind,
    ...(entry.kind === 'write'
      ? [entry.text, entry.mode, ...(entry.encoding === undefined ? [] : [entry.encoding])]
      : []),
  ]);
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}

const numbersOf = (attempts: readonly Attempt[]): number[] => attempts.map(({ number }) => number);

/** `attempt 2`, `attempts 2 and 3`, `attempts 1, 3 and 5`. */
function listed(numbers: readonly number[]): string {
  const last = numbers.at(-1) ?? 0;
  return numbers.length === 1 ? `attempt ${last}` : `attempts ${numbers.slice(0, -1).join(', ')} and ${last}`;
}
