import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';
import { type Next, open, overdue, plan, validate, waitForMerge, workOf, write } from './next.ts';
import { isRecipeOver } from './recipe-stage.ts';

/** Where people send a fix: by an answer at a gate, by none, by an order, or by taking an end back. */

export const afterPatience = (fix: Fix, event: EventOf<'deadline-passed'>): Next | null =>
  overdue('approval', fix.isReminded ? { state: 'expired', burst: 'conclude' } : { state: fix.state, burst: 'remind' })(
    fix,
    event,
  );

/** Reads what the approval did to the gate: one of something else than what was shown leaves it closed. */
export function afterApproval(fix: Fix): Next | null {
  const { gate, approvals, isPlanPartial } = fix;
  const newest = approvals.at(-1);
  if (gate !== null || newest === undefined) return null;
  switch (newest.gate) {
    case 'input':
      return { state: 'created', burst: 'open' };
    case 'plan':
      return isPlanPartial ? plan : { state: 'approved', burst: workOf(fix) };
    case 'patch':
      return { state: 'review', burst: 'propose' };
  }
}

/** The question is put anew; that about a patch by the burst that asks such questions. */
export const afterChange = ({ gate, state }: Fix): Next =>
  gate?.kind === 'patch' ? { state: 'review', burst: 'propose' } : { state, burst: 'ask-again' };

/** Where fixers were to do without a plan, no model has even looked at the ticket. */
export const afterPlanOrder = (fix: Fix): Next => (isRecipeOver(fix, fix.attempt) ? open : plan);

/** Words that nobody wants end it; a plan or a patch is made anew, with the reason. */
export function afterRejection(fix: Fix): Next | null {
  if (fix.gate !== null) return null;
  if (fix.ground === null) return { state: 'stopped', burst: 'conclude' };
  return fix.sentBackTo === 'patch' ? write(fix) : afterPlanOrder(fix);
}

/** A change that a person ordered goes to the plan while there is only a plan, else to the patch. */
export function afterOrder(fix: Fix): Next | null {
  if (fix.pullRequest === null) return null;
  switch (fix.sentBackTo) {
    case 'plan':
      return afterPlanOrder(fix);
    case 'gathering':
      return { state: 'in-progress', burst: 'revise' };
    case 'patch':
    case null:
      return write(fix);
  }
}

/** A patch that is being written, or a plan that is not settled, has nothing to rebase yet: it ends on the newest base anyway. */
export function afterRebaseOrder({ candidate, gate, state, burst }: Fix): Next | null {
  const isUnfinished = state === 'planning' || burst === 'attempt' || burst === 'revise' || burst === 'reopen';
  return candidate === null || gate !== null || isUnfinished ? null : { state: 'in-progress', burst: 'rebase' };
}

/** With branch and pull request gone they come first; without a branch yet it begins from the start. */
export function afterResume(fix: Fix): Next {
  if (fix.ground === null) return { state: 'created', burst: fix.origin.kind === 'checks' ? 'diagnose' : 'open' };
  // There is no branch to bring back.
  return fix.wordsBecause === null ? { state: 'in-progress', burst: 'reopen' } : plan;
}

/** From the last good state: a patch that was validated is validated again, since its refs are gone; that costs no model. */
export function afterReopening(fix: Fix): Next | null {
  if (fix.gate !== null) return fix.gate.kind === 'patch' ? validate : plan;
  switch (fix.halted) {
    case 'reproduce':
    case 'observe':
    case 'attempt':
      return write(fix);
    case 'validate':
    case 'judge':
    case 'review':
      return validate;
    case 'propose':
      return fix.published !== null && fix.published === fix.candidate?.sha ? waitForMerge(fix) : validate;
    case 'revise':
    case 'rebase':
      return { state: 'in-progress', burst: fix.halted };
    case 'open':
    case 'mend':
    case 'harvest':
      return open;
    case 'diagnose':
    case 'tell':
    case 'plan':
    case 'ask-again':
    case 'remind':
    case 'reopen':
    case 'conclude':
    case null:
      return plan;
  }
}
