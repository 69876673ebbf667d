import { lstat, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sha } from '../domain/ids.ts';
import type { Bind } from './bubblewrap.ts';
import { type Cell, type Confine, openCell, runTool, tempFolder } from './cell.ts';
import { type CheckLog, createCheckLog } from './check-log.ts';
import type { CheckScript } from './check-script.ts';

/** What a set-up script made: a home, and what stands in the workspace beside the commit's own files. */
export interface Prepared {
  readonly cell: Cell;
  /** Topmost paths that the commit does not have, for instance `node_modules`. */
  readonly added: readonly string[];
}

export type PreparedAnswer =
  | { readonly kind: 'prepared'; readonly prepared: Prepared }
  | {
      readonly kind: 'failed';
      readonly why: string;
      readonly log: CheckLog;
      /** It ended by itself: a network may have failed it. */
      readonly mayBeChance: boolean;
    };

export interface SetUpOptions {
  /** In their order, until one fails. */
  readonly steps: readonly CheckScript[];
  readonly folder: string;
  readonly confine: Confine;
  readonly binds: readonly Bind[];
  exportTree(commit: Sha, folder: string): Promise<void>;
  /** Names what the set-up depends on: manifests and lockfiles. Equal names, equal results. */
  stateOf(commit: Sha): Promise<string>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  onBegin(): void;
}

const keptLogBytes = 2 * 1024 * 1024;

/**
 * Runs the set-up once for each state of the lockfiles, with network, in a cell of its own; checks get a copy of what it
 * made. It sees no secret either: what it downloads and runs is as little trusted as the code.
 *
 * A network fails by chance: what failed is tried once more at once, and only what was prepared is remembered.
 */
export function createSetUp(options: SetUpOptions) {
  const known = new Map<string, Promise<PreparedAnswer>>();
  return {
    for: async (commit: Sha): Promise<PreparedAnswer> => {
      const state = await options.stateOf(commit);
      const answer = known.get(state) ?? prepareTwice(options, commit);
      known.set(state, answer);
      const forget = (): void => {
        if (known.get(state) === answer) known.delete(state);
      };
      answer.then(({ kind }) => {
        if (kind === 'failed') forget();
      }, forget);
      return answer;
    },
    close: async (): Promise<void> => {
      for (const answer of known.values()) {
        const made = await answer.catch(() => null);
        if (made?.kind === 'prepared') await made.prepared.cell.remove();
      }
    },
  };
}

async function prepareTwice(options: SetUpOptions, commit: Sha): Promise<PreparedAnswer> {
  const first = await prepare(options, commit);
  return first.kind === 'failed' && first.mayBeChance && !options.signal.aborted ? prepare(options, commit) : first;
}

async function prepare(options: SetUpOptions, commit: Sha): Promise<PreparedAnswer> {
  options.onBegin();
  const cell = await openCell(options.folder, options.confine);
  try {
    const answer = await prepareIn(cell, options, commit);
    if (answer.kind === 'failed') await cell.remove();
    return answer;
  } catch (error) {
    await cell.remove();
    throw error;
  }
}

async function prepareIn(cell: Cell, options: SetUpOptions, commit: Sha): Promise<PreparedAnswer> {
  await options.exportTree(commit, cell.workspace);
  const before = await pathsIn(cell.workspace);
  await cell.giveAway();
  const log = createCheckLog(keptLogBytes);
  const { binds, timeoutMs, signal } = options;
  const failed = (why: string, mayBeChance = true): PreparedAnswer => {
    log.add(`##[error]The set-up failed: ${why}.\n`);
    return { kind: 'failed', why, log, mayBeChance };
  };
  for (const step of options.steps) {
    log.add(`##[group]Run ${step.script.trim().split('\n')[0] ?? ''}\n##[endgroup]\n`);
    const order = { ...step, binds, timeoutMs, signal, hasNetwork: true };
    const end = await cell.run({ ...order, onOutput: (chunk) => log.add(chunk) });
    if (end.kind === 'not-started') return failed(`the sandbox could not be started (${end.why})`, false);
    if (end.kind !== 'exited') return failed(`it was ${end.kind}`, false);
    if (end.code !== 0) return failed(`it ended with exit code ${end.code}`);
  }
  try {
    const after = await pathsIn(cell.workspace);
    const added = [...after].filter((path) => !before.has(path) && !isBelowAnother(path, before, after));
    return { kind: 'prepared', prepared: { cell, added } };
  } catch (error) {
    if (!(error instanceof UnreadableFolder)) throw error;
    return failed(error.message);
  }
}

/** Only the topmost of what is new counts. */
const isBelowAnother = (path: string, before: ReadonlySet<string>, after: ReadonlySet<string>): boolean => {
  const parent = dirname(path);
  return parent !== '.' && after.has(parent) && !before.has(parent);
};

const maxPaths = 2_000_000;

/** A command may take away rights, its own too. */
class UnreadableFolder extends Error {}

/** Folders and files, relative; links are not followed. What was there already is not looked into for new depths of `node_modules`. */
async function pathsIn(root: string): Promise<Set<string>> {
  const found = new Set<string>();
  const queue = [''];
  for (let folder = queue.pop(); folder !== undefined && found.size < maxPaths; folder = queue.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      throw new UnreadableFolder(`the folder ${JSON.stringify(folder)} that it left cannot be read (${error.code})`);
    });
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      found.add(path);
      if (entry.isDirectory()) queue.push(path);
    }
  }
  return found;
}

/**
 * Copies what a set-up made into another cell, beside the files of its commit. A candidate may have put a link where
 * something belongs: what would lead through one is left out.
 */
export async function copyPrepared({ cell, added }: Prepared, into: Cell): Promise<void> {
  into.words = cell.words;
  // The set-up may have put anything in its place.
  await rm(join(into.home, tempFolder), { recursive: true });
  await copy(`${cell.home}/.`, `${into.home}/.`);
  for (const path of added) {
    const target = join(into.workspace, path);
    const isFree = (await lstat(target).catch(() => null)) === null;
    if (isFree && (await isPlainFolder(into.workspace, dirname(path)))) await copy(join(cell.workspace, path), target);
  }
}

const copy = (from: string, to: string): Promise<void> => runTool('cp', ['-a', '-T', '--reflink=auto', from, to]);

/** Whether the whole way is made of folders, none of them a link. */
export async function isPlainFolder(root: string, path: string): Promise<boolean> {
  const parts = path.split('/').filter((part) => part !== '.' && part !== '');
  for (const [index] of parts.entries()) {
    const stats = await lstat(join(root, ...parts.slice(0, index + 1))).catch(() => null);
    if (stats?.isDirectory() !== true) return false;
  }
  return true;
}
