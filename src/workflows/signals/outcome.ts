import type { FixId } from '../../domain/ids.ts';
import type { Signal } from '../../domain/signal.ts';

export type SignalOf<T extends Signal['type']> = Extract<Signal, { type: T }>;

/** What a delivery came to: a fix that was begun or told something, a note on a repository, or nothing and why. */
export type Outcome =
  /** `stopped`: the fix whose place it took. */
  | { readonly kind: 'told'; readonly fix: FixId; readonly stopped?: FixId | null }
  | { readonly kind: 'noted'; readonly note: string }
  | { readonly kind: 'ignored'; readonly note: string };

export const ignored = (note: string): Outcome => ({ kind: 'ignored', note });
export const noted = (note: string): Outcome => ({ kind: 'noted', note });
