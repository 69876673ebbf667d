import type { Attempt } from '../domain/attempt.ts';
import { type Evidence, noReportsReason, weighEvidence } from '../domain/evidence.ts';
import { knownFailure } from '../domain/failure.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ask } from '../domain/gate.ts';
import { limits } from '../domain/next.ts';
import type { Ports } from '../ports/ports.ts';
import { compareRuns, type WantedComparison } from './compare-runs.ts';
import type { Feedback } from './gather-feedback.ts';
import { type BaseReports, noReports, reportsOf, type TreeReports } from './read-tree-reports.ts';
import { reproducedFor } from './tests-run.ts';

/** `isUnproven`: the checks are green, and nothing shows that this is the patch's doing. */
export type Weighed =
  | { readonly kind: 'passed'; readonly asks: readonly Ask[]; readonly text: string; readonly evidence: Evidence }
  | { readonly kind: 'failed'; readonly feedback: Feedback; readonly isUnproven: boolean };

/**
 * What a green candidate is worth: held against the base and the judge's tree, and asked what its tests show.
 *
 * A bug whose tests pass without the mending goes back once, if there is an attempt left. After that it goes on, and
 * people are told that no test proves it.
 */
export async function weighRuns(
  ports: Pick<Ports, 'sandbox' | 'inventories'>,
  fix: Fix,
  patch: Attempt,
  wanted: WantedComparison,
): Promise<Weighed> {
  const comparison = await compareRuns(ports, fix, patch, wanted);
  if (comparison.kind === 'failed') return { ...comparison, isUnproven: false };
  const { asks, evidence: text, base, candidate } = comparison;
  const evidence = await evidenceOf(ports, fix, patch, wanted, { base, candidate });
  if (evidence.kind === 'unproven' && mayGoBack(fix, patch))
    return { kind: 'failed', feedback: sayUnproven(evidence.passing), isUnproven: true };
  return { kind: 'passed', asks, text, evidence };
}

async function evidenceOf(
  ports: Pick<Ports, 'sandbox'>,
  fix: Fix,
  patch: Attempt,
  { checks, beside }: WantedComparison,
  { base, candidate }: { readonly base: BaseReports; readonly candidate: TreeReports },
): Promise<Evidence> {
  if (fix.policy.evidence.testFirst === 'off') return { kind: 'none', reason: 'the repository has it turned off' };
  if (base.inventories.size === 0) return { kind: 'none', reason: noReportsReason };
  const reproduced = fix.ground === null ? null : reproducedFor(fix, patch, fix.ground.base);
  const side = reproduced === null ? beside.find(({ run }) => run.tree === 'tests') : undefined;
  const tests = side === undefined ? noReports : await reportsOf(ports, fix, side.run.runId, checks);
  const tested = checks.map((check) => ({
    check,
    base: base.inventories.get(check),
    tests: tests.reports.get(check),
    candidate: candidate.inventories.get(check),
    isRed: side?.reading.results.some((one) => one.check === check && one.conclusion !== 'success') ?? false,
  }));
  return weighEvidence(tested, reproduced, { tests: side?.run.runUrl ?? null, base: base.runUrl });
}

/** Failing checks are no bug that somebody told: what was to be seen failing has failed already. */
function mayGoBack({ origin, ticket, unproven, attemptsBefore, policy }: Fix, { number }: Attempt): boolean {
  const isLast = number - attemptsBefore >= policy.budget.attempts;
  return origin.kind === 'issue' && ticket?.kind === 'bug' && unproven < limits.unproven && !isLast;
}

const maxNames = 10;

function sayUnproven(passing: readonly string[]): Feedback {
  const names = passing.slice(0, maxNames).map((name) => `- ${name}`);
  const text = [
    'The checks pass, but the new tests pass without your change as well, so they prove nothing:',
    names.join('\n'),
    'Write the test so that it fails on the code as it was, because of the bug of the issue, and passes with the change.',
  ].join('\n');
  const message = 'the new tests pass without the change as well';
  const failure = knownFailure('the checks', { tool: 'ai-fix', nature: 'test', message, excerpt: '' });
  return { text, failures: [failure], failed: 1 };
}
