import type { Failure, FailureNature } from '../../domain/failure.ts';
import { at, blockOf, excerptOf, type FailureReader, firstMatch, maxFailures, messageOf } from './reader.ts';

const line = /^(\S{1,500}?):(\d+):(?:\d+:)? (.+)$/;
const ruffTitle = /^([A-Z]{1,4}\d{2,4}) (?:\[\*\] )?(.+)$/;
const arrow = /^ *--> (\S{1,500}?):(\d+):\d+$/;

/** Linters that tell a problem in a line, `path:line: what`: ruff, flake8, mypy, golangci-lint, C compilers. */
export const lineLinters: FailureReader = {
  tool: 'linters',
  marks: ['.py:', '.pyi:', '.go:', '.c:', '.cc:', '.cpp:', '.h:', '.hpp:', ' --> '],
  read(lines) {
    const failures: Failure[] = [];
    for (let index = 0; index < lines.length && failures.length < maxFailures; index += 1) {
      const failure = inLine(lines[index] ?? '') ?? inRuffsBlock(lines, index);
      if (failure !== null) failures.push(failure);
    }
    return { failures };
  },
};

function inLine(text: string): Failure | null {
  const [, path = '', number, said = ''] = line.exec(text) ?? [];
  const found = path === '' ? null : toolOf(path, said);
  return found === null ? null : { ...found, ...at(path, number), message: messageOf(said), excerpt: '' };
}

function toolOf(path: string, said: string): { readonly tool: string; readonly nature: FailureNature } | null {
  if (/\.pyi?$/.test(path)) {
    if (/^[A-Z]{1,4}\d{2,4} /.test(said))
      return { tool: / \[\*\] /.test(said) ? 'ruff' : 'flake8 or ruff', nature: 'lint' };
    return said.startsWith('error: ') ? { tool: 'mypy', nature: 'lint' } : null;
  }
  if (path.endsWith('.go'))
    return / \([a-z][\w-]{1,30}\)$/.test(said) ? { tool: 'golangci-lint', nature: 'lint' } : null;
  return /\.(?:c|cc|cpp|cxx|h|hpp)$/.test(path) && /^(?:fatal )?error: /.test(said)
    ? { tool: 'compiler', nature: 'build' }
    : null;
}

function inRuffsBlock(lines: readonly string[], index: number): Failure | null {
  const [, rule, said] = ruffTitle.exec(lines[index] ?? '') ?? [];
  const place = rule === undefined ? null : firstMatch(lines.slice(index + 1, index + 2), arrow);
  if (place === null) return null;
  const excerpt = excerptOf(blockOf(lines, index, (one) => one === '' || one.startsWith('help: ')));
  return { tool: 'ruff', nature: 'lint', ...at(place[1], place[2]), message: messageOf(`${rule} ${said}`), excerpt };
}
