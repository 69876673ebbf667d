import type { FixState } from '../../domain/fix-facts.ts';
import type { FixId, Sha } from '../../domain/ids.ts';
import type { DocumentKind } from '../../domain/plan.ts';
import type { LoggedEvent } from '../../ports/stores.ts';

/**
 * What came of `ai-fix try`: the object that `--json` prints, and what `ai-fix eval` counts. Documented in docs/try.md;
 * fields are added, never changed or taken away.
 */
export interface TryResult {
  readonly version: 1;
  /**
   * - `solved`: the checks passed on the commit, the reviewer accepted it, and the branch is in the repository.
   * - `not-solved`: it was given up: the budget, a veto, a fault; `why` says which.
   * - `waiting`: a gate closed and nobody answered, or somebody said no to it.
   * - `stopped`: it was ended from outside, by Ctrl-C or a signal.
   * - `refused`: it did not begin: the repository or its configuration cannot be worked on.
   */
  readonly outcome: 'solved' | 'not-solved' | 'waiting' | 'stopped' | 'refused';
  /** One sentence without a full stop; null where it is solved. */
  readonly why: string | null;
  /** The burst in which it ended, for instance `plan`, `attempt` or `review`; null where it is solved or never began. */
  readonly endedAt: string | null;
  readonly state: FixState;
  readonly fix: FixId | null;
  readonly title: string;
  readonly base: { readonly branch: string; readonly commit: Sha };
  /** Null where nothing was put into the repository. */
  readonly branch: string | null;
  readonly commit: Sha | null;
  /** What the commit changes, from the base. */
  readonly files: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
  readonly checks: readonly TriedCheck[];
  readonly documents: readonly { readonly kind: DocumentKind; readonly markdown: string }[];
  readonly attempts: readonly TriedAttempt[];
  /** The reviewer's opinions, oldest first. */
  readonly reviews: readonly { readonly opinion: 'accept' | 'send-back' | 'veto'; readonly text: string }[];
  readonly runs: readonly TriedRun[];
  /**
   * The fixers that ran: their patch was used (`patched`), or nothing of them (`none`), and why in a clause. Null where
   * none ran to their end.
   */
  readonly fixers: {
    readonly names: readonly string[];
    readonly end: 'patched' | 'none';
    readonly reason: string | null;
  } | null;
  /** Replies of models that were paid for. */
  readonly turns: number;
  readonly tokens: number;
  readonly usd: number;
  /** True where the price of a model is not known: `usd` is then a lower bound. */
  readonly hasUnknownPrice: boolean;
  /** Ids of the models that answered, sorted. */
  readonly models: readonly string[];
  readonly tookMs: number;
  /** Time that models worked. */
  readonly workedMs: number;
  /** How long it was in each state that it was in. */
  readonly stateMs: Readonly<Partial<Record<FixState, number>>>;
  readonly events: readonly LoggedEvent[];
  /** What a pull request would carry as its last comment, in Markdown; empty where it never came to one. */
  readonly report: string;
}

export interface TriedCheck {
  readonly name: string;
  readonly command: string;
  /** Why this check was chosen, for instance `--check` or `package.json`. */
  readonly from: string;
}

export interface TriedAttempt {
  readonly number: number;
  /** Null where it ended without a patch that could be validated. */
  readonly verdict: 'passed' | 'failed' | null;
  /** The verdict in words, or what the checks said; at most some thousand characters. */
  readonly text: string;
  readonly summary: string | null;
  readonly testsAdded: readonly string[];
  readonly candidate: Sha | null;
}

/** One run of all checks on one commit. */
export interface TriedRun {
  readonly number: number;
  readonly commit: Sha;
  readonly conclusion: string;
  readonly tookMs: number;
  readonly checks: readonly { readonly name: string; readonly conclusion: string; readonly tookMs: number }[];
}
