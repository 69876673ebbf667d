import type { FixEvent } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { RunStep } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';

/** What a burst has at hand. */
export interface Burst {
  /** The fix as it was when the burst began. */
  readonly fix: Fix;
  readonly ports: Ports;
  readonly step: RunStep;
  /** Aborts once something has overtaken this burst, for instance a stop. */
  readonly signal: AbortSignal;
  /** Appends an event in the middle of the burst, and shows the new state. */
  note(event: FixEvent): Promise<Fix>;
}

/** Ends with the event that says how it went, or with null once it was overtaken. */
export type RunBurst = (burst: Burst) => Promise<FixEvent | null>;
