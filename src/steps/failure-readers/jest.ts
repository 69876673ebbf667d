import type { Failure } from '../../domain/failure.ts';
import {
  at,
  blockOf,
  counted,
  excerptOf,
  type FailureReader,
  firstMatch,
  firstWords,
  lastCount,
  maxFailures,
  messageOf,
} from './reader.ts';

const file = /^ ?FAIL {1,2}(?:[\w-]{1,100} )?(\S{1,500}\.\w{1,10})(?: \([\d.]+ m?s\))?$/;
const title = /^ {2}● (.+)$/;
const place = /^\s{4,}at (?:.{0,300} \()?([^\s()]{1,500}):(\d+):\d+\)?$/;
const isNoTest = /^(?:Console|Validation Warning|Deprecation Warning|Cannot log after)\b/;

/** Jest's default reporter: https://jestjs.io/docs/cli */
export const jest: FailureReader = {
  tool: 'jest',
  marks: ['  ● '],
  read(lines) {
    const failures: Failure[] = [];
    let path: string | undefined;
    for (let index = 0; index < lines.length && failures.length < maxFailures; index += 1) {
      path = file.exec(lines[index] ?? '')?.[1] ?? path;
      const name = title.exec(lines[index] ?? '')?.[1];
      if (name === undefined || isNoTest.test(name)) continue;
      const body = blockOf(lines, index + 1, (line) => line !== '' && !line.startsWith('    '));
      failures.push(failureOf(name, path, body));
      index += body.length;
    }
    return {
      failures,
      ...counted(lastCount(lines, /^Tests: {1,10}(\d+) failed/), lastCount(lines, /^Tests: .{0,200} (\d+) total$/)),
    };
  },
};

function failureOf(name: string, file: string | undefined, body: readonly string[]): Failure {
  const own = body.filter((line) => !line.includes('node_modules'));
  const [, path = file, line] = firstMatch(own, place) ?? [];
  const rest = {
    ...at(path, line),
    message: messageOf(messageIn(body)),
    excerpt: excerptOf(body.map((one) => one.slice(4))),
  };
  if (name === 'Test suite failed to run') return { tool: 'jest', nature: 'build', ...rest, ...at(file, undefined) };
  return { tool: 'jest', nature: 'test', test: name, ...rest };
}

/** The matcher says what was compared, and below it with what. */
function messageIn(body: readonly string[]): string {
  const values = body.filter((line) => /^\s+(?:Expected|Received)\b/.test(line)).slice(0, 2);
  return [firstWords(body), ...values].join(' ');
}
