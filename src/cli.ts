#!/usr/bin/env node
import { type Command, type ExitCode, exits, UsageError } from './cli/command.ts';
import { withSuggestion } from './cli/suggestion.ts';
import { openTerminal } from './cli/terminal.ts';
import { ConfigError, ForgeError } from './domain/faults.ts';

/** Each is loaded when it is called: all together they take two seconds, for a line of help too. */
const commands: readonly { readonly name: string; readonly summary: string; load(): Promise<Command> }[] = [
  {
    name: 'start',
    summary: 'runs the App (settings: environment or .env, see README.md)',
    load: async () => (await import('./cli/start.ts')).startCommand,
  },
  {
    name: 'init',
    summary: 'writes the two files with which a repository starts',
    load: async () => (await import('./cli/init.ts')).initCommand,
  },
  {
    name: 'doctor',
    summary: 'checks the set-up and says what to mend; --live asks GitHub',
    load: async () => (await import('./cli/doctor.ts')).doctorCommand,
  },
  {
    name: 'models',
    summary: 'shows which models this host can ask, and what they cost',
    load: async () => (await import('./cli/models.ts')).modelsCommand,
  },
  {
    name: 'try',
    summary: 'fixes an issue in a local repository, without GitHub',
    load: async () => (await import('./cli/try.ts')).tryCommand,
  },
  {
    name: 'eval',
    summary: 'fixes a folder of tasks and counts what hidden tests say of it',
    load: async () => (await import('./cli/eval.ts')).evalCommand,
  },
  {
    name: 'trace',
    summary: 'prints what a fix said, did and paid, as JSON lines',
    load: async () => (await import('./cli/trace.ts')).traceCommand,
  },
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
  const exit = await (await command.load()).run(args, terminal);
  if (exit === null) return;
  await terminal.taken();
  process.exit(exit);
}

/** How long a process that has failed waits for whoever reads what it says of it. */
const lastWordsMs = 5_000;

function fail(error: unknown): void {
  const { text, exit } = saidOf(error);
  terminal.complain(text);
  const leave = () => process.exit(exit);
  setTimeout(leave, lastWordsMs);
  terminal.taken().then(leave, leave);
}

function saidOf(error: unknown): { readonly text: string; readonly exit: ExitCode } {
  if (error instanceof UsageError) {
    const text = `ai-fix: ${error.message}\n\nai-fix help lists the commands; each has --help.`;
    return { text, exit: exits.usage };
  }
  if (error instanceof ConfigError) {
    const problems = error.problems.map((problem) => `  - ${problem}`);
    const text = ['ai-fix cannot do this. Mend these settings (environment or .env):', ...problems].join('\n');
    return { text, exit: exits.config };
  }
  if (error instanceof ForgeError) return { text: `ai-fix: ${error.message}`, exit: exits.fault };
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `ai-fix: ${said}`, exit: exits.fault };
}

main(process.argv.slice(2)).catch(fail);
