import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from './json.ts';

export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Json | undefined;
}

export type FaultAct =
  /** Answers this instead of doing anything. */
  | { readonly status: number; readonly body?: Json; readonly headers?: Readonly<Record<string, string>> }
  | { readonly delayMs: number }
  /** Drops the connection: nothing was done. */
  | 'disconnect-before'
  /** Does everything, then drops the connection: the caller cannot know. */
  | 'disconnect-after'
  | ((request: FaultRequest) => void | Promise<void>);

export interface Fault {
  readonly method: string;
  /** Matched against the path without `/api/v3` and without the query. */
  readonly path: RegExp;
  /** How many requests it hits; 1 unless told. */
  readonly times?: number;
  /** When a function is called: before the effect, or after it and before the answer. */
  readonly when?: 'before' | 'after';
  readonly act: FaultAct;
}

/** What a chosen fault makes of the request. */
export type FaultEffect =
  | { readonly kind: 'none' }
  | { readonly kind: 'disconnect' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: Json;
      readonly headers: Readonly<Record<string, string>>;
    };

export interface Faults {
  /** Answers a function that takes the fault away again. */
  add(fault: Fault): () => void;
  /** Takes the first fault that fits, and counts it down. Call once for each request. */
  choose(request: FaultRequest): ChosenFault;
}

export interface ChosenFault {
  before(): Promise<FaultEffect>;
  after(): Promise<FaultEffect>;
}

const none: FaultEffect = { kind: 'none' };
const disconnect: FaultEffect = { kind: 'disconnect' };

export function createFaults(): Faults {
  const planned: { fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      const plan = { fault, left: fault.times ?? 1 };
      planned.push(plan);
      return () => {
        plan.left = 0;
      };
    },
    choose(request) {
      const fits = ({ fault, left }: { fault: Fault; left: number }): boolean =>
        left > 0 && fault.method === request.method && fault.path.test(request.path);
      const plan = planned.find(fits);
      if (plan === undefined) return { before: async () => none, after: async () => none };
      plan.left -= 1;
      return { before: () => before(plan.fault, request), after: () => after(plan.fault, request) };
    },
  };
}

async function before({ act, when = 'before' }: Fault, request: FaultRequest): Promise<FaultEffect> {
  if (act === 'disconnect-before') return disconnect;
  if (act === 'disconnect-after') return none;
  if (typeof act === 'function') {
    if (when === 'before') await act(request);
    return none;
  }
  if ('delayMs' in act) {
    await sleep(act.delayMs);
    return none;
  }
  const body = act.body ?? { message: 'a fault of the test' };
  return { kind: 'answer', status: act.status, body, headers: act.headers ?? {} };
}

async function after({ act, when = 'before' }: Fault, request: FaultRequest): Promise<FaultEffect> {
  if (act === 'disconnect-after') return disconnect;
  if (typeof act === 'function' && when === 'after') await act(request);
  return none;
}
