import type { Fix } from '../domain/fix-facts.ts';
import { fullName } from '../domain/ids.ts';
import { lowerLimits, type PurseLimits } from '../domain/purse.ts';
import type { Log, Ports } from '../ports/ports.ts';
import type { PolicyStore } from '../ports/stores.ts';

const isFreshMs = 10 * 60_000;
const maxRemembered = 1_000;

/**
 * The limits of the purses as files and host set them now: a fix keeps the rest of the policy that it began with, but
 * money that is taken back or added counts for the fixes under way too.
 *
 * What was valid last is known from the newest push, label or command; an owner's file may change without any of them,
 * so GitHub is asked again every ten minutes. While it is away, what is known holds.
 */
export function createPurseLimits({
  policyOf,
  policies,
  host,
  now,
  log,
}: {
  readonly policyOf: Ports['policyOf'];
  readonly policies: PolicyStore;
  readonly host: PurseLimits;
  readonly now: () => number;
  readonly log: Log;
}): Ports['purseLimitsOf'] {
  const lookedAtMs = new Map<string, number>();

  const refresh = async ({ repository, createdAtMs }: Fix): Promise<void> => {
    const name = fullName(repository);
    const nowMs = performance.now();
    const before = lookedAtMs.get(name);
    if (before !== undefined && nowMs - before < isFreshMs) return;
    lookedAtMs.delete(name);
    lookedAtMs.set(name, nowMs);
    const [oldest] = lookedAtMs.keys();
    if (lookedAtMs.size > maxRemembered && oldest !== undefined) lookedAtMs.delete(oldest);
    // The label that began the fix was asked about a moment ago. One that was here before this process is not new.
    if (before === undefined && now() - createdAtMs < isFreshMs) return;
    await policyOf(repository).catch((error: unknown) =>
      log.warn({ err: error, repository: name }, 'the limits of money could not be read anew; those of before hold'),
    );
  };

  return async (fix) => {
    await refresh(fix);
    const { repository, policy } = fix;
    const newest = (await policies.find(repository)) ?? policy;
    return lowerLimits(newest.purses, host);
  };
}
