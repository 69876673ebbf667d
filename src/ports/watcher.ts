import type { FixEvent } from '../domain/event.ts';
import type { FailedCall, TurnTrace } from '../domain/turn-trace.ts';
import type { BurstTicket, ConversationKey, PaidTurn } from './stores.ts';

/**
 * Sees the work go by, for those who look at the App from outside: metrics and spans. It changes nothing, keeps nobody
 * waiting, and what it cannot do it leaves undone: its calls never throw but what the work itself throws.
 */
export interface Watcher {
  /** Around a whole burst, or what a process does of it. */
  burst<T>(burst: BurstTicket, work: () => Promise<T>): Promise<T>;
  /** Around the work of a step; not around one whose result was recorded before a restart. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A reply was recorded. */
  answered(call: AnsweredCall): void;
  /** A question got no answer. */
  failed(conversation: ConversationKey, fault: FailedCall): void;
  /** A burst ended with this; once, whoever repeats it. */
  happened(event: FixEvent, burst: BurstTicket): void;
}

export interface AnsweredCall {
  readonly conversation: ConversationKey;
  /** With its texts as they were: whoever passes them on takes secrets out. */
  readonly turn: PaidTurn;
  /** Null where nobody knows the price. */
  readonly usd: number | null;
  readonly trace: TurnTrace;
}

/** How many things there are of each kind, in the whole database; the same for every replica. */
export interface Tally {
  readonly fixes: Readonly<Record<string, number>>;
  readonly burstsWanted: number;
  readonly burstsRunning: number;
  readonly deliveriesUnsettled: number;
  /** How old the oldest of them is; 0 where there is none. */
  readonly oldestDeliverySeconds: number;
}
