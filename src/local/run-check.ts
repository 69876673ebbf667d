import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sha } from '../domain/ids.ts';
import type { Artifact } from '../ports/sandbox.ts';
import type { Bind } from './bubblewrap.ts';
import { type Cell, type CellEnd, type Confine, openCell } from './cell.ts';
import { type CheckLog, createCheckLog } from './check-log.ts';
import type { CheckScript } from './check-script.ts';
import { readReports } from './read-reports.ts';
import { copyPrepared, createSetUp, isPlainFolder, type SetUpOptions } from './set-up.ts';

export interface RunnerOptions {
  /** Where cells are made. */
  readonly folder: string;
  readonly confine: Confine;
  /** By name. */
  readonly scripts: ReadonlyMap<string, CheckScript>;
  /** Null where nothing has to be installed. */
  readonly setUp: Pick<SetUpOptions, 'steps' | 'stateOf'> | null;
  /** Folders of the person's work tree, such as `node_modules`, that checks see read-only. */
  readonly dependencies: readonly { readonly path: string; readonly from: string }[];
  /** Shown read-only at the same place as on this host. */
  readonly tools: readonly string[];
  exportTree(commit: Sha, folder: string): Promise<void>;
  /** Of one check, and of the set-up. */
  readonly timeoutMs: number;
  onProgress(progress: { readonly type: 'setting-up' }): void;
}

export interface CheckEnd {
  readonly conclusion: 'success' | 'failure' | 'timed_out' | 'cancelled';
  /** What of it failed, in a word. */
  readonly failedStep: string;
  readonly tookMs: number;
  readonly log: CheckLog;
  readonly reports: Pick<Artifact, 'files' | 'fault'> | null;
}

const keptLogBytes = 4 * 1024 * 1024;

/** Runs single checks, each on a fresh export of a commit. Nothing is left of a check but what it printed and reported. */
export function createCheckRunner(options: RunnerOptions) {
  const ended = new AbortController();
  const binds = options.tools.map((tool): Bind => ({ from: tool, to: tool, access: 'read' }));
  const { setUp, folder, confine, timeoutMs } = options;
  const setUps =
    setUp === null
      ? null
      : createSetUp({
          ...setUp,
          folder,
          confine,
          binds,
          timeoutMs,
          exportTree: (commit, into) => options.exportTree(commit, into),
          signal: ended.signal,
          onBegin: () => options.onProgress({ type: 'setting-up' }),
        });

  return {
    run: async (name: string, commit: Sha, signal: AbortSignal): Promise<CheckEnd> => {
      const beganMs = Date.now();
      const log = createCheckLog(keptLogBytes);
      const over = (
        conclusion: CheckEnd['conclusion'],
        failedStep = 'check',
        reports: CheckEnd['reports'] = null,
      ): CheckEnd => ({ conclusion, failedStep, tookMs: Date.now() - beganMs, log, reports });
      const script = options.scripts.get(name);
      if (script === undefined) {
        log.add(`##[error]There is no check of this name: ${name}\n`);
        return over('failure');
      }
      const prepared = setUps === null ? undefined : await unlessAborted(setUps.for(commit), signal);
      if (prepared === 'aborted') return over('cancelled');
      if (prepared?.kind === 'failed') {
        log.add(prepared.log.tail(keptLogBytes));
        return over('failure', 'set-up');
      }
      const cell = await openCell(folder, confine);
      try {
        await options.exportTree(commit, cell.workspace);
        if (prepared !== undefined) await copyPrepared(prepared.prepared, cell);
        const shown = [...binds, ...(await dependenciesFor(cell, options.dependencies))];
        await cell.giveAway();
        log.add(`##[group]Run ${script.script.trim().split('\n')[0] ?? ''}\n##[endgroup]\n`);
        const order = { hasNetwork: false, ...script, binds: shown, timeoutMs, signal };
        const end = await cell.run({ ...order, onOutput: (chunk) => log.add(chunk) });
        const reports = end.kind === 'exited' ? await readReports(cell) : null;
        return over(concluded(end, timeoutMs, log), 'check', reports);
      } finally {
        await cell.remove();
      }
    },
    /** Ends a set-up that runs: checks may wait for it. */
    stop: (): void => ended.abort(),
    /** Once no check runs any more. */
    close: async (): Promise<void> => {
      ended.abort();
      await setUps?.close();
    },
  };
}

/** A set-up is for several checks, so that it goes on when one of them is stopped. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> {
  // Whoever is not waited for any more fails in silence.
  work.catch(() => undefined);
  if (signal.aborted) return 'aborted';
  let abort: () => void = () => undefined;
  const aborted = new Promise<'aborted'>((resolve) => {
    abort = () => resolve('aborted');
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Nothing ran, whatever the commit holds. */
export class SandboxFault extends Error {
  override readonly name = 'SandboxFault';
}

/** How a command's end counts, with its last word in the log. */
export function concluded(end: CellEnd, timeoutMs: number, log: CheckLog): CheckEnd['conclusion'] {
  switch (end.kind) {
    case 'timed-out':
      log.add(`\n##[error]The check did not end within ${Math.round(timeoutMs / 1_000)} seconds.\n`);
      return 'timed_out';
    case 'cancelled':
      log.add('\n##[error]The operation was canceled.\n');
      return 'cancelled';
    case 'not-started':
      // No verdict on the commit: the run gives none.
      throw new SandboxFault(`the sandbox could not be started: ${end.why}`);
    case 'exited':
      if (end.code === 0) return 'success';
      log.add(`\n##[error]Process completed with exit code ${end.code}.\n`);
      return 'failure';
  }
}

/** Those of the work tree's folders that the commit leaves room for: where it has something itself, or a link on the way, that stands. */
export async function dependenciesFor(cell: Cell, dependencies: RunnerOptions['dependencies']): Promise<Bind[]> {
  const binds: Bind[] = [];
  for (const { path, from } of dependencies) {
    const isFree = (await lstat(join(cell.workspace, path)).catch(() => null)) === null;
    if (isFree && (await isPlainFolder(cell.workspace, dirname(path))))
      binds.push({ from, to: `/workspace/${path}`, access: 'read' });
  }
  return binds;
}
