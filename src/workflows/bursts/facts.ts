import type { Attempt, ReproducingTests } from '../../domain/attempt.ts';
import type { Candidate, SideRun } from '../../domain/candidate.ts';
import type { FailingCommit } from '../../domain/failing-checks.ts';
import type { Fix } from '../../domain/fix-facts.ts';
import type { Ground } from '../../domain/ground.ts';
import type { PullRequest } from '../../domain/pull-request.ts';
import type { Recipe } from '../../domain/recipe.ts';
import { reproductionNumber } from '../../domain/reproduction.ts';
import type { Ticket } from '../../domain/ticket.ts';
import type { Ports } from '../../ports/ports.ts';

/** What the table guarantees to stand when a burst runs. A hole here is a bug in the table, so it is thrown. */

const must = <T>(fact: T | null, name: string, fix: Fix): T => {
  if (fact === null) throw new TypeError(`${fix.id} is ${fix.state} without ${name}`);
  return fact;
};

export const failingOf = (fix: Fix): FailingCommit =>
  must(fix.origin.kind === 'checks' ? fix.origin.failing : null, 'failing checks', fix);
export const ticketOf = (fix: Fix): Ticket => must(fix.ticket, 'a ticket', fix);
export const groundOf = (fix: Fix): Ground => must(fix.ground, 'a ground', fix);
export const pullRequestOf = (fix: Fix): PullRequest => must(fix.pullRequest, 'a pull request', fix);
export const candidateOf = (fix: Fix): Candidate => must(fix.candidate, 'a candidate', fix);

/** The run of the tests that come first, and that of the base beside it. */
export const reproductionOf = (fix: Fix): { readonly run: SideRun; readonly base: SideRun | null } => ({
  run: must(fix.reproduction?.run ?? null, 'a run of the tests that come first', fix),
  base: fix.reproduction?.base ?? null,
});

export const recipeOf = (fix: Fix): Recipe => must(fix.recipe, 'fixers to run', fix);
export const recipeRunOf = (fix: Fix): { readonly run: SideRun; readonly fixers: readonly string[] } => ({
  run: must(fix.recipe?.run ?? null, 'a run of fixers', fix),
  fixers: recipeOf(fix).fixers,
});

export const attemptOf = async (ports: Pick<Ports, 'attempts'>, fix: Fix): Promise<Attempt> =>
  must(await ports.attempts.newest(fix.id), 'an attempt', fix);

export const firstTestsOf = async (ports: Pick<Ports, 'reproductions'>, fix: Fix): Promise<ReproducingTests> =>
  must(await ports.reproductions.find(fix.id, reproductionNumber(fix)), 'tests that come first', fix);
