import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Candidate } from '../domain/candidate.ts';
import { ForgeError } from '../domain/faults.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import type { Sha } from '../domain/ids.ts';
import { runTitle, sandboxProtocol } from '../domain/sandbox-protocol.ts';
import type { Ports } from '../ports/ports.ts';
import type { Run } from '../ports/sandbox.ts';
import type { Expectation } from './read-verdict.ts';

export interface WantedValidation {
  readonly ground: Ground;
  readonly candidate: Sha;
  readonly checks: readonly string[];
  /** In place of the checks these run; the only one of `checks` then names their job. */
  readonly fixers?: readonly string[];
  /** Counts the dispatches of one fix, so that a run without a verdict is followed by another, never by the same. */
  readonly number: number;
}

export type DispatchPorts = Pick<Ports, 'sandbox' | 'effects' | 'pace' | 'now'>;

/** The nonce of a dispatch, drawn once: it is on record before anything is dispatched under it. */
export async function drawNonce({ effects }: Pick<Ports, 'effects'>, fix: Fix, number: number): Promise<string> {
  const known = await effects.find(fix.id, `nonce:${number}`);
  if (typeof known?.nonce === 'string') return known.nonce;
  const nonce = randomBytes(16).toString('hex');
  await effects.record(fix.id, `nonce:${number}`, { nonce });
  return nonce;
}

/**
 * Has the sandbox workflow run on the candidate, on the fix's own branch, so that its caches are never the default
 * branch's.
 *
 * Idempotent: when an earlier try may have dispatched (its mark is on record, its answer is not), the run is looked
 * for by its title for as long as GitHub's list may lag, and only then dispatched again. A double that turns up later
 * is cancelled by `cancelDoubles`; the verdict is bound to the recorded run anyway.
 */
export async function dispatchValidation(
  ports: DispatchPorts,
  fix: Fix,
  nonce: string,
  wanted: WantedValidation,
): Promise<Candidate | { refused: string }> {
  const { sandbox, effects, now } = ports;
  const key = `run:${wanted.number}`;
  const known = await effects.find(fix.id, key);
  if (typeof known?.id === 'number')
    return toCandidate(wanted.candidate, { id: known.id, url: String(known.url) }, Number(known.atMs));

  const mark = { isTried: true, branch: wanted.ground.branch, title: runTitle(nonce, wanted.candidate) };
  const keep = async ({ id, url }: Pick<Run, 'id' | 'url'>): Promise<Candidate> => {
    const atMs = now();
    await effects.record(fix.id, key, { ...mark, id, url, atMs });
    return toCandidate(wanted.candidate, { id, url }, atMs);
  };
  if (known?.isTried === true) {
    const earlier = await findRun(ports, fix, nonce, wanted);
    if (earlier !== null) return keep(earlier);
  }
  await effects.record(fix.id, key, mark);
  const answer = await sandbox.dispatch(fix.repository, fix.policy.sandboxWorkflow, wanted.ground.branch, {
    protocol: sandboxProtocol,
    mode: wanted.fixers === undefined ? 'validate' : 'recipe',
    checks: JSON.stringify(wanted.checks),
    ...(wanted.fixers === undefined ? {} : { fixers: JSON.stringify(wanted.fixers) }),
    sha: wanted.candidate,
    base_sha: wanted.ground.base,
    nonce,
  });
  if (answer.kind === 'refused') return { refused: answer.reason };
  if (answer.runId !== null) {
    const run = await sandbox.inspect(fix.repository, answer.runId);
    return keep(run ?? { id: answer.runId, url: '' });
  }
  const run = await findRun(ports, fix, nonce, wanted);
  if (run === null) throw new ForgeError('GitHub took the dispatch, yet no run of it shows', { isRetryable: true });
  return keep(run);
}

const toCandidate = (sha: Sha, run: { readonly id: number; readonly url: string }, atMs: number): Candidate => ({
  sha,
  runId: run.id,
  runUrl: run.url,
  dispatchedAtMs: atMs,
});

const lookEveryMs = 1_000;

async function findRun(
  { sandbox, pace }: DispatchPorts,
  fix: Fix,
  nonce: string,
  wanted: WantedValidation,
): Promise<Run | null> {
  const title = runTitle(nonce, wanted.candidate);
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const [oldest] = await sandbox.find(fix.repository, fix.policy.sandboxWorkflow, wanted.ground.branch, title);
    if (oldest !== undefined) return oldest;
    if (waitedMs >= pace.listingLagMs) return null;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/**
 * Cancels the runs of a fix: all of them, or only doubles, which is every run under a dispatch's title but the one on
 * record. Idempotent; ended runs are left alone.
 */
export async function cancelRuns(
  { sandbox, effects }: Pick<Ports, 'sandbox' | 'effects'>,
  fix: Fix,
  which: 'all' | 'doubles',
): Promise<void> {
  const dispatches = await dispatchesOf({ effects }, fix);
  for (let number = 1; number <= dispatches; number++) {
    const known = await effects.find(fix.id, `run:${number}`);
    if (typeof known?.title !== 'string' || typeof known.branch !== 'string') continue;
    const runs = await sandbox.find(fix.repository, fix.policy.sandboxWorkflow, known.branch, known.title);
    const unwanted = runs.map((run) => run.id).filter((id) => which === 'all' || id !== known.id);
    const ids = which === 'all' && typeof known.id === 'number' ? [known.id, ...unwanted] : unwanted;
    for (const id of new Set(ids)) await sandbox.cancel(fix.repository, id);
  }
}

/**
 * Dispatches of a fix count from 1. What the verdict will be held against is recorded with the number, before anything
 * is dispatched. Not idempotent, yet harmless twice: a number that nothing was dispatched under names no run.
 */
export async function numberDispatch(
  { effects }: Pick<Ports, 'effects'>,
  fix: Fix,
  expected: { readonly workflowPath: string; readonly workflowBlob: string; readonly checks: readonly string[] },
): Promise<number> {
  const number = (await dispatchesOf({ effects }, fix)) + 1;
  await effects.record(fix.id, `expectation:${number}`, expected);
  await effects.record(fix.id, 'dispatches', { count: number });
  return number;
}

/** How often this fix has dispatched; dispatches count from 1. */
async function dispatchesOf({ effects }: Pick<Ports, 'effects'>, fix: Fix): Promise<number> {
  const known = await effects.find(fix.id, 'dispatches');
  return typeof known?.count === 'number' ? known.count : 0;
}

const expectationSchema = z.object({ workflowPath: z.string(), workflowBlob: z.string(), checks: z.array(z.string()) });

/** What a verdict is held against, as it was recorded before the dispatch. */
export async function expectationOf(
  ports: Pick<Ports, 'effects'>,
  fix: Fix,
  dispatch: number | undefined,
): Promise<Expectation> {
  // A candidate that an older version dispatched does not carry its number; it was the newest.
  const number = dispatch ?? (await dispatchesOf(ports, fix));
  const expected = expectationSchema.parse(await ports.effects.find(fix.id, `expectation:${number}`));
  return { ...expected, nonce: await drawNonce(ports, fix, number) };
}
