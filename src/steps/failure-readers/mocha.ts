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
const exception = /^ ?Exception during run: (.+)$/;
const place = /^\s{4,}at (?:.{0,300} \()?(?:file:\/\/)?([^\s()]{1,500}):(\d+):\d+\)?$/;

/** Mocha's reporters `spec` and `dot`: https://mochajs.org */
export const mocha: FailureReader = {
  tool: 'mocha',
  marks: [' failing\n', ' failing\r', 'Exception during run: '],
  read(lines) {
    const start = lines.findLastIndex((line) => failing.test(line));
    const failures: Failure[] = unloaded(lines);
    for (let index = start + 1; start >= 0 && index < lines.length && failures.length < maxFailures; index += 1) {
      if (!title.test(lines[index] ?? '')) continue;
      const block = bodyOf(lines, index + 1);
      failures.push(failureOf(title.exec(lines[index] ?? '')?.[1] ?? '', block));
      index += block.length;
    }
    const failed = lastCount(lines, failing);
    return { failures, ...counted(failed, failed + lastCount(lines, passing)) };
  },
};

/** Values that differ may begin at the first column; the stack below them ends the failure's part. */
function bodyOf(lines: readonly string[], start: number): readonly string[] {
  const isOutside = (line: string) => line !== '' && !line.startsWith('   ');
  const block = blockOf(lines, start, (line) => title.test(line));
  const frame = block.findIndex((line) => place.test(line));
  const end = block.findIndex((line, index) => index > frame && isOutside(line));
  return end === -1 ? block : block.slice(0, end);
}

/** A file that cannot be loaded ends the run before it began. */
function unloaded(lines: readonly string[]): Failure[] {
  const index = lines.findLastIndex((line) => exception.test(line));
  const message = exception.exec(lines[index] ?? '')?.[1];
  if (message === undefined) return [];
  const body = [message, ...blockOf(lines, index + 1, (line) => line === '' || line === '}')];
  const own = body.filter((line) => !/node:|node_modules/.test(line));
  const importer = / imported from (\S{1,500})$/.exec(message)?.[1];
  const [, path = importer, line] = firstMatch(own, place) ?? [];
  return [{ tool: 'mocha', nature: 'build', ...at(path, line), message: messageOf(message), excerpt: excerptOf(body) }];
}

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
