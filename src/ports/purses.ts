import type { Spending } from '../domain/budget.ts';
import type { RepositoryRef } from '../domain/ids.ts';
import type { HoldId, PurseStandings } from '../domain/purse.ts';
import type { ConversationKey } from './stores.ts';

/** A call of a model that is about to be made, and who pays for it. */
export interface PaidCall extends ConversationKey {
  readonly index: number;
  readonly repository: Pick<RepositoryRef, 'owner' | 'name'>;
}

/** What there is to pay from, as nobody else can change it while a call is decided about. */
export interface Funds {
  readonly fix: Spending;
  readonly purses: PurseStandings;
}

/** The most that a call may come to. */
export interface Most {
  readonly usd: number;
  readonly tokens: number;
}

export type Reservation<Refusal> =
  | { readonly kind: 'held'; readonly hold: HoldId; readonly fix: Spending }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type Decision<Refusal> =
  | { readonly kind: 'hold'; readonly most: Most }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/** What a call without a reply comes to. */
export type Unanswered =
  | { readonly kind: 'charged-nothing' }
  /** At most this: what is known of it, or what it may have read where nothing was heard of it (`isHeard` false). */
  | { readonly kind: 'bounded'; readonly most: Most; readonly isHeard: boolean }
  /** Nobody knows: all that was set aside. */
  | { readonly kind: 'unknown' };

/** The money of all fixes, whatever the process: nobody else's call is decided about while one is. */
export interface Purses {
  /**
   * Sets aside what a call may cost, if `decide` finds room for it; in one transaction, before the call. What was set
   * aside for the same turn before, and never answered, counts from now on as what it may have cost.
   *
   * @param decide Pure: it may be called more than once.
   */
  reserve<Refusal>(call: PaidCall, decide: (funds: Funds) => Decision<Refusal>): Promise<Reservation<Refusal>>;
  /**
   * Sets more aside for a call that is tried again, if `mayGrow` finds room beside all that is held, its own hold
   * included. Also says that the call is still under way.
   *
   * @returns false where there was no room, and nothing has changed.
   */
  grow(hold: HoldId, by: Most, mayGrow: (funds: Funds) => boolean): Promise<boolean>;
  /**
   * The call ended without a reply. What it may have been charged goes on to count; calls of one turn of which nothing was
   * heard replace each other. Idempotent.
   */
  release(hold: HoldId, end: Unanswered): Promise<void>;
  /** How the purses stand that a repository's calls are paid from. */
  standings(repository: Pick<RepositoryRef, 'owner' | 'name'>): Promise<PurseStandings>;
}
