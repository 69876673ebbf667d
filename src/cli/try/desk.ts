import { createInterface } from 'node:readline/promises';
import type { Terminal } from '../terminal.ts';
import type { TryDesk } from './options.ts';

/**
 * The desk at a terminal. What is told goes to standard output, or to standard error where that is kept for JSON; a gate
 * is asked only where a person can answer.
 */
export function terminalDesk(terminal: Terminal, { isJson, mayAsk }: { isJson: boolean; mayAsk: boolean }): TryDesk {
  const beganMs = Date.now();
  const write = (text: string): void => (isJson ? terminal.complain(text) : terminal.say(text));
  return {
    progress: (line) => {
      const seconds = ((Date.now() - beganMs) / 1_000).toFixed(1);
      write(`${`+${seconds} s`.padStart(9)}  ${line}`);
    },
    show: (markdown) => write(`\n${indented(markdown)}\n`),
    ask: async (question, signal) => {
      if (!mayAsk) return null;
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      // The line editor takes Ctrl-C for itself, and never answers once its input has ended.
      lines.on('SIGINT', () => process.emit('SIGINT'));
      const ended = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
      try {
        return await Promise.race([lines.question(question, { signal }), ended]);
      } catch (error) {
        if (signal.aborted) return null;
        throw error;
      } finally {
        lines.close();
      }
    },
  };
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : `           ${line}`))
    .join('\n');
