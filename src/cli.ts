#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { run as runRegistration } from 'probot';
import { isUnregistered, takeSettings } from './config/environment.ts';
import { ConfigError } from './domain/faults.ts';
import { createRedactor } from './domain/redact.ts';
import { type App, startApp } from './index.ts';
import { openLog } from './telemetry/log.ts';

const usage = `ai-fix: turns labelled GitHub issues into validated pull requests

  ai-fix start    runs the App (settings: environment or .env, see README.md)
  ai-fix help     shows this
`;

/** Wrong settings; sysexits.h calls it EX_CONFIG, and supervisors should not restart it for ever. */
const exitConfig = 78;
const exitUsage = 64;
const exitFault = 1;

/** Knows the patterns of secrets until there are settings, and then the secrets. */
let redactor = createRedactor([]);

async function main(command: string | undefined): Promise<void> {
  switch (command) {
    case 'start':
      return start();
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(usage);
      return;
    default:
      process.stderr.write(`ai-fix: there is no command ${JSON.stringify(command)}\n\n${usage}`);
      process.exit(exitUsage);
  }
}

async function start(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  if (isUnregistered(process.env)) {
    process.stdout.write(
      'The App is not registered yet: open the address below to register it on GitHub with the permissions of app.yml.\n',
    );
    await runRegistration(() => undefined);
    return;
  }
  const settings = takeSettings(process.env);
  redactor = createRedactor(settings.secrets);
  // Node would print the error with everything in it.
  process.on('uncaughtException', fail);
  const log = openLog(settings.logLevel, redactor);
  const app = await startApp(settings, log, {}, redactor);
  stopOnSignals(app);
  log.info(`ai-fix listens on http://${settings.server.host}:${app.port}; ready at /readyz`);
}

/** The first signal stops in good order, within 10 seconds; a second one stops at once. */
function stopOnSignals(app: App): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(exitFault);
    isStopping = true;
    process.stdout.write(`${signal}: stopping; what is unfinished goes on at the next start\n`);
    setTimeout(() => process.exit(0), 9_500).unref();
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function fail(error: unknown): never {
  if (error instanceof ConfigError) {
    process.stderr.write(
      `ai-fix cannot start. Mend these settings (environment or .env):\n${error.problems.map((problem) => `  - ${problem}\n`).join('')}`,
    );
    process.exit(exitConfig);
  }
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`ai-fix: ${redactor.redact(said)}\n`);
  process.exit(exitFault);
}

main(process.argv[2]).catch(fail);
