/**
 * The purses that fixes share: beside its own budget, every call of a fix is paid from its repository's day, its
 * organization's month and the host's month. Days and months are those of UTC, by the database's clock.
 */
export const purseKinds = ['repository-day', 'organization-month', 'host-month'] as const;
export type PurseKind = (typeof purseKinds)[number];

/** Names what is set aside for one call. */
export type HoldId = string;

/** Null: without a bound. */
export interface PurseLimit {
  readonly usd: number | null;
  readonly tokens: number | null;
}

export type PurseLimits = Readonly<Record<PurseKind, PurseLimit>>;

export const unlimited: PurseLimit = { usd: null, tokens: null };

export const noPurseLimits: PurseLimits = {
  'repository-day': unlimited,
  'organization-month': unlimited,
  'host-month': unlimited,
};

/** Both hold: of each the lower one. */
export function lowerLimits(one: PurseLimits, other: PurseLimits): PurseLimits {
  const of = (kind: PurseKind): PurseLimit => ({
    usd: lower(one[kind].usd, other[kind].usd),
    tokens: lower(one[kind].tokens, other[kind].tokens),
  });
  return {
    'repository-day': of('repository-day'),
    'organization-month': of('organization-month'),
    'host-month': of('host-month'),
  };
}

/**
 * What of the limits may be told in a thread: the repository's day, where its files set it. What the owner spends
 * elsewhere, in private repositories too, and what the host allows is nobody's business there.
 */
export function toldLimit(inForce: PurseLimits, ofFiles: PurseLimits): PurseLimit {
  const { usd, tokens } = inForce['repository-day'];
  const said = ofFiles['repository-day'];
  return { usd: usd === said.usd ? usd : null, tokens: tokens === said.tokens ? tokens : null };
}

function lower(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}

/** How a purse stands in the period that runs now. */
export interface PurseStanding {
  /** What replies cost, and the most that calls cost which never answered. */
  readonly usd: number;
  readonly tokens: number;
  /** The most that calls under way may cost; what they do not spend comes back within minutes. */
  readonly heldUsd: number;
  readonly heldTokens: number;
  /** Until the next day or month begins. */
  readonly endsInMs: number;
}

export type PurseStandings = Readonly<Record<PurseKind, PurseStanding>>;

/** What a purse still holds: `now`, and once everything that is held has come back unspent. */
export function leftIn(
  { usd, tokens }: PurseLimit,
  standing: PurseStanding,
): { readonly now: Left; readonly atBest: Left } {
  const atBest = { usd: (usd ?? boundless) - standing.usd, tokens: (tokens ?? boundless) - standing.tokens };
  return { now: { usd: atBest.usd - standing.heldUsd, tokens: atBest.tokens - standing.heldTokens }, atBest };
}

export interface Left {
  readonly usd: number;
  readonly tokens: number;
}

const boundless = Number.POSITIVE_INFINITY;

/** A purse that has too little for the next call. */
export interface Shortage {
  readonly purse: PurseKind;
  readonly limit: 'usd' | 'tokens';
  /** Of the limit, and what of it is gone and held, in dollars or tokens. */
  readonly amount: number;
  readonly spent: number;
  readonly held: number;
  /** `others`: what calls under way hold would do, once it comes back. `period`: only the next day or month helps. */
  readonly waitsFor: 'others' | 'period';
  /** When the next day or month begins. */
  readonly endsAtMs: number;
  /** The fix's own configuration does not say this amount: the host may, whose limits are its own business. */
  readonly isUntold?: boolean;
}

const ofPurse: Readonly<Record<PurseKind, string>> = {
  'repository-day': 'a day for this repository',
  'organization-month': "a month for this repository's owner",
  'host-month': 'a month',
};

export const sayAmount = (limit: 'usd' | 'tokens', amount: number): string =>
  limit === 'usd' ? `$${amount.toFixed(2)}` : `${Math.round(amount).toLocaleString('en-US')} tokens`;

/** Why the next call cannot be made now, in a person's words: amounts only where they are the repository's own. */
export function sayShortage({ purse, limit, amount, spent, held, waitsFor, isUntold = false }: Shortage): string {
  if (purse !== 'repository-day' || isUntold) {
    const whose = purse === 'host-month' ? ' that the admin of this ai-fix set' : '';
    const why = waitsFor === 'period' ? 'is reached' : 'has no room until calls of other fixes are answered';
    return `the limit of ${ofPurse[purse]}${whose} ${why}`;
  }
  const said = `the limit of ${sayAmount(limit, amount)} ${ofPurse[purse]}`;
  const gone = sayAmount(limit, spent);
  if (waitsFor === 'period')
    return `${said} is reached: ${gone} of it is spent, and the next call may cost more than the rest`;
  return `${said} has no room for the next call: ${gone} of it is spent, and calls of other fixes hold ${sayAmount(limit, held)} until they are answered`;
}
