import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tuning } from '../../src/index.ts';

/** A step of the App begins, or has done its work and is not recorded yet. */
export interface Moment {
  readonly at: 'before' | 'after';
  readonly name: string;
  /** Id of the delivery or burst. */
  readonly work: string;
  readonly atMs: number;
}

/** The same moment in any fix. Deliveries come in any order, so a point means each of them. */
export interface StepPoint {
  readonly at: Moment['at'];
  readonly name: string;
  readonly work: 'delivery' | `burst ${number}`;
}

export const pointOf = ({ at, name, work }: Moment): StepPoint => {
  const burst = /^burst\..*\.(\d+)$/.exec(work)?.[1];
  return { at, name, work: burst === undefined ? 'delivery' : `burst ${Number(burst)}` };
};

export function isAt(point: StepPoint, moment: Moment): boolean {
  const { at, name, work } = pointOf(moment);
  return point.at === at && point.name === name && point.work === work;
}

export interface AppOrder {
  readonly environment: Readonly<Record<string, string>>;
  /** On top of `testTuning`. */
  readonly engine?: Omit<NonNullable<Tuning['engine']>, 'onStep'>;
  readonly modelRequests?: Tuning['modelRequests'];
  /** How far the App's clock is ahead of ours. */
  readonly aheadMs?: number;
  /** The process kills itself at the first of these that is not among `spared`. */
  readonly killAt?: readonly StepPoint[];
  readonly spared?: readonly Moment[];
}

export type AppReport = { readonly type: 'ready' } | { readonly type: 'moment'; readonly moment: Moment };

/** Begins the line in which a process says where it kills itself: its channel to the parent loses the last words. */
export const killedPrefix = 'killed at ';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process under test. */
export interface Running {
  readonly pid: number;
  /** Everything it wrote so far. */
  readonly output: string;
  readonly exit: Promise<Exit>;
  /** Null while it lives. */
  readonly ended: Exit | null;
  signal(name: NodeJS.Signals): void;
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>;
}

export interface AppProcess extends Running {
  /** In their order. What was on its way when the process was killed is missing. */
  readonly moments: readonly Moment[];
  /** Rejects, with the output, when the process ends before it is ready. */
  readonly ready: Promise<void>;
}

export const thisProject = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Starts the real App with the tests' tuning in a process of its own, so that it can be killed for good.
 *
 * The settings travel over the channel to the child, which sets them as its environment: `/proc` never shows them.
 *
 * @param project another copy of this project, for instance with other code.
 */
export function startAppProcess(order: AppOrder, project = thisProject): AppProcess {
  const child = fork(join(project, 'test/support/app-process-main.ts'), [], {
    env: plainEnvironment(),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const running = watch(child);
  const moments: Moment[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (report: AppReport) => {
      if (report.type === 'ready') resolve();
      else moments.push(report.moment);
    });
    void running.exit.then(() => reject(new Error(`the App ended before it was ready:\n${running.output}`)));
  });
  // Whoever kills an App at its start does not wait for it.
  ready.catch(() => undefined);
  child.send(order);
  return Object.assign(running, { moments, ready });
}

/** Where a process killed itself, by its own last words; null when somebody else ended it. */
export function lastMoment({ output }: Running): Moment | null {
  const line = output.split('\n').findLast((one) => one.startsWith(killedPrefix));
  return line === undefined ? null : (JSON.parse(line.slice(killedPrefix.length)) as Moment);
}

/** Starts the program an admin starts, with settings in its environment as an admin has them. */
export function startCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder: string,
): Running {
  const cli = join(thisProject, 'src/cli.ts');
  const env = { ...plainEnvironment(), ...environment };
  return watch(spawn(process.execPath, [cli, ...args], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** What `npm run eval:scripted` starts. */
export function runScriptedTasks(args: readonly string[], folder: string): Running {
  const main = join(thisProject, 'test/eval/scripted-main.ts');
  return watch(
    spawn(process.execPath, [main, ...args], {
      env: plainEnvironment(),
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** Nothing of the test runner's: its variables would change how the App behaves. */
export const plainEnvironment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  TMPDIR: tmpdir(),
  // Hundreds of processes load the same modules.
  NODE_COMPILE_CACHE: join(thisProject, 'node_modules/.cache/ai-fix-compile'),
});

function watch(child: ChildProcess): Running {
  let output = '';
  let ended: Exit | null = null;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exit = once(child, 'close').then(([code, signal]): Exit => {
    ended = { code, signal };
    return ended;
  });
  return {
    pid: child.pid ?? 0,
    get output() {
      return output;
    },
    get ended() {
      return ended;
    },
    exit,
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
