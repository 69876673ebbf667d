import type { ProviderFault } from './faults.ts';

/**
 * How a model is doing, as far as this process has seen.
 *
 * - `closed`: it is asked.
 * - `open`: it failed too often, or asked to be left alone: it is passed over until `probeInMs` is over.
 * - `half-open`: one call is under way to find out whether it answers again; all others wait for it or pass it over.
 */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface ModelHealth {
  readonly modelId: string;
  readonly state: BreakerState;
  /** When it was opened last, by the wall clock; null while it is closed. */
  readonly openedAtMs: number | null;
  /** When its breaker closed last, by the wall clock; null where it never did. */
  readonly answeredAgainAtMs: number | null;
  /** Until it is asked again; 0 while it is closed or being probed. */
  readonly probeInMs: number;
  /** Failed calls since its last reply. */
  readonly failures: number;
  readonly fault: ProviderFault | null;
  /** What its provider said of the newest of them, without secrets. */
  readonly reason: string | null;
  readonly inFlight: number;
  /** Calls that wait until one in flight ends. */
  readonly queued: number;
}

/** What only the admin of this host can mend; null for what time mends, and for what is wrong with one request alone. */
export function adminPart(fault: ProviderFault): string | null {
  switch (fault) {
    case 'unauthorized':
      return 'its key is refused: set another one';
    case 'no-credit':
      return 'its account has no credit left, or has reached its spending limit: fill it up, or raise the limit';
    case 'unknown-model':
      return 'the provider knows no such model for this key: name another one';
    case 'untrusted':
      return "its certificate is not trusted: mend it, or give this host the proxy's (NODE_EXTRA_CA_CERTS)";
    case 'redirected':
      return 'its address answers with a redirect, which could carry the key away: set the address that it leads to';
    case 'rate-limited':
    case 'overloaded':
    case 'unreachable':
    case 'timed-out':
    case 'too-long':
    case 'filtered':
    case 'no-reply':
    case 'rejected':
      return null;
  }
}
