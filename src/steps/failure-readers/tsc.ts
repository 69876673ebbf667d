import type { Failure } from '../../domain/failure.ts';
import { at, blockOf, excerptOf, type FailureReader, maxFailures, messageOf } from './reader.ts';

const plain = /^([^\s(][^(]{0,500})\((\d+),\d+\): error (TS\d+): (.*)$/;
const pretty = /^(\S[^:]{0,500}):(\d+):\d+ - error (TS\d+): (.*)$/;

/** The TypeScript compiler, plain and pretty: https://www.typescriptlang.org/tsconfig/#pretty */
export const tsc: FailureReader = {
  tool: 'tsc',
  marks: ['error TS'],
  read(lines) {
    const failures: Failure[] = [];
    for (let index = 0; index < lines.length && failures.length < maxFailures; index += 1) {
      const line = lines[index] ?? '';
      const isPlain = plain.test(line);
      const found = isPlain ? plain.exec(line) : pretty.exec(line);
      if (found === null) continue;
      const [, path, number, code, message] = found;
      const isEnd = (one: string) => (isPlain ? !/^\s+\S/.test(one) : pretty.test(one) || /^Found \d+ error/.test(one));
      const excerpt = excerptOf([line, ...blockOf(lines, index + 1, isEnd).slice(0, 20)]);
      failures.push({
        tool: 'tsc',
        nature: 'build',
        ...at(path, number),
        message: messageOf(`${code}: ${message}`),
        excerpt,
      });
    }
    return { failures };
  },
};
