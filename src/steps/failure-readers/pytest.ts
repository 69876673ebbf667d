import type { Failure } from '../../domain/failure.ts';
import { at, blockOf, counted, excerptOf, type FailureReader, maxFailures, messageOf } from './reader.ts';

const section = /^=+ (.+?) =+$/;
const item = /^_+ (.+?) _+$/;
/** Parameters may hold anything, ` - ` too. */
const short = /^(FAILED|ERROR) ([^\s[]{1,800}(?:\[.{0,800}?\](?= - |$))?|\S{1,800}?)(?: - (.*))?$/;
const place = /^(\S{1,500}?):(\d+): (?:[\w.]|in )/;
const summary = /^(?:=+ )?(?:\d+ \w+, )*\d+ (?:failed|passed|errors?)\b.{0,200} in [\d.]+s/;

/** pytest's terminal report, short or long: https://docs.pytest.org/en/stable/how-to/output.html */
export const pytest: FailureReader = {
  tool: 'pytest',
  marks: ['= FAILURES =', '= ERRORS =', '= short test summary info ='],
  read(lines) {
    const listed = listedIn(lines);
    const failures: Failure[] = [];
    let isIn = false;
    for (let index = 0; index < lines.length && failures.length < maxFailures; index += 1) {
      const line = lines[index] ?? '';
      const heading = section.exec(line)?.[1];
      if (heading !== undefined) isIn = heading === 'FAILURES' || heading === 'ERRORS';
      const name = isIn ? item.exec(line)?.[1] : undefined;
      if (name === undefined || /^(?:_ )+/.test(line)) continue;
      const body = blockOf(lines, index + 1, (one) => section.test(one) || (item.test(one) && !/^(?:_ )+/.test(one)));
      failures.push(failureOf(name, body, listed));
      index += body.length;
    }
    return { failures: [...failures, ...unshown(listed)].slice(0, maxFailures), ...totals(lines) };
  },
};

interface Listed {
  readonly isError: boolean;
  readonly id: string;
  readonly reason: string;
  isShown: boolean;
}

/** What the short summary at the end lists. */
function listedIn(lines: readonly string[]): Map<string, Listed> {
  const start = lines.findLastIndex((line) => section.exec(line)?.[1] === 'short test summary info');
  const listed = new Map<string, Listed>();
  for (const line of start === -1 ? [] : lines.slice(start + 1)) {
    const [, kind, id, reason = ''] = short.exec(line) ?? [];
    if (id === undefined || listed.size === maxFailures) continue;
    listed.set(headingOf(id), { isError: kind === 'ERROR', id, reason, isShown: false });
  }
  return listed;
}

/** `test_a.py::TestCart::test_n[2]` stands above its traceback as `TestCart.test_n[2]`. */
const headingOf = (id: string): string =>
  id.includes('::') ? id.slice(id.indexOf('::') + 2).replaceAll('::', '.') : id;

function failureOf(heading: string, body: readonly string[], listed: Map<string, Listed>): Failure {
  const collecting = /^ERROR collecting (.+)$/.exec(heading)?.[1];
  const name = heading.replace(/^ERROR at (?:setup|teardown) of /, '');
  const known = listed.get(collecting ?? name);
  if (known !== undefined) known.isShown = true;
  const last = body.findLast((line) => place.test(line) && !/^\S*(?:site-packages|lib[\\/]python)/.test(line)) ?? '';
  const [, path, line] = place.exec(last) ?? [];
  const said = body
    .filter((one) => /^E {1,8}\S/.test(one))
    .slice(0, 2)
    .map((one) => one.slice(1).trim());
  const rest = { message: messageOf(said.join(' ') || known?.reason || heading), excerpt: excerptOf(body) };
  if (collecting !== undefined) return { tool: 'pytest', nature: 'build', ...at(path ?? collecting, line), ...rest };
  return { tool: 'pytest', nature: 'test', test: known?.id ?? name, ...at(path, line), ...rest };
}

/** Some are listed only, for instance under `--tb=no`. */
const unshown = (listed: Map<string, Listed>): Failure[] =>
  [...listed.values()]
    .filter(({ isShown }) => !isShown)
    .map(({ isError, id, reason }) => ({
      tool: 'pytest',
      ...(isError && !id.includes('::') ? { nature: 'build' as const } : { nature: 'test' as const, test: id }),
      ...at(id.split('::')[0], undefined),
      message: messageOf(reason || id),
      excerpt: '',
    }));

function totals(lines: readonly string[]) {
  const line = lines.findLast((one) => summary.test(one)) ?? '';
  const of = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  const failed = of('failed') + of('error');
  return counted(failed, failed + of('passed'));
}
