import type { Usage } from '../domain/conversation.ts';
import { ModelReplyError } from '../domain/faults.ts';
import type { ModelRequest } from '../ports/model.ts';
import type { Fault } from './chain-end.ts';
import { summedUsage, unheardUsage } from './token-counts.ts';

/** What the failed tries of one model or of one chain used, though nothing came of them. */
export interface ChainLosses {
  add(fault: Fault): void;
  /** What was counted, or bounded by what had come. */
  known(): Usage | null;
  /** Whether a try broke off of which nothing was heard: it may be charged, however the tries after it ended. */
  hasUnheard(): boolean;
  /** Both together. However many were never heard of, they count once: hardly a provider charges for them. */
  all(): Usage | null;
  /**
   * Asked before each further try.
   *
   * @throws {NoMoneyForMore} when what is lost leaves too little for it.
   */
  beforeTry(): Promise<void>;
}

/** Ends a chain: nobody else is asked, and the newest fault stands for it. */
export class NoMoneyForMore extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

export function createChainLosses(request: ModelRequest): ChainLosses {
  let known: Usage | null = null;
  let unheard: Usage | null = null;
  let newest: Fault | null = null;
  const all = () => sumOf(known, unheard ?? undefined);
  return {
    add(fault) {
      newest = fault;
      if (isUnheard(fault)) unheard = unheardUsage(request);
      else known = sumOf(known, fault.usage);
    },
    known: () => known,
    hasUnheard: () => unheard !== null,
    all,
    async beforeTry() {
      if (newest === null || request.mayAskAgain === undefined) return;
      if (!(await request.mayAskAgain(all()))) throw new NoMoneyForMore(newest);
    },
  };
}

/** Whether it may be charged, and nothing of it was counted. */
export const isUnheard = (fault: Fault): boolean =>
  fault.usage === undefined && (fault instanceof ModelReplyError || fault.mayBeCharged);

export const sumOf = (one: Usage | null, other: Usage | undefined): Usage | null =>
  one === null || other === undefined ? (other ?? one) : summedUsage(one, other);
