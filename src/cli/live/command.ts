import { type ExitCode, exits, UsageError } from '../command.ts';
import { loadDotEnv, takeRedactedSettings } from '../settings.ts';
import type { Terminal } from '../terminal.ts';
import { askGitHub, isPlainlyScratch, type LiveOrder } from './ask-github.ts';

/** @throws {UsageError} where the repository may be one that somebody works in. */
export async function live(
  order: Omit<LiveOrder, 'signal'> & { readonly isSurelyScratch: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const { owner, name } = order.repository;
  if (!order.isSurelyScratch && !isPlainlyScratch(name)) {
    throw new UsageError(
      `${owner}/${name} is not plainly a scratch repository (scratch, sandbox or test as a word of its name), and branches, pull requests and runs are made there; if it is one, add --yes-this-is-a-scratch-repository`,
    );
  }
  loadDotEnv();
  const { settings, redactor } = takeRedactedSettings(process.env, terminal);
  return askGitHub(settings, redactor, { ...order, signal: interruption(terminal) }, terminal);
}

function interruption(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      terminal.complain(
        'ended at once; left over is what has "doctor-" in its name: branch, refs/ai-fix/, pull request, run',
      );
      process.exit(exits.fault);
    }
    terminal.complain(`${signal}: cleaning up`);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
