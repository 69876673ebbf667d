import type { Attempt, ReproducingTests } from '../domain/attempt.ts';
import type { Spending } from '../domain/budget.ts';
import type { ModelReply, Role, ToolResult } from '../domain/conversation.ts';
import type { FixEvent } from '../domain/event.ts';
import type { BurstKind, Fix } from '../domain/fix-facts.ts';
import type { FrozenInput } from '../domain/frozen-input.ts';
import type { DeliveryId, FixId, RepositoryRef, Sha } from '../domain/ids.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { OverlayEntry } from '../domain/overlay.ts';
import type { PlanDocument } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { HoldId } from '../domain/purse.ts';
import type { Signal } from '../domain/signal.ts';
import type { IssueSnapshot } from '../domain/ticket.ts';
import type { FailedCall, TurnTrace } from '../domain/turn-trace.ts';

/** Deliveries, by GitHub's id. */
export interface DeliveryStore {
  /**
   * Commits a delivery. `known`: it was there and is settled or under way, nothing to do; `again`: it was there and had
   * failed, so this redelivery is the admin's order to resume it.
   */
  accept(id: DeliveryId, signal: Signal): Promise<'new' | 'known' | 'again'>;
  find(id: DeliveryId): Promise<Delivery | null>;
  settle(
    id: DeliveryId,
    outcome: { readonly status: 'done' | 'ignored' | 'failed'; readonly note: string },
  ): Promise<void>;
  /** Whether a label of an issue was told by a delivery, whatever came of that. */
  hasLabel(repository: RepositoryRef, label: string, issue: IssueSnapshot): Promise<boolean>;
  /** Leaves a delivery to the sweep, as another try. */
  postpone(id: DeliveryId, note: string): Promise<void>;
  /** Accepted at least `olderThanMs` ago and still not settled: their handling was lost. */
  unsettled(olderThanMs: number): Promise<readonly Delivery[]>;
  /** Deletes what was settled at least that long ago: GitHub redelivers for three days. */
  forget(olderThanMs: number): Promise<void>;
}

export interface Delivery {
  readonly id: DeliveryId;
  readonly signal: Signal;
  readonly status: 'received' | 'done' | 'ignored' | 'failed';
  readonly tries: number;
}

/** Fixes and their event logs. Every change of a fix goes through `begin`, `append` or `BurstStore.end`. */
export interface FixStore {
  find(id: FixId): Promise<Fix | null>;
  /** The fix that is not over yet of an issue, a failing branch or a fork's pull request: `subjectOf` names it. */
  findLive(repository: RepositoryRef, subject: string): Promise<Fix | null>;
  /** Those of an installation that are not over yet, oldest first; a thousand at most. */
  liveOf(installationId: number): Promise<readonly Fix[]>;
  findByPullRequest(repository: RepositoryRef, number: number): Promise<Fix | null>;
  /** The fix that people mean in an issue or a pull request: the live one, else the newest. */
  findOfThread(repository: RepositoryRef, number: number): Promise<Fix | null>;
  findByRun(repository: RepositoryRef, runId: number): Promise<Fix | null>;
  /**
   * Starts a fix with its first event, in one transaction with its delivery; a limited one leaves the delivery open.
   * The same issue labelled ten times is one fix, and what is limited is the fixes begun within an hour.
   */
  begin(
    fix: Fix,
    first: FixEvent,
    how: { readonly delivery: DeliveryId; readonly startsPerHour: StartLimits },
  ): Promise<BeginAnswer>;
  /**
   * Appends an event and advances the fix, in one transaction (with the delivery, where it came from one). An event
   * whose key is in the log already changes nothing.
   *
   * @returns whether the event meant something in the state it met
   */
  append(id: FixId, event: FixEvent, from: { readonly key: string; readonly delivery?: DeliveryId }): Promise<boolean>;
  /** Live fixes that nobody has looked at for that long, the longest first; marks them as looked at. */
  claimToLookAt(limit: number, everyMs: number): Promise<readonly Fix[]>;
  /** Fixes that wait, the ones whose deadline passed first. */
  waiting(limit: number): Promise<readonly Fix[]>;
  events(id: FixId): Promise<readonly LoggedEvent[]>;
}

export interface StartLimits {
  readonly repository: number;
  readonly host: number;
  /** Fixes of one subject that went to work within a day; without a bound where it is left out. */
  readonly subject?: number;
}

/** `known`: the issue has a live fix, or this very one was begun before. */
export type BeginAnswer =
  | { readonly kind: 'begun' | 'known' }
  | { readonly kind: 'limited'; readonly by: keyof StartLimits };

export interface LoggedEvent {
  readonly sequence: number;
  readonly event: FixEvent;
  readonly atMs: number;
}

/** Names one burst of one fix. A newer number supersedes an older one. */
export interface BurstTicket {
  readonly fix: FixId;
  readonly number: number;
  readonly kind: BurstKind;
  readonly repository: RepositoryRef;
}

/** Which burst a fix wants and which one runs: one at a time, whatever the process. */
export interface BurstStore {
  /** Takes the wanted burst of a fix if none is running. */
  take(id: FixId): Promise<BurstTicket | null>;
  /** Fixes that want a burst while none is running. */
  wanting(limit: number): Promise<readonly FixId[]>;
  running(limit: number): Promise<readonly BurstTicket[]>;
  /** False once something (a stop, a newer burst) has overtaken this one. */
  isCurrent(burst: BurstTicket): Promise<boolean>;
  /** Appends an event in the middle of a burst, unless it is superseded. Idempotent by burst and type. */
  note(burst: BurstTicket, event: FixEvent): Promise<void>;
  /** Ends the burst and appends its last event, unless it is superseded; in one transaction. Idempotent. */
  end(burst: BurstTicket, event: FixEvent | null): Promise<void>;
}

/** Names one conversation with a model: resumed anywhere, it goes on from its rows. */
export interface ConversationKey {
  readonly fix: FixId;
  readonly role: Role;
  /** Tells apart conversations of one role, for instance `attempt-2`. */
  readonly part: string;
}

/** One paid model reply with what its calls did. Plain JSON, so that it can be a row. */
export interface PaidTurn {
  /** From 0. */
  readonly index: number;
  readonly reply: ModelReply;
  /** One for each tool call of the reply, in their order. */
  readonly results: readonly ToolResult[];
  /** The entries this turn changed; null where one was taken out again. */
  readonly overlayChanges: Readonly<Record<string, OverlayEntry | null>>;
}

/** What was known of a turn's cost before it was asked; what it came to stands in its usage. */
export interface TurnAccount {
  readonly estimatedInputTokens: number;
  /** It could not read more than this… */
  readonly mostInputTokens: number;
  /** …and not write more than this. */
  readonly maxOutputTokens: number;
  /** What the whole fix had spent until then. */
  readonly spentUsd: number;
  readonly spentTokens: number;
}

/** `late`: somebody else has answered this turn before; that reply holds. */
export type RecordEnd = 'kept' | 'late';

export interface TurnStore {
  load(conversation: ConversationKey): Promise<readonly PaidTurn[]>;
  /** Marks a call as asked, before it is paid for. */
  begin(conversation: ConversationKey, index: number, account?: TurnAccount): Promise<void>;
  /**
   * Keeps a reply and settles what was set aside for it, in one transaction. A turn that is answered already keeps its
   * first reply; the late one's cost goes on to count as lost.
   */
  record(
    conversation: ConversationKey,
    turn: PaidTurn,
    cost: { readonly usd: number | null; readonly hold?: HoldId },
    trace?: TurnTrace,
  ): Promise<RecordEnd>;
  /** Notes a call that was asked and got no answer. Idempotent for each time it was asked. */
  fail(conversation: ConversationKey, index: number, fault: FailedCall): Promise<void>;
  spending(fix: FixId): Promise<Spending>;
  /** Ids of the models that answered, sorted. */
  models(fix: FixId): Promise<readonly string[]>;
}

export interface AttemptStore {
  newest(fix: FixId): Promise<Attempt | null>;
  all(fix: FixId): Promise<readonly Attempt[]>;
  put(fix: FixId, attempt: Attempt): Promise<void>;
}

/** The tests that come before the patch. */
export interface ReproductionStore {
  find(fix: FixId, number: number): Promise<ReproducingTests | null>;
  put(fix: FixId, tests: ReproducingTests): Promise<void>;
}

/** What was done on GitHub, by the fix's own key: looked up before anything is created again. */
export interface EffectStore {
  find(fix: FixId, key: string): Promise<Readonly<Record<string, unknown>> | null>;
  record(fix: FixId, key: string, remote: Readonly<Record<string, unknown>>): Promise<void>;
}

/** What the models see of the issue; written once. */
export interface InputStore {
  /** Keeps the first that was put: a resumed burst must not change what was frozen. */
  put(fix: FixId, input: FrozenInput): Promise<void>;
  find(fix: FixId): Promise<FrozenInput | null>;
}

/** What ran on a commit of a repository without any patch, for each check. */
export interface InventoryStore {
  find(at: InventoryPlace): Promise<Readonly<Record<string, Inventory>> | null>;
  put(at: InventoryPlace, checks: Readonly<Record<string, Inventory>>): Promise<void>;
}

export interface InventoryPlace {
  readonly repository: RepositoryRef;
  readonly commit: Sha;
  readonly workflowBlob: string;
}

/** Issues and pull requests that somebody asked to leave alone. All calls are idempotent. */
export interface IgnoredThreads {
  ignore(repository: RepositoryRef, number: number, by: string): Promise<void>;
  /** Takes it back. */
  heed(repository: RepositoryRef, number: number): Promise<void>;
  has(repository: RepositoryRef, number: number): Promise<boolean>;
}

/** Repositories in which ai-fix was at work of late, or is set up: those where a label may have been lost. */
export interface KnownRepositories {
  /** A few that nobody has looked at for that long, the longest first; marks them as looked at. */
  claimToLookAt(limit: number, everyMs: number): Promise<readonly RepositoryRef[]>;
}

/** What was written to GitHub within the hour, by installation; all replicas count together. */
export interface WriteLedger {
  count(installationId: number): Promise<void>;
  /** `eldestLeavesInMs`: when the oldest of them counts no more. */
  lastHour(installationId: number): Promise<{ readonly count: number; readonly eldestLeavesInMs: number }>;
  /** Drops what counts no more. */
  forget(): Promise<void>;
}

/** The newest policy of each repository that was valid. */
export interface PolicyStore {
  put(repository: RepositoryRef, policy: Policy): Promise<void>;
  find(repository: RepositoryRef): Promise<Policy | null>;
}

export interface DocumentStore {
  put(fix: FixId, documents: readonly PlanDocument[]): Promise<void>;
  list(fix: FixId): Promise<readonly PlanDocument[]>;
}
