import type { Fix } from '../domain/fix-facts.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Whether a fix that waits for its models need not wait any longer: since it began to, one of them has answered another
 * fix. Each recovery wakes it once.
 */
export function mayWakeEarly(ports: Pick<Ports, 'pace' | 'modelHealth' | 'rosterFor'>, fix: Fix): boolean {
  const { wait, outageOf, outages } = fix;
  if (wait?.for !== 'outage' || outageOf !== 'models') return false;
  // Where a provider asked for more than that, it began earlier; then some recoveries are not seen, and it waits on.
  const beganMs = wait.untilMs - ports.pace.outagePauseMs(Math.max(0, outages - 1));
  const recovered = ports
    .modelHealth()
    .filter(
      ({ state, answeredAgainAtMs }) => state === 'closed' && answeredAgainAtMs !== null && answeredAgainAtMs > beganMs,
    );
  if (recovered.length === 0) return false;
  const asked = new Set(Object.values(ports.rosterFor(fix.policy).describe()).flat());
  return recovered.some(({ modelId }) => asked.has(modelId));
}
