#!/usr/bin/env node
import { type Command, exits, UsageError } from './cli/command.ts';
import { doctorCommand } from './cli/doctor.ts';
import { evalCommand } from './cli/eval.ts';
import { initCommand } from './cli/init.ts';
import { modelsCommand } from './cli/models.ts';
import { startCommand } from './cli/start.ts';
import { withSuggestion } from './cli/suggestion.ts';
import { openTerminal } from './cli/terminal.ts';
import { traceCommand } from './cli/trace.ts';
import { tryCommand } from './cli/try.ts';
import { ConfigError, ForgeError } from './domain/faults.ts';

const commands: readonly Command[] = [
  startCommand,
  initCommand,
  doctorCommand,
  modelsCommand,
  tryCommand,
  evalCommand,
  traceCommand,
];

const usage = `ai-fix: turns labelled GitHub issues into validated pull requests

${commands.map(({ name, summary }) => `  ai-fix ${name.padEnd(8)} ${summary}`).join('\n')}
  ai-fix ${'help'.padEnd(8)} shows this

Each command has --help.`;

const terminal = openTerminal();
// Node would print the error with everything in it.
process.on('uncaughtException', fail);

async function main([name = 'help', ...args]: readonly string[]): Promise<void> {
  if (['help', '--help', '-h'].includes(name)) return terminal.say(usage);
  const command = commands.find((known) => known.name === name);
  if (command === undefined) {
    const names = [...commands.map((known) => known.name), 'help'];
    throw new UsageError(withSuggestion(`there is no command ${JSON.stringify(name.slice(0, 80))}`, name, names));
  }
  const exit = await command.run(args, terminal);
  if (exit !== null) process.exit(exit);
}

function fail(error: unknown): never {
  if (error instanceof UsageError) {
    terminal.complain(`ai-fix: ${error.message}\n\nai-fix help lists the commands; each has --help.`);
    process.exit(exits.usage);
  }
  if (error instanceof ConfigError) {
    const problems = error.problems.map((problem) => `  - ${problem}`);
    terminal.complain(['ai-fix cannot start. Mend these settings (environment or .env):', ...problems].join('\n'));
    process.exit(exits.config);
  }
  if (error instanceof ForgeError) {
    terminal.complain(`ai-fix: ${error.message}`);
    process.exit(exits.fault);
  }
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.complain(`ai-fix: ${said}`);
  process.exit(exits.fault);
}

main(process.argv.slice(2)).catch(fail);
