import type { Failure } from '../../domain/failure.ts';
import { at, blockOf, excerptOf, type FailureReader, maxFailures, messageOf } from './reader.ts';

const title =
  /^(\S{1,500}?)(?::(\d+):\d+)? ((?:lint|assist|format|parse|suppressions|syntax|organizeImports)\b\S{0,100})(?: {1,4}FIXABLE)? {1,4}━+$/;

const cross = /^\s+[×✖] ?/;

/** Biome's default reporter; only what is marked with a cross (`×`, or `✖` on a terminal) fails: https://biomejs.dev/reference/reporters/ */
export const biome: FailureReader = {
  tool: 'biome',
  marks: ['━━━━'],
  read(lines) {
    const failures: Failure[] = [];
    for (let index = 0; index < lines.length && failures.length < maxFailures; index += 1) {
      const found = title.exec(lines[index] ?? '');
      if (found === null) continue;
      const [, path, line, rule] = found;
      const body = blockOf(lines, index + 1, (one) => /^\S/.test(one));
      const said = body.find((one) => cross.test(one));
      if (said === undefined) continue;
      const message = messageOf(`${said.replace(cross, '')} (${rule})`);
      failures.push({
        tool: 'biome',
        nature: 'lint',
        ...at(path, line),
        message,
        excerpt: excerptOf(body.slice(0, 20)),
      });
    }
    return { failures };
  },
};
