import type { SideRun } from '../domain/candidate.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { digestOfTests, testsOf } from '../domain/patch-tests.ts';
import type { Reproduced } from '../domain/reproduction.ts';
import { reproductionNumber } from '../domain/reproduction.ts';
import { judgeReproduction, type ReproductionFinding } from '../domain/reproduction-finding.ts';
import type { CheckResult } from '../domain/verdict.ts';
import type { Ports } from '../ports/ports.ts';
import { gatherFeedback } from './gather-feedback.ts';
import { baseReports, type MeasuredRun, reportsOf } from './read-tree-reports.ts';

export interface ObservedTests {
  readonly run: SideRun;
  readonly results: readonly CheckResult[];
  readonly checks: readonly string[];
  readonly workflowBlob: string;
  readonly beside: readonly MeasuredRun[];
}

export type Observation =
  | { readonly kind: 'reproduced'; readonly reproduced: Reproduced }
  | { readonly kind: 'not'; readonly feedback: string };

const maxFeedbackLength = 12_000;

/** Reads from the reports of a run whether the tests that were written first fail on the base, or why nobody can say. */
export async function observeTests(
  ports: Pick<Ports, 'sandbox' | 'inventories' | 'reproductions'>,
  fix: Fix,
  { run, results, checks, workflowBlob, beside }: ObservedTests,
): Promise<Observation> {
  const written = await ports.reproductions.find(fix.id, reproductionNumber(fix));
  if (written === null) throw new TypeError(`${fix.id} has no tests that were written first`);
  const base = await baseReports(ports, fix, { checks, workflowBlob, beside });
  const tests = await reportsOf(ports, fix, run.runId, checks);
  const finding = judgeReproduction(
    written.tests,
    checks.map((check) => ({
      check,
      base: base.inventories.get(check),
      tests: tests.reports.get(check),
      isRed: results.some((result) => result.check === check && result.conclusion !== 'success'),
    })),
  );
  if (finding.kind === 'reproduced') {
    const { tests: seen } = finding;
    const digest = digestOfTests(testsOf(written.overlay));
    return { kind: 'reproduced', reproduced: { tests: seen, runUrl: run.runUrl, digest, base: written.base } };
  }
  const faults = tests.faults.map(({ check, fault }) => `the report of "${check}" could not be read: ${fault}`);
  const logs = finding.kind === 'no-evidence' ? await gatherFeedback(ports, fix, { runId: run.runId, results }) : null;
  return { kind: 'not', feedback: sayFinding(finding, faults, logs?.text ?? '').slice(0, maxFeedbackLength) };
}

function sayFinding(
  finding: Exclude<ReproductionFinding, { kind: 'reproduced' }>,
  faults: readonly string[],
  logs: string,
): string {
  if (finding.kind === 'passes') {
    const names = finding.passing.map((name) => `- ${name}`).join('\n');
    return `The tests pass on the repository as it is, so they do not show the bug:\n${names}\nEither they test something else, or the bug is not what it seems.`;
  }
  const list = [...finding.why, ...faults].map((reason) => `- ${reason}`).join('\n');
  return ['The tests were not seen failing by themselves, so they show nothing:', list, logs]
    .filter(Boolean)
    .join('\n\n');
}
