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

const failing = /^ {2}(\d+) failing$/;
const passing = /^ {2}(\d+) passing\b/;
const title = /^ {2}\d+\) (.*)$/;
const place = /^\s{4,}at (?:.{0,300} \()?(?:file:\/\/)?([^\s()]{1,500}):(\d+):\d+\)?$/;

/** Mocha's reporters `spec` and `dot`: https://mochajs.org */
export const mocha: FailureReader = {
  tool: 'mocha',
  marks: [' failing\n', ' failing\r'],
  read(lines) {
    const start = lines.findLastIndex((line) => failing.test(line));
    const failures: Failure[] = [];
    for (let index = start + 1; start >= 0 && index < lines.length && failures.length < maxFailures; index += 1) {
      if (!title.test(lines[index] ?? '')) continue;
      const block = blockOf(lines, index + 1, (line) => title.test(line) || (line !== '' && !line.startsWith('   ')));
      failures.push(failureOf(title.exec(lines[index] ?? '')?.[1] ?? '', block));
      index += block.length;
    }
    const failed = lastCount(lines, failing);
    return { failures, ...counted(failed, failed + lastCount(lines, passing)) };
  },
};

/** Suites stand one below the other; the name of the test ends with a colon. */
function failureOf(first: string, block: readonly string[]): Failure {
  const names = [first];
  let index = 0;
  while (!(names.at(-1) ?? '').endsWith(':') && index < Math.min(block.length, 12) && block[index] !== '') {
    names.push((block[index] ?? '').trim());
    index += 1;
  }
  const body = block.slice(index);
  const [, path, line] =
    firstMatch(
      body.filter((one) => !/node:|node_modules/.test(one)),
      place,
    ) ?? [];
  const test = names.map((name) => name.replace(/:$/, '')).join(' › ');
  return {
    tool: 'mocha',
    nature: 'test',
    test,
    ...at(path, line),
    message: messageOf(firstWords(body)),
    excerpt: excerptOf(body),
  };
}
