import { takeModelSettings } from '../config/environment.ts';
import { ConfigError } from '../domain/faults.ts';
import { rosterOptions } from '../house.ts';
import { createRoster } from '../models/roster.ts';
import { type Command, type ExitCode, exits } from './command.ts';
import { compare, comparisonText } from './eval/compare.ts';
import { makeDatabaseImage } from './eval/database-image.ts';
import { checkAll, evaluate } from './eval/evaluate.ts';
import { chosen, type EvalOrder, readEvalOrder } from './eval/options.ts';
import { readTasks } from './eval/read-tasks.ts';
import { readResults } from './eval/results.ts';
import { TaskError } from './eval/task-problems.ts';
import { createTryProcess } from './eval/try-process.ts';
import type { Terminal } from './terminal.ts';

export const evalCommand: Command = {
  help: `Usage: ai-fix eval <tasks> [options]
       ai-fix eval <tasks> --check-tasks [--only …] [--tags …] [--jobs N]
       ai-fix eval --compare <run> <run>

Runs each task through the same path as ai-fix try, then lays hidden tests over the final commit and runs them in the
sandbox. Solved means that both its own checks and the hidden tests pass; a false green is complete and fails them.
The models are those of the environment (docs/configuration.md); a .env is not read, it could be a repository's. The
format of tasks, and what is written: docs/eval.md

  --out folder          where the run is kept; a run that is there goes on (default: .eval/<name of tasks>)
  --fresh               begins that run anew
  --retry-errors        tries those again that ended by an error of ai-fix or of its process
  --jobs N              tasks at once (default: half of the cores)
  --only a,b            these tasks
  --tags a,b            tasks with one of these tags or languages
  --repeat N            each task so often
  --model p/m           one model for all roles
  --budget USD          for each fix (default: what the task says, else 5)
  --budget-total USD    for the run: nothing begins that could exceed it
  --minutes N           for each fix as a whole (default: 120)
  --check-minutes N     for each check and the hidden tests (default: 10)
  --check-tasks         asks no model: proves that hidden tests fail on the base and on traps, and pass on the solution
  --compare             two runs side by side, and whether chance explains the difference

Exit code: 0 when all is done, 1 when something is left or ended by an error, or a task is not good, 78 when tasks or
settings are wrong, 130 when it was stopped.`,
  run: async (args, terminal) => {
    try {
      return await carryOut(readEvalOrder(args), terminal);
    } catch (error) {
      if (!(error instanceof TaskError || error instanceof ConfigError)) throw error;
      terminal.complain(['ai-fix eval cannot go on:', ...error.problems.map((problem) => `  - ${problem}`)].join('\n'));
      return exits.config;
    }
  },
};

async function carryOut(order: EvalOrder, terminal: Terminal): Promise<ExitCode> {
  switch (order.kind) {
    case 'help':
      terminal.say(evalCommand.help);
      return exits.good;
    case 'compare':
      return compareRuns(order.first, order.second, terminal);
    case 'check': {
      const areGood = await checkAll(order.tasks, order.choice, order.pace, {
        terminal,
        signal: interrupted(terminal),
      });
      return areGood ? exits.good : exits.fault;
    }
    case 'run':
      return runAll(order, terminal);
  }
}

async function compareRuns(first: string, second: string, terminal: Terminal): Promise<ExitCode> {
  const runs = [await readResults(first), await readResults(second)] as const;
  const empty = [first, second].filter((_name, index) => runs[index]?.length === 0);
  if (empty.length > 0)
    throw new TaskError(empty.map((name) => `${name}: there are no results; name the folder of a run (its --out)`));
  terminal.say(comparisonText(compare(...runs), [first, second]));
  return exits.good;
}

async function runAll(order: Extract<EvalOrder, { kind: 'run' }>, terminal: Terminal): Promise<ExitCode> {
  // What needs no key is looked at first.
  chosen(await readTasks(order.tasks), order.choice);
  // Looked at here, so that a missing key is said once and before anything begins; the fixes' processes take the keys.
  const { model } = order.run;
  const { models } = takeModelSettings({ ...process.env }, model === null ? [] : [model]);
  const tryTask = createTryProcess({
    environment: process.env,
    checkTimeoutMs: order.pace.checkTimeoutMs,
    deadlineMs: order.run.deadlineMs,
  });
  const signal = interrupted(terminal);
  const chains = model === null ? createRoster(rosterOptions(models, undefined, undefined)).describe() : null;
  const whole = { ...order, tryTask, chains, makeImage: makeDatabaseImage };
  const { kind, errors } = await evaluate(whole, { terminal, signal });
  if (kind === 'stopped') return exits.interrupted;
  return kind === 'complete' && errors === 0 ? exits.good : exits.fault;
}

/** The first Ctrl-C lets nothing new begin and stops what runs; the second ends at once. */
function interrupted(terminal: Terminal): AbortSignal {
  const stop = new AbortController();
  const hear = (): void => {
    if (stop.signal.aborted) process.exit(exits.interrupted);
    terminal.complain('stopping; what is done is kept, and the same command goes on');
    stop.abort();
  };
  process.on('SIGINT', hear);
  process.on('SIGTERM', hear);
  return stop.signal;
}
