import type { Failure } from '../../domain/failure.ts';
import {
  at,
  blockOf,
  counted,
  excerptOf,
  type FailureReader,
  firstMatch,
  lastCount,
  maxFailures,
  messageOf,
  placeOf,
} from './reader.ts';

const subtest = /^( *)# Subtest: (.*)$/;
const notOk = /^( *)not ok \d+(?: -)? ?(.*)$/;
/** How long it took, as others than node tell it behind the name, and the brace before the tests within. */
const behindName = /(?: # time=[\d.]+m?s)?(?: \{)?$/;

/** TAP, as `node --test` and others write it: https://testanything.org/tap-version-14-specification.html */
export const tap: FailureReader = {
  tool: 'TAP',
  marks: ['not ok '],
  read(lines) {
    const found: Found[] = [];
    const suites: Suite[] = [];
    for (const [index, line] of lines.entries()) {
      const opened = subtest.exec(line);
      if (opened !== null) openSuite(suites, depthOf(opened[1]), { name: opened[2] ?? '', from: found.length });
      const failed = notOk.exec(line);
      if (failed === null || / # (?:skip|todo)\b/i.test(line)) continue;
      const [, indent = '', written = ''] = failed;
      const [name, depth] = [written.replace(behindName, ''), depthOf(indent)];
      const isOpen = written.endsWith(' {');
      if (isOpen) openSuite(suites, depth, { name, from: found.length + 1 });
      const details = detailsAt(lines, index + 1, indent);
      const isSummary = details.length === 0 || details.some((detail) => detail.startsWith('exitCode: '));
      if (details.some((detail) => /failureType: 'subtestsFailed'/.test(detail))) continue;
      const suite = suites[depth]?.name === name ? suites[depth] : undefined;
      // Its line ends a suite that stood above it.
      if (suite !== undefined && !isOpen) suites.length = depth;
      if (isSummary && !isOpen && suite !== undefined && found.length > suite.from) continue;
      const test = [...suites.slice(0, depth).map((suite) => suite.name), name].join(' › ');
      found.push({ failure: failureOf(test, details, lines, index), depth, isOpen });
      if (found.length === maxFailures) break;
    }
    const failures = found
      .filter(({ isOpen, depth }, index) => !isOpen || depth >= (found[index + 1]?.depth ?? 0))
      .map(({ failure }) => failure);
    return { failures, ...counted(lastCount(lines, /^# fail (\d+)$/), lastCount(lines, /^# tests (\d+)$/)) };
  },
};

/** A suite says nothing more than the tests within: they stand behind it where it opens a brace, else before it. */
interface Found {
  readonly failure: Failure;
  readonly depth: number;
  readonly isOpen: boolean;
}

const maxDepth = 20;
const depthOf = (indent = ''): number => Math.min(maxDepth, Math.floor(indent.length / 4));

interface Suite {
  readonly name: string;
  /** How many failures had been found before it. */
  readonly from: number;
}

function openSuite(suites: Suite[], depth: number, suite: Suite): void {
  suites.length = Math.min(suites.length, depth);
  suites.push(suite);
}

/** The YAML below a line of a test. */
function detailsAt(lines: readonly string[], start: number, indent: string): readonly string[] {
  const first = lines[start] ?? '';
  const margin = first.slice(0, -3);
  if (first !== `${margin}---` || margin.trim() !== '' || margin.length <= indent.length) return [];
  return blockOf(lines, start + 1, (line) => line === `${margin}...`).map((line) => line.slice(margin.length));
}

function failureOf(test: string, details: readonly string[], lines: readonly string[], index: number): Failure {
  const [, path, line] =
    firstMatch(
      details.filter((detail) => !detail.includes('node_modules')),
      /^(?:location|at): ['"](.+?):(\d+):\d+['"]$/,
    ) ?? [];
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

/** `error: 'x is not a function'`, a block of more indented lines, or an object with a message. */
function errorIn(details: readonly string[]): string {
  const index = details.findIndex((line) => line.startsWith('error: '));
  if (index === -1)
    return /^ +message: "(.*?)"?$/.exec(details.find((line) => /^ +message: "/.test(line)) ?? '')?.[1] ?? '';
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
