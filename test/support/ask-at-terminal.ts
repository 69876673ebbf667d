import { openTerminal } from '../../src/cli/terminal.ts';
import { terminalDesk } from '../../src/cli/try/desk.ts';

/** A program of its own, for a test to sit before: asks once and tells what it heard. */
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
const desk = terminalDesk(openTerminal(), { isJson: false, mayAsk: process.stdin.isTTY === true });

const heard = await desk.ask('Go on? ', stop.signal);

process.stdout.write(`heard ${JSON.stringify(heard)}${stop.signal.aborted ? ', interrupted' : ''}\n`);
process.exit(0);
