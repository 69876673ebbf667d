import { exits, UsageError } from '../../../src/cli/command.ts';
import { openTerminal } from '../../../src/cli/terminal.ts';
import { ConfigError } from '../../../src/domain/faults.ts';
import { carryOut } from './command.ts';
import { readOrder } from './options.ts';

/** `npm run prompts`. */
const terminal = openTerminal();
const stop = new AbortController();
process.on('SIGINT', () => (stop.signal.aborted ? process.exit(exits.interrupted) : stop.abort()));
try {
  process.exit(await carryOut(readOrder(process.argv.slice(2)), terminal, process.env, stop.signal));
} catch (error) {
  if (error instanceof UsageError) {
    terminal.complain(`prompts: ${error.message}\n\nnpm run prompts -- --help shows the options.`);
    process.exit(exits.usage);
  }
  if (error instanceof ConfigError) {
    terminal.complain(['prompts: mend this first:', ...error.problems.map((problem) => `  - ${problem}`)].join('\n'));
    process.exit(exits.config);
  }
  throw error;
}
