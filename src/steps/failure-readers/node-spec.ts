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
    const before = lines.slice(0, Math.max(0, start));
    const lastOf = lastLines(before);
    const failures: Failure[] = [];
    for (let index = start + 1; start >= 0 && index < lines.length && failures.length < maxFailures; index += 1) {
      const found = place.exec(lines[index] ?? '');
      const name = title.exec(lines[index + 1] ?? '')?.[1];
      if (found === null || name === undefined) continue;
      const body = blockOf(lines, index + 2, (line) => line !== '' && !line.startsWith('  '));
      failures.push(failureOf(name, found, body, () => printedBefore(before, lastOf.get(name))));
      index += body.length + 1;
    }
    return { failures, ...counted(lastCount(lines, /^ℹ fail (\d+)$/), lastCount(lines, /^ℹ tests (\d+)$/)) };
  },
};

function failureOf(
  name: string,
  found: RegExpExecArray,
  body: readonly string[],
  printed: () => readonly string[],
): Failure {
  const [, path, line] = found;
  const unloaded = firstWords(body) === "'test failed'";
  if (!unloaded) {
    const message = messageOf(sentence(body));
    return { tool: 'node:test', nature: 'test', test: name, ...at(path, line), message, excerpt: excerptOf(body) };
  }
  const said = printed();
  const message = messageOf(said.find((one) => /^\w*Error\b/.test(one)) ?? 'the file ended with an error');
  return { tool: 'node:test', nature: 'build', path: placeOf(path ?? name), message, excerpt: excerptOf(said) };
}

/** The message goes on until the first empty line or frame; values that differ follow after one empty line. */
function sentence(body: readonly string[]): string {
  const end = body.findIndex((line, index) => index > 0 && /^\s*(?:at |\{$)/.test(line));
  return body.slice(0, end === -1 ? 4 : Math.min(end, 5)).join(' ');
}

/** The line in which each title stands last. */
function lastLines(lines: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const name = line.startsWith('✖ ') ? title.exec(line)?.[1] : undefined;
    if (name !== undefined) found.set(name, index);
  }
  return found;
}

/** What a file printed that could not even be loaded stands above its name, which is in the line `end`. */
function printedBefore(lines: readonly string[], end: number | undefined): readonly string[] {
  if (end === undefined) return [];
  const above = lines.slice(Math.max(0, end - 60), end);
  return above.slice(above.findLastIndex((line) => /^\s*[✔✖▶ℹ] /.test(line)) + 1);
}
