import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Budget } from '../../domain/budget.ts';
import { triedSchema } from './outcome.ts';
import type { TryEnd, TryOrder, TryTask } from './solve-task.ts';

/** What the process of a fix is told. */
export interface ChildOrder extends Omit<TryOrder, 'budget'> {
  readonly limits: Partial<Budget>;
  readonly checkTimeoutMs: number;
}

/** After this it ends as by Ctrl-C. */
export const stopWord = 'stop';

/** The one thing that it tells. */
export type ChildWord =
  | { readonly kind: 'ended'; readonly json: string }
  | { readonly kind: 'crashed'; readonly why: string };

const wordSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ended'), json: z.string() }),
  z.object({ kind: z.literal('crashed'), why: z.string() }),
]);

export interface TryProcessOptions {
  /** With the models' keys: it is the host's own code that runs there, and what would load other code is left out. */
  readonly environment: NodeJS.ProcessEnv;
  readonly checkTimeoutMs: number;
  /** For the whole fix. */
  readonly deadlineMs: number;
}

/** To stop in good order, and to write down what was spent. */
export const graceMs = 30_000;
const keptStderr = 4_000;

/** Each fix in a process of its own: the engine underneath has one set of queues, and a crash takes nobody along. */
export function createTryProcess(options: TryProcessOptions): TryTask {
  return async (order, signal) => {
    if (signal.aborted) return { kind: 'stopped' };
    const child = fork(fileURLToPath(new URL('try-child.ts', import.meta.url)), [], {
      env: { ...without(options.environment, loaders), TMPDIR: order.folder },
      execArgv: [],
      // A group of its own: Ctrl-C at the terminal reaches this process alone, which then stops the others.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.send(childOrder(order, options));
    return follow(child, options.deadlineMs, signal);
  };
}

/** What has a process load code before its own; it holds the keys. */
const loaders: ReadonlySet<string> = new Set(['NODE_OPTIONS', 'NODE_PATH', 'LD_PRELOAD', 'LD_AUDIT']);

const without = (environment: NodeJS.ProcessEnv, names: ReadonlySet<string>): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.has(name)));

function childOrder({ budget, ...order }: TryOrder, { checkTimeoutMs }: TryProcessOptions): ChildOrder {
  const set = Object.entries(budget).filter(([, limit]) => limit !== null);
  return { ...order, limits: Object.fromEntries(set), checkTimeoutMs };
}

function follow(child: ChildProcess, deadlineMs: number, signal: AbortSignal): Promise<TryEnd> {
  return new Promise((resolve) => {
    let word: ChildWord | null = null;
    let early: 'stopped' | 'timed-out' | null = null;
    let stderr = '';
    let killer: NodeJS.Timeout | undefined;
    const end = (why: 'stopped' | 'timed-out'): void => {
      early ??= why;
      // A word, and no end of the channel: after that Node would not tell us when the process is gone.
      if (child.connected) child.send(stopWord, () => undefined);
      killer ??= setTimeout(() => killGroup(child), graceMs);
    };
    const stop = (): void => end('stopped');
    const timer = setTimeout(() => end('timed-out'), deadlineMs);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk.toString()}`.slice(-keptStderr);
    });
    child.on('message', (said) => {
      word = wordSchema.safeParse(said).data ?? null;
    });
    child.on('error', (error) => {
      stderr += error.message;
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      clearTimeout(killer);
      signal.removeEventListener('abort', stop);
      killGroup(child);
      // A word is worth more than none: it says what was spent.
      resolve(early === null || word?.kind === 'ended' ? endOf(word, code, stderr) : { kind: early });
    });
  });
}

function endOf(word: ChildWord | null, code: number | null, stderr: string): TryEnd {
  if (word === null) {
    const how = code === null ? 'was killed' : `ended with ${code}`;
    return { kind: 'crashed', why: `the process of the fix ${how}${stderr === '' ? '' : `: ${stderr.trim()}`}` };
  }
  if (word.kind === 'crashed') return word;
  const read = triedSchema.safeParse(JSON.parse(word.json));
  if (read.success) return { kind: 'ended', tried: read.data, json: word.json };
  return { kind: 'crashed', why: `what the fix told cannot be read: ${z.prettifyError(read.error).slice(0, 500)}` };
}

/** Nothing that it started outlives it. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
