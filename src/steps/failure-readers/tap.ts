import type { Failure } from '../../domain/failure.ts';
import {
  at,
  blockOf,
  counted,
  excerptOf,
  type FailureReader,
  lastCount,
  maxFailures,
  messageOf,
  placeOf,
} from './reader.ts';

const subtest = /^( *)# Subtest: (.*)$/;
const notOk = /^( *)not ok \d+(?: -)? ?(.*)$/;

/** TAP, as `node --test` and others write it: https://testanything.org/tap-version-14-specification.html */
export const tap: FailureReader = {
  tool: 'TAP',
  marks: ['not ok '],
  read(lines) {
    const failures: Failure[] = [];
    const suites: string[] = [];
    for (const [index, line] of lines.entries()) {
      const opened = subtest.exec(line);
      if (opened !== null) openSuite(suites, depthOf(opened[1]), opened[2] ?? '');
      const found = notOk.exec(line);
      if (found === null || / # (?:skip|todo)\b/i.test(line)) continue;
      const [, indent = '', name = ''] = found;
      const details = detailsAt(lines, index + 1, indent);
      if (details.some((detail) => /failureType: 'subtestsFailed'/.test(detail))) continue;
      const test = [...suites.slice(0, depthOf(indent)), name].join(' › ');
      failures.push(failureOf(test, details, lines, index));
      if (failures.length === maxFailures) break;
    }
    return { failures, ...counted(lastCount(lines, /^# fail (\d+)$/), lastCount(lines, /^# tests (\d+)$/)) };
  },
};

const maxDepth = 20;
const depthOf = (indent = ''): number => Math.min(maxDepth, Math.floor(indent.length / 4));

function openSuite(suites: string[], depth: number, name: string): void {
  suites.length = Math.min(suites.length, depth);
  suites.push(name);
}

/** The YAML below a line of a test. */
function detailsAt(lines: readonly string[], start: number, indent: string): readonly string[] {
  if (lines[start] !== `${indent}  ---`) return [];
  return blockOf(lines, start + 1, (line) => line === `${indent}  ...`).map((line) => line.slice(indent.length + 2));
}

function failureOf(test: string, details: readonly string[], lines: readonly string[], index: number): Failure {
  const [, path, line] =
    /^location: '(.+?):(\d+):\d+'$/.exec(details.find((one) => one.startsWith('location: ')) ?? '') ?? [];
  const message = messageOf(errorIn(details) || test);
  const isFile = path !== undefined && details.some((one) => /^exitCode: /.test(one));
  if (!isFile) {
    const told = details.filter((one) => !/^(?:duration_ms|location|failureType|type): /.test(one));
    return { tool: 'TAP', nature: 'test', test, ...at(path, line), message, excerpt: excerptOf(told) };
  }
  const said = printedBefore(lines, index);
  const error = said.find((one) => /^\w*Error\b/.test(one));
  return {
    tool: 'TAP',
    nature: 'build',
    path: placeOf(path),
    message: messageOf(error ?? message),
    excerpt: excerptOf(said),
  };
}

/** `error: 'x is not a function'`, or a block of more indented lines. */
function errorIn(details: readonly string[]): string {
  const index = details.findIndex((line) => line.startsWith('error: '));
  const first = details[index]?.slice('error: '.length) ?? '';
  if (!/^[|>]-?$/.test(first)) return first.replace(/^(['"])(.*)\1$/, '$2');
  return blockOf(details, index + 1, (line) => line !== '' && !line.startsWith('  '))
    .slice(0, 4)
    .join(' ');
}

/** What a file printed that could not even be loaded stands above its name, as comments. */
function printedBefore(lines: readonly string[], index: number): readonly string[] {
  const said: string[] = [];
  for (let at = index - 1; at >= 0 && said.length < 60; at -= 1) {
    const line = lines[at] ?? '';
    if (subtest.test(line)) continue;
    if (!line.startsWith('#')) break;
    said.push(line.replace(/^# ?/, ''));
  }
  return said.reverse();
}
