import type { Usage } from '../domain/conversation.ts';
import type { FailedCall, TurnTrace } from '../domain/turn-trace.ts';
import type { PaidTurn, RecordEnd } from '../ports/stores.ts';
import type { Finishes } from './finish.ts';
import type { InputSize } from './request-size.ts';
import type { Tool } from './tool.ts';

export interface PromptName {
  readonly name: string;
  /** Of our template, also where a repository's own words stand in it. */
  readonly version: number;
  /** Whose words it has beside what is always ours. */
  readonly source?: 'ours' | 'repository';
  /** Names the words exactly: two fixes with the same one were asked in the same words. */
  readonly digest?: string;
}

/** What one role is asked to do, and within what. */
export interface Conversation<Result> {
  /** Which template it was written from, for the trace. */
  readonly prompt?: PromptName;
  readonly system: string;
  /** What conversations on this repository have in common: stands before the opening, so that caches can share it. */
  readonly about?: string;
  /** The first user message. */
  readonly opening: string;
  /**
   * What a model has to know once its calls come to these files, without what it was told with those before. Follows
   * from the base commit alone.
   */
  readonly guide?: (paths: readonly string[], before: readonly string[]) => Promise<string>;
  readonly tools: readonly Tool[];
  /** The calls that end the conversation with a structured result; the first is the one that reminders name. */
  readonly finishes: Finishes<Result>;
  readonly maxTurns: number;
  /** Turns without an edit after which a conversation that should write is ended; left out for those that only read. */
  readonly maxIdleTurns?: number;
  readonly maxOutputTokens: number;
}

/** What a turn may cost at most, told before it is asked. */
export interface TurnAsk extends InputSize {
  /** What the conversation would let the model write. */
  readonly maxOutputTokens: number;
  /** With less than this nothing useful can be written. */
  readonly minOutputTokens: number;
}

export type TurnPermit =
  | {
      readonly go: true;
      /** At most this may be written, where it is less than was asked for. */
      readonly maxOutputTokens?: number;
      /** What is left of the money and tokens, from 1 down to 0. */
      readonly leftShare?: number;
      /** Whether there is money for a further try, after tries that used so much for nothing. Left out: there is. */
      readonly mayAskAgain?: (lost: Usage | null) => Promise<boolean>;
    }
  /** `money`: a purse that fixes share has too little now. */
  | { readonly go: false; readonly why: 'budget' | 'money' | 'stopped' };

/** The rows of one conversation, and the purse that it is paid from. */
export interface TurnLedger {
  /** The turns paid so far, by index. */
  load(): Promise<readonly PaidTurn[]>;
  /** Asked before paying: may refuse because the budget is spent or the fix was stopped. */
  beforeTurn(index: number, ask: TurnAsk): Promise<TurnPermit>;
  /** `late`: somebody else recorded this turn first. That one holds, and this one is paid for all the same. */
  record(turn: PaidTurn, trace: TurnTrace): Promise<RecordEnd>;
  /** The turn that was permitted last got no answer. What it may cost counts on where it may have been charged. */
  unanswered(fault: unknown): Promise<void>;
  /** Notes that a turn was asked for and no answer came. */
  fail(index: number, fault: FailedCall): Promise<void>;
}
