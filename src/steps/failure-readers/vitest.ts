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

/** Jest writes ` FAIL  ./a.test.js` where it has colours: no test and no suite in brackets. */
const title = /^ FAIL {2}(?:\|[^|]{1,100}\| )?(.+(?: > .+| \[ .+ \]))$/;
const rule = /^⎯{3}/;
const unhandled = /^⎯{1,200} (Unhandled (?:Errors?|Rejections?|Exceptions?)) ⎯/;
const place = /^ ❯ (?:\S{1,200} )?(\S{1,500}?):(\d+):\d+$/;

/** Of a file that cannot be parsed. */
const parsed = /^\s+File: (\S{1,500}?):(\d+):\d+$/;

/** Vitest's own reporters: https://vitest.dev/guide/reporters */
export const vitest: FailureReader = {
  tool: 'vitest',
  marks: [' FAIL  ', '⎯ Unhandled '],
  read(lines) {
    const failures: Failure[] = [];
    let names: string[] = [];
    for (let index = 0; index < lines.length && failures.length < maxFailures; index += 1) {
      const line = lines[index] ?? '';
      const [, name] = title.exec(line) ?? unhandled.exec(line) ?? [];
      if (name === undefined) continue;
      names.push(name);
      // Tests that fail with one and the same error stand above it together.
      if (title.test(lines[index + 1] ?? '')) continue;
      const body = blockOf(lines, index + 1, (one) => rule.test(one) || title.test(one));
      failures.push(...names.slice(0, maxFailures - failures.length).map((one) => failureOf(one, body)));
      index += body.length;
      names = [];
    }
    return {
      failures,
      ...counted(
        lastCount(lines, /^\s+Tests {1,8}(\d+) failed/),
        lastCount(lines, /^\s+Tests {1,8}.{0,200}\((\d+)\)$/),
      ),
    };
  },
};

function failureOf(name: string, body: readonly string[]): Failure {
  const own = body.filter((line) => !line.includes('node_modules/'));
  const [, path, line] = firstMatch(own, place) ?? firstMatch(own, parsed) ?? [];
  const message = messageOf(firstWords(body));
  const excerpt = excerptOf(body);
  const suite = / \[ (.+) \]$/.exec(name)?.[1];
  if (suite !== undefined)
    return { tool: 'vitest', nature: 'build', ...at(suite, path === undefined ? '1' : line), message, excerpt };
  const test = name.split(' > ').join(' › ');
  return { tool: 'vitest', nature: 'test', test, ...at(path, line), message, excerpt };
}
