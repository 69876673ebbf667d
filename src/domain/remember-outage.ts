import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';

/** An outage after a pause that was cut short counts nothing: so many are worth hours, whatever models do meanwhile. */
export const rememberOutage = (fix: Fix, { of, models = [], reason }: EventOf<'outage'>): Fix => ({
  ...fix,
  outages: fix.outages + (fix.isWokenEarly === true ? 0 : 1),
  outageOf: of,
  outageModels: models,
  epilogue: reason,
});

export const rememberWaking = (fix: Fix, { isEarly = false }: EventOf<'deadline-passed'>): Fix =>
  isEarly || fix.isWokenEarly === true ? { ...fix, isWokenEarly: isEarly } : fix;

/** It got through. */
export const overOutages = (fix: Fix): Fix => ({
  ...fix,
  outages: 0,
  shortage: null,
  ...(fix.isWokenEarly === true && { isWokenEarly: false }),
});
