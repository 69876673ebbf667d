import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';
import { deadlines, givenUp, limits, moneyPatienceMs, type Next, open, overdue, propose } from './next.ts';
import { isOfferedUnread, mayMendMeanwhile, type WithoutModel } from './recipe-stage.ts';

/** Where a fix goes that cannot go on: it waits, does what needs no model, or is given up. */

/** Whoever is away may ask for a longer pause than is sensible, by error or on purpose: `retry-after: 31536000`. */
export const pauseOf = ({ retryInMs }: EventOf<'outage'>): NonNullable<Next['wait']> => ({
  for: 'outage',
  ms: Math.min(retryInMs, deadlines.outage),
});

/** Fixers that were not tried yet go to work, and a patch of theirs that passes goes to people; null where there is neither. */
function withoutModels(fix: Fix, event: WithoutModel): Next | null {
  if (isOfferedUnread(fix, event)) return propose;
  return mayMendMeanwhile(fix, event) ? { ...open, callsFixers: true } : null;
}

/** What no time mends: only work that asks no model goes on. */
export const onEnd = (fix: Fix, event: EventOf<'budget-reached' | 'faulted'>): Next =>
  withoutModels(fix, event) ?? givenUp;

/** Looks again every hour, for somebody may raise the limit; what no day and no month has room for is not waited for without end. */
export function onShortage(fix: Fix, event: EventOf<'money-short'>): Next {
  const waitedMs = event.atMs - (fix.shortage?.sinceMs ?? event.atMs);
  if (waitedMs > moneyPatienceMs) return { state: 'expired', burst: 'conclude' };
  const wait = { for: 'money', ms: Math.min(event.retryInMs, deadlines.money) } as const;
  return withoutModels(fix, event) ?? { state: fix.state, wait };
}

/** After about four hours of outages it is given up, unless something goes on without models. */
export function onOutage(fix: Fix, event: EventOf<'outage'>): Next {
  const wait = { state: fix.state, wait: pauseOf(event) };
  return withoutModels(fix, event) ?? (fix.outages < limits.outages ? wait : givenUp);
}

/** The outage may be over, or there is money again: the burst that met it runs again. */
export function afterOutage(fix: Fix, event: EventOf<'deadline-passed'>): Next | null {
  if (fix.burst === null) return null;
  const next = { state: fix.state, burst: fix.burst };
  return overdue('outage', next)(fix, event) ?? overdue('money', next)(fix, event);
}
