import type { Failure } from '../../domain/failure.ts';
import {
  at,
  blockOf,
  counted,
  excerptOf,
  type FailureReader,
  firstWords,
  lastCount,
  maxFailures,
  messageOf,
  placeOf,
} from './reader.ts';

const heading = '✖ failing tests:';
const place = /^test at (.+?):(\d+):\d+$/;
const title = /^✖ (.*?)(?: \(\d+(?:\.\d+)?ms\))?$/;

/** `node --test` with the reporter `spec`: https://nodejs.org/api/test.html#test-reporters */
export const nodeSpec: FailureReader = {
  tool: 'node:test',
  marks: [heading],
  read(lines) {
    const start = lines.lastIndexOf(heading);
    const failures: Failure[] = [];
    for (let index = start + 1; start >= 0 && index < lines.length && failures.length < maxFailures; index += 1) {
      const found = place.exec(lines[index] ?? '');
      const name = title.exec(lines[index + 1] ?? '')?.[1];
      if (found === null || name === undefined) continue;
      const body = blockOf(lines, index + 2, (line) => line !== '' && !line.startsWith('  '));
      failures.push(failureOf(lines.slice(0, start), name, found, body));
      index += body.length + 1;
    }
    return { failures, ...counted(lastCount(lines, /^ℹ fail (\d+)$/), lastCount(lines, /^ℹ tests (\d+)$/)) };
  },
};

function failureOf(before: readonly string[], name: string, found: RegExpExecArray, body: readonly string[]): Failure {
  const [, path, line] = found;
  const unloaded = firstWords(body) === "'test failed'";
  if (!unloaded) {
    const message = messageOf(sentence(body));
    return { tool: 'node:test', nature: 'test', test: name, ...at(path, line), message, excerpt: excerptOf(body) };
  }
  const said = printedBefore(before, name);
  const message = messageOf(said.find((one) => /^\w*Error\b/.test(one)) ?? 'the file ended with an error');
  return { tool: 'node:test', nature: 'build', path: placeOf(path ?? name), message, excerpt: excerptOf(said) };
}

/** The message goes on until the first empty line or frame; values that differ follow after one empty line. */
function sentence(body: readonly string[]): string {
  const end = body.findIndex((line, index) => index > 0 && /^\s*(?:at |\{$)/.test(line));
  return body.slice(0, end === -1 ? 4 : Math.min(end, 5)).join(' ');
}

/** What a file printed that could not even be loaded stands above its name. */
function printedBefore(lines: readonly string[], name: string): readonly string[] {
  const end = lines.findLastIndex((line) => line.startsWith('✖ ') && title.exec(line)?.[1] === name);
  if (end === -1) return [];
  const start = lines.slice(Math.max(0, end - 60), end).findLastIndex((line) => /^\s*[✔✖▶ℹ] /.test(line));
  return lines.slice(Math.max(0, end - 60) + start + 1, end);
}
