import { sayLimit } from './budget.ts';
import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';
import type { Patience } from './policy.ts';
import { sayShortage } from './purse.ts';
import { rememberOutage, rememberWaking } from './remember-outage.ts';
import type { WaitReason } from './wait.ts';

type Halt = EventOf<
  | 'refused'
  | 'pull-request-closed'
  | 'stop-requested'
  | 'faulted'
  | 'budget-reached'
  | 'outage'
  | 'money-short'
  | 'deadline-passed'
>;

/** Why the work does not go on, for ever or for a while, and from where it would. */
export function rememberHalt(before: Fix, event: Halt): Fix {
  const fix = halted(before);
  switch (event.type) {
    case 'refused':
      return { ...fix, epilogue: event.reason, advice: event.message };
    case 'pull-request-closed':
      return { ...fix, epilogue: `${event.by} ${event.isMerged ? 'merged' : 'closed'} the pull request` };
    case 'stop-requested':
    case 'faulted':
      return { ...fix, epilogue: event.reason };
    case 'budget-reached':
      return { ...fix, epilogue: saidLimit(fix, event) };
    case 'outage':
      return rememberOutage(fix, event);
    case 'money-short': {
      const sinceMs = fix.shortage?.sinceMs ?? event.atMs;
      return { ...fix, shortage: { ...event.shortage, sinceMs }, epilogue: sayShortage(event.shortage) };
    }
    case 'deadline-passed':
      return {
        ...rememberWaking(fix, event),
        epilogue: missed[event.waitingFor]?.(fix.policy.patience) ?? fix.epilogue,
      };
  }
}

/** What did not happen in time, as the last comment says it. */
const missed: Partial<Record<WaitReason, (patience: Patience) => string>> = {
  approval: ({ approvalDays }) => `nobody approved it in ${approvalDays} days`,
  merge: ({ staleDays }) => `nobody merged or closed the pull request in ${staleDays} days`,
};

/** Where it would go on, should somebody resume it. What says farewell is no place to go on from. */
function halted(fix: Fix): Fix {
  if (fix.burst === 'conclude' || fix.burst === 'reopen') return fix;
  // However it came to be complete: there it goes on.
  return { ...fix, halted: fix.state === 'complete' ? 'propose' : fix.burst };
}

/** Money that is kept for those after a role is not spent, and a patch that passed is worth a larger budget. */
function saidLimit({ state, policy }: Fix, { limit, isShare = false }: EventOf<'budget-reached'>): string {
  const kept = isShare ? ', but for the part that is kept for the work after this' : '';
  const passed = state === 'review' ? '; the patch passed the checks, but could not be reviewed any more' : '';
  return `${sayLimit(limit, policy.budget)} is reached${kept}${passed}`;
}
