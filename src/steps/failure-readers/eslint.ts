import type { Failure } from '../../domain/failure.ts';
import { at, type FailureReader, maxFailures, messageOf } from './reader.ts';

const file = /^(?:[A-Za-z]:)?[\w./\\@-][^:]{0,500}\.\w{1,10}$/;
const problem = /^ {2,8}(\d+):\d+ {2,8}error {2,8}(\S.*)$/;

/** ESLint's formatter `stylish`; warnings fail nothing by themselves: https://eslint.org/docs/latest/use/formatters/ */
export const eslint: FailureReader = {
  tool: 'eslint',
  marks: ['  error  '],
  read(lines) {
    const failures: Failure[] = [];
    let path: string | undefined;
    for (const line of lines) {
      if (file.test(line)) path = line;
      const [, number, said] = problem.exec(line) ?? [];
      if (said === undefined || path === undefined) continue;
      failures.push({
        tool: 'eslint',
        nature: 'lint',
        ...at(path, number),
        message: messageOf(withRule(said)),
        excerpt: '',
      });
      if (failures.length === maxFailures) break;
    }
    return { failures };
  },
};

/** The rule stands in a column of its own. */
function withRule(said: string): string {
  const column = said.lastIndexOf('  ');
  return column === -1 ? said : `${said.slice(0, column).trimEnd()} (${said.slice(column + 2)})`;
}
