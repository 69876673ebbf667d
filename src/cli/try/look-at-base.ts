import { ConfigError } from '../../domain/faults.ts';
import { kindsOfFixer } from '../../domain/recipe.ts';
import { redact } from '../../domain/redact.ts';
import type { BaseCheck, LocalSandbox } from '../../local/local-sandbox.ts';
import { SandboxFault } from '../../local/run-check.ts';
import { UsageError } from '../command.ts';
import { type BaseFailure, kindsSaidBy, lastLines, readBaseFailure } from './base-failure.ts';
import type { FoundChecks, FoundFixers } from './found-checks.ts';
import type { TryDesk, TryOptions } from './options.ts';

type Order = Pick<TryOptions, 'signal' | 'secrets' | 'mayBeginBroken' | 'fixesChecks'>;

const shownLines = 6;
const toldLines = 8;
/** npm prints its whole help behind the reason. */
const toldLinesOfSetUp = 40;

interface Looked extends Pick<FoundChecks, 'checks'> {
  /** What may go to work on what fails; null where nothing may. */
  readonly fixers: Pick<FoundFixers, 'names' | 'before'> | null;
}

/**
 * Runs the checks before anything is spent. Those that cannot run at all would only cost money; those that fail already
 * are told, and stay what they are; so is a set-up that a fixer with a step before it mends. Where none keeps a test report, no failing test is asked of a model: nobody could see
 * it fail.
 *
 * @throws {UsageError} where a check cannot run, or all fail in a way that nobody can read and nobody wants to go on.
 * @throws {ConfigError} where the sandbox cannot be made.
 */
export async function lookAtBase(
  sandbox: LocalSandbox,
  { checks, fixers }: Looked,
  order: Order,
  desk: TryDesk,
): Promise<readonly BaseCheck[]> {
  for (const { name, command, from } of checks) desk.progress(`check ${name}: ${command} (${from})`);
  const ends = await endsOnBase(sandbox, order.signal);
  if (order.signal.aborted) return ends;
  const words = (end: BaseCheck, max: number) => lastLines(end, max).map((line) => redact(line, order.secrets));
  const found = ends.map((end) => ({ end, failure: end.conclusion === 'success' ? null : readBaseFailure(end) }));
  // What fails may be for the fixers, who cost nothing.
  const mayBegin = order.mayBeginBroken === true || order.fixesChecks === true;
  for (const { end, failure } of found) {
    sayEnd(end, words(end, shownLines), desk);
    if (failure === null || isForFixers(end, fixers)) continue;
    if (end.failedStep === 'set-up') throw setUpFailed(words(end, toldLinesOfSetUp).join('\n'));
    if (failure === 'cannot-run' || (failure === 'seems-unable' && !mayBegin))
      throw cannotRun(end, failure, words(end, toldLines).join('\n'));
  }
  const isBroken = found.every(({ failure }) => failure === 'untold');
  if (isBroken && !mayBegin) await confirmBroken(ends, order, desk);
  if (!keepsReports(ends)) desk.progress(sayNoReports);
  return ends;
}

export const keepsReports = (ends: readonly BaseCheck[]): boolean => ends.some(({ reports }) => reports !== null);

const sayNoReports =
  'no check keeps a test report, so no failing test is asked for first, and tests are not compared by name; "$AI_FIX_REPORTS" in docs/try.md of ai-fix says how to turn that on';

async function endsOnBase(sandbox: LocalSandbox, signal: AbortSignal): Promise<readonly BaseCheck[]> {
  try {
    return await sandbox.lookAtBase(signal);
  } catch (error) {
    if (error instanceof SandboxFault) throw new ConfigError([error.message]);
    throw error;
  }
}

function sayEnd({ name, conclusion, tookMs }: BaseCheck, said: readonly string[], desk: TryDesk): void {
  const seconds = (tookMs / 1_000).toFixed(1);
  if (conclusion === 'success') desk.progress(`without a patch ${name} passes (${seconds} s)`);
  else desk.progress(`without a patch ${name} ends as ${conclusion} (${seconds} s)`);
  if (conclusion !== 'success') for (const line of said) desk.progress(`  ${line}`);
}

/** A lockfile behind its manifest fails the set-up; the step that refreshes it stands before that. */
function isForFixers(end: BaseCheck, fixers: Looked['fixers']): boolean {
  if (fixers === null || end.failedStep !== 'set-up') return false;
  const called = kindsSaidBy(end);
  return fixers.before.some(
    ({ fixer }) =>
      fixer !== null && fixers.names.includes(fixer) && kindsOfFixer(fixer).some((kind) => called.has(kind)),
  );
}

const setUpFailed = (told: string): UsageError =>
  new UsageError(`the set-up failed, so no check can run:\n${told}\nTry the command by hand, and mend --setup`);

function cannotRun({ name }: BaseCheck, failure: BaseFailure, told: string): UsageError {
  const meant =
    failure === 'seems-unable'
      ? '. Where it fails in the code all the same, say that it is meant so: --broken-base'
      : '';
  return new UsageError(
    `the check ${name} cannot be run in the sandbox:\n${told}\nThe sandbox has no network and sees /usr, this node and the folders named with --tool; dependencies come from the work tree, or from --setup "npm ci"${meant}`,
  );
}

/** Asked even where every gate is opened: whatever the models wrote, such checks might never pass. */
async function confirmBroken(ends: readonly BaseCheck[], { signal }: Order, desk: TryDesk): Promise<void> {
  const names = ends.map(({ name }) => name).join(', ');
  const answer = await desk.ask(
    `Without a patch nothing passes (${names}), and no test is said to fail. Go on all the same? [y]es, [n]o: `,
    signal,
  );
  if (signal.aborted || /^(?:y|yes)$/i.test(answer?.trim() ?? '')) return;
  throw new UsageError(
    `without a patch nothing passes (${names}), and what these checks print names no test that fails and no place in the code, so money could be spent in vain. Mend what they need (--setup, --tool, --check-timeout), or say that it is meant so: --broken-base`,
  );
}
