import type { Failure } from '../../domain/failure.ts';
import { at, blockOf, counted, excerptOf, type FailureReader, lastCount, maxFailures, messageOf } from './reader.ts';

const title = /^(FAIL|ERROR): (\S{1,300}) \(([^()]{1,500})\)(.{0,500})$/;
const end = /^={70}$|^Ran \d+ tests? in /;
const frame = /^ {2}File "(.{1,500}?)", line (\d+)/;
const outcome = /^FAILED \((.{1,200})\)$/;

/** Python's `unittest`, and what stands on it, for instance Django's runner. */
export const unittest: FailureReader = {
  tool: 'unittest',
  marks: ['\nFAIL: ', '\nERROR: '],
  read(lines) {
    const failures: Failure[] = [];
    for (let index = 1; index < lines.length && failures.length < maxFailures; index += 1) {
      const found = title.exec(lines[index] ?? '');
      if (found === null || !/^={70}$/.test(lines[index - 1] ?? '')) continue;
      const body = blockOf(lines, index + 1, (line) => end.test(line)).filter((line) => !/^-{70}$/.test(line));
      failures.push(failureOf(found, body));
    }
    const said = outcome.exec(lines.findLast((line) => outcome.test(line)) ?? '')?.[1] ?? '';
    const failed = [...said.matchAll(/\b(?:failures|errors)=(\d+)/g)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    return { failures, ...counted(failed, lastCount(lines, /^Ran (\d+) tests? in /)) };
  },
};

function failureOf([, , name = '', where = '', more = '']: RegExpExecArray, body: readonly string[]): Failure {
  const [, path, line] =
    frame.exec(body.findLast((one) => frame.test(one) && !/[\\/]lib[\\/]python/.test(one)) ?? '') ?? [];
  const message = messageOf(body.findLast((one) => /^\S/.test(one)) ?? name);
  const rest = { ...at(path, line), message, excerpt: excerptOf(body) };
  if (where.includes('_FailedTest')) return { tool: 'unittest', nature: 'build', ...rest };
  // Since Python 3.11 the place ends with the name of the test.
  const test = where.endsWith(`.${name}`) || where === name ? where : `${where}.${name}`;
  return { tool: 'unittest', nature: 'test', test: `${test}${more}`, ...rest };
}
