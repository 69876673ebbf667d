import { ForgeError } from '../domain/faults.ts';
import type { WriteLedger } from '../ports/stores.ts';

export type BeforeWrite = (installationId: number) => Promise<void>;

/**
 * Counts each writing request before it is made, and holds back what would go beyond the hour's share: an outage then,
 * which waits by itself until there is room again.
 */
export const createWriteGuard =
  (ledger: WriteLedger, writesPerHour: number): BeforeWrite =>
  async (installationId) => {
    const { count, eldestLeavesInMs } = await ledger.lastHour(installationId);
    if (count >= writesPerHour) {
      throw new ForgeError(`this installation has written ${count} times within an hour, and GitHub takes no more`, {
        isRetryable: true,
        status: 403,
        retryAfterMs: Math.max(60_000, eldestLeavesInMs),
      });
    }
    await ledger.count(installationId);
  };
