import { run as runRegistration } from 'probot';
import { isUnregistered } from '../config/environment.ts';
import { type App, startApp } from '../index.ts';
import { openLog } from '../telemetry/log.ts';
import { readArguments } from './arguments.ts';
import { type Command, exits } from './command.ts';
import { loadDotEnv, takeRedactedSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

export const startCommand: Command = {
  help: `Usage: ai-fix start

Runs the App until SIGTERM or SIGINT. Settings come from the environment, or from .env in the folder where it starts
(docs/configuration.md). Without any, it shows the page on which the App is registered on GitHub.`,
  run: async (args, terminal) => {
    const { wantsHelp } = readArguments(args, {}, 0);
    if (wantsHelp) {
      terminal.say(startCommand.help);
      return exits.good;
    }
    await start(terminal);
    return null;
  },
};

async function start(terminal: Terminal): Promise<void> {
  loadDotEnv();
  if (isUnregistered(process.env)) {
    terminal.say(
      'The App is not registered yet: open the address below to register it on GitHub with the permissions of app.yml.',
    );
    await runRegistration(() => undefined);
    return;
  }
  const { settings, redactor } = takeRedactedSettings(process.env, terminal);
  const log = openLog(settings.logLevel, redactor);
  const app = await startApp(settings, log, {}, redactor);
  stopOnSignals(app, terminal);
  log.info(`ai-fix listens on http://${settings.server.host}:${app.port}; ready at /readyz`);
}

/** The first signal stops in good order, within 10 seconds; a second one stops at once. */
function stopOnSignals(app: App, terminal: Terminal): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(exits.fault);
    isStopping = true;
    terminal.say(`${signal}: stopping; what is unfinished goes on at the next start`);
    setTimeout(() => process.exit(exits.good), 9_500).unref();
    app.stop().then(
      () => process.exit(exits.good),
      (error: unknown) => {
        terminal.complain(`ai-fix: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        process.exit(exits.fault);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
