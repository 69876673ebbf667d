import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A Node process of the bench. It never outlives this one. */
export interface Child {
  readonly pid: number;
  /** The most memory it ever held, without its git processes. */
  peakRssBytes(): number;
  /** Processor time so far. Of all measures the one that a noisy neighbour touches least. */
  cpuMs(): number;
  /** Ends it at once: nothing of a bench is kept. */
  kill(): Promise<void>;
}

export interface ChildOrder {
  readonly file: URL;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Gets what the process prints. */
  readonly logFile: string;
}

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export function startChild({ file, args = [], environment, cwd, logFile }: ChildOrder): Child {
  const log = openSync(logFile, 'a');
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, ...environment };
  const child = spawn(process.execPath, [fileURLToPath(file), ...args], { cwd, env, stdio: ['ignore', log, log] });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${fileURLToPath(file)} could not be started`);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  living.add(child);
  void ended.then(() => living.delete(child));
  return {
    pid,
    peakRssBytes: () => 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
    cpuMs: () => {
      // proc(5): utime and stime are fields 14 and 15, in ticks of 10 ms; the name before may hold spaces.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return 10 * (Number(fields[11]) + Number(fields[12]));
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** @throws {Error} when a server does not answer 200 within 30 s, with the end of its log. */
export async function untilAnswers(url: string, logFile: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not answer:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`);
}
