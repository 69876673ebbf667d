import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../support/ask-at-terminal.ts', import.meta.url));

/** Sits at a terminal of `script` (of Debian's bsdutils) until the question comes, and types. */
async function atTerminal(typed: string): Promise<string> {
  const command = `'${process.execPath}' '${program}'`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  let isTyped = false;
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (isTyped || !shown.includes('Go on? ')) return;
    isTyped = true;
    child.stdin.write(typed);
  });
  await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  return /heard .*$/.exec(shown.trimEnd())?.[0] ?? shown;
}

it.each([
  ['what is typed', 'yes\r', 'heard "yes"'],
  ['other words, as they are', 'use a map instead\r', 'heard "use a map instead"'],
  ['an empty line', '\r', 'heard ""'],
  ['a line that was corrected', 'nox\u007f\r', 'heard "no"'],
  ['the end of the input as no answer', '\u0004', 'heard null'],
  ['Ctrl-C as a wish to stop', '\u0003', 'heard null, interrupted'],
])('a person at a terminal is asked, and hears %s', async (_, typed, heard) => {
  expect(await atTerminal(typed)).toBe(heard);
});
