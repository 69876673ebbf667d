import type { Fix } from '../domain/fix-facts.ts';
import { shareOf } from '../domain/fix-share.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Whether a fix that waits for its models need not wait any longer: since it began to, one of the chain that failed has
 * answered another fix. Once per pause, so that a model which comes and goes does not wake it again and again; and not
 * all fixes at once, for they may share one rate limit.
 */
export function mayWakeEarly(
  { pace, modelHealth, now }: Pick<Ports, 'pace' | 'modelHealth' | 'now'>,
  fix: Fix,
): boolean {
  const { wait, outageOf, outageModels = [], outages, isWokenEarly } = fix;
  if (wait?.for !== 'outage' || outageOf !== 'models' || isWokenEarly === true) return false;
  // Where a provider asked for more than that, it began earlier; then some recoveries are not seen, and it waits on.
  const beganMs = wait.untilMs - pace.outagePauseMs(Math.max(0, outages - 1));
  const wakesAfterMs = shareOf(fix) * pace.outagePauseMs(0);
  return modelHealth().some(
    ({ modelId, state, answeredAgainAtMs }) =>
      state === 'closed' &&
      answeredAgainAtMs !== null &&
      answeredAgainAtMs > beganMs &&
      answeredAgainAtMs + wakesAfterMs <= now() &&
      outageModels.includes(modelId),
  );
}
