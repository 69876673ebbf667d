import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../support/app-process.ts';

/** What the process of `drill-app-main.ts` is told. */
export type DrillOrder =
  | { readonly type: 'start'; readonly environment: Readonly<Record<string, string>> }
  /** Whether names are resolved. */
  | { readonly type: 'names'; readonly areKnown: boolean };

export interface DrillApp {
  tell(order: DrillOrder): void;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
  /** Lets it end what it does. */
  stop(): Promise<void>;
  /** Everything it wrote. */
  readonly output: string;
}

/** Starts the App in a process that can be killed. @throws {Error} with its output when it ends before it is ready. */
export async function startDrillApp(environment: Readonly<Record<string, string>>): Promise<DrillApp> {
  const child = fork(fileURLToPath(new URL('drill-app-main.ts', import.meta.url)), [], {
    env: plainEnvironment(),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exit = once(child, 'close');
  // One that is being killed hears nothing any more, and the next one begins anew.
  const tell = (order: DrillOrder) => void child.send(order, () => undefined);
  tell({ type: 'start', environment });
  await Promise.race([
    once(child, 'message'),
    exit.then(() => {
      throw new Error(`the App ended before it was ready:\n${output}`);
    }),
  ]);
  return {
    tell,
    kill: () => end(child, 'SIGKILL', exit),
    stop: () => end(child, 'SIGTERM', exit),
    get output() {
      return output;
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, exit: Promise<unknown>): Promise<void> {
  child.kill(signal);
  await exit;
}
