import { type Failure, type KnownFailure, knownFailure, nameOf } from '../domain/failure.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { CheckResult } from '../domain/verdict.ts';
import type { Ports } from '../ports/ports.ts';
import { readReportedFailures } from './read-inventory.ts';
import { tellFailures } from './tell-failures.ts';

/** Why a run failed: as the debugger is told it, and as it is kept to compare attempts by. */
export interface Feedback {
  readonly text: string;
  readonly failures: readonly KnownFailure[];
  /** How many failed in all. */
  readonly failed: number;
}

/** What is known of the base without the patch; `inventories` by check, where it kept reports. */
export interface BaseKnowledge {
  readonly results: readonly CheckResult[];
  readonly inventories: Readonly<Record<string, Inventory>>;
}
const nothingKnown: BaseKnowledge = { results: [], inventories: {} };

const maxLogBytes = 2 * 1024 * 1024;
const maxFeedbackLength = 24_000;
const maxKept = 100;

/**
 * For each failing check what failed, by its test reports and its log, and whether it fails without the patch too.
 *
 * @throws {ForgeError}
 */
export async function gatherFeedback(
  { sandbox }: Pick<Ports, 'sandbox'>,
  fix: Fix,
  run: { readonly runId: number; readonly results: readonly CheckResult[] },
  base: BaseKnowledge = nothingKnown,
): Promise<Feedback> {
  const failing = run.results.filter(({ conclusion }) => conclusion !== 'success');
  const reported = await readReportedFailures(
    { sandbox },
    fix.repository,
    run.runId,
    failing.map(({ check }) => check),
  );
  const share = Math.floor(maxFeedbackLength / Math.max(1, failing.length));
  const told = await Promise.all(
    failing.map(async (result) => {
      const log = result.jobId === null ? null : await sandbox.logTail(fix.repository, result.jobId, maxLogBytes);
      return tellCheck(result, log, reported.get(result.check) ?? [], { share, base });
    }),
  );
  const failures = told.flatMap((one) => one.failures);
  const isAllOld = failures.length > 0 && failures.every(({ isOnBase }) => isOnBase === true);
  const note = isAllOld
    ? 'All of this fails on the base as well: the patch broke none of it. Still, every check has to pass.'
    : '';
  return {
    text: [...told.map(({ text }) => text), note].filter(Boolean).join('\n\n'),
    failures: failures.slice(0, maxKept),
    failed: told.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function tellCheck(
  result: CheckResult,
  log: string | null,
  reported: readonly Failure[],
  { share, base }: { readonly share: number; readonly base: BaseKnowledge },
): Feedback {
  const { check, conclusion, failedSteps } = result;
  const isOld = isOnBase(check, base);
  const told = tellFailures(
    log,
    share,
    reported.toSorted((a, b) => Number(isOld(a)) - Number(isOld(b))),
  );
  const step = failedSteps.length === 0 ? '' : ` in the step "${failedSteps.join('", "')}"`;
  const heading = `The check "${check}" ended as ${conclusion}${step}.${oldText(check, told.failures.filter(isOld), base)}`;
  return {
    text: `${heading}\n${told.text}`,
    failures: told.failures.map((failure) => knownFailure(check, failure, isOld(failure))),
    failed: told.count,
  };
}

/** By its own name where the base kept reports; else a check that fails there counts with all that fails in it. */
function isOnBase(check: string, { results, inventories }: BaseKnowledge): (failure: Failure) => boolean {
  const failsThere = results.some((result) => result.check === check && result.conclusion !== 'success');
  const inventory = inventories[check];
  if (inventory === undefined) return () => failsThere;
  const failed = new Set(inventory.failed);
  return ({ test }) => test !== undefined && failed.has(test);
}

const maxNames = 10;

function oldText(check: string, old: readonly Failure[], { results }: BaseKnowledge): string {
  const failsThere = results.some((result) => result.check === check && result.conclusion !== 'success');
  const text = failsThere ? ' It fails on the base as well, without the patch.' : '';
  if (old.length === 0 || old.every(({ test }) => test === undefined)) return text;
  const names = old.slice(0, maxNames).map(nameOf).join('; ');
  const more = old.length > maxNames ? `; and ${old.length - maxNames} more` : '';
  return `${text} These fail there too and are no failures of the patch: ${names}${more}.`;
}
