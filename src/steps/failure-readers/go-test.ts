import type { Failure } from '../../domain/failure.ts';
import {
  at,
  blockOf,
  excerptOf,
  type FailureReader,
  firstMatch,
  firstWords,
  maxFailures,
  messageOf,
  type Reading,
} from './reader.ts';

const failed = /^( *)--- FAIL: (\S{1,500}) \([\d.]+s\)$/;
const broken = /^(?:vet: )?(\S{1,500}?\.go):(\d+)(?::\d+)?: (.*)$/;
const said = /^\s+(\S{1,300}?\.go):(\d+): (.*)$/;
const endOfPackage = /^(?:FAIL|ok)\s+(\S{1,500})/;
const nextTest = /^ *(?:--- |=== )|^FAIL\b|^ok\s|^exit status /;

/** `go test`, also with `-v`: https://pkg.go.dev/cmd/go#hdr-Test_packages */
export const goTest: FailureReader = {
  tool: 'go test',
  marks: ['--- FAIL: ', '[build failed]', '[setup failed]', '\nFAIL\t', 'vet: ', '.go:', 'panic: '],
  read: (lines) => readGo(lines),
};

export function readGo(lines: readonly string[]): Reading {
  const failures: Failure[] = [];
  let first = 0;
  let isBuilding = false;
  for (let index = 0; index < lines.length && failures.length < maxFailures; index += 1) {
    const line = lines[index] ?? '';
    if (/^# \S/.test(line)) isBuilding = true;
    const problem = isBuilding || line.startsWith('vet: ') ? broken.exec(line) : null;
    if (problem !== null) failures.push(buildFailure(problem, lines, index));
    else if (!line.startsWith('\t') && !/^# \S/.test(line)) isBuilding = false;
    const test = failed.exec(line);
    if (test !== null) failures.push(testFailure(test, lines, index));
    else if (isPanic(line) && !failed.test(lines[index - 1] ?? '')) failures.push(...panicOutside(lines, index));
    const ended = endOfPackage.exec(line)?.[1];
    if (ended === undefined) continue;
    inPackage(failures, first, ended);
    first = failures.length;
  }
  return { failures: withoutParents(failures) };
}

function buildFailure([, path, line, message = '']: RegExpExecArray, lines: readonly string[], index: number): Failure {
  const more = blockOf(lines, index + 1, (one) => !one.startsWith('\t'));
  const excerpt = excerptOf([lines[index] ?? '', ...more]);
  return { tool: 'go test', nature: 'build', ...at(path, line), message: messageOf(message), excerpt };
}

function testFailure([, indent = '', test = '']: RegExpExecArray, lines: readonly string[], index: number): Failure {
  const isEnd = (line: string) => nextTest.test(line) || (line !== '' && !line.startsWith(`${indent} `));
  const hasPanic = isPanic(lines[index + 1] ?? '');
  const panics = blockOf(lines, index + 1, hasPanic ? (line) => nextTest.test(line) : isEnd);
  const body = panics.some((line) => line.trim() !== '') ? panics : saidBefore(lines, index, test);
  const [, path, line] = firstMatch(body, said) ?? firstMatch(body, /^\s+(\S{1,300}_test\.go):(\d+)\b/) ?? [];
  const message = messageOf(firstMatch(body, said)?.[3] || firstWords(body) || 'it failed without a word');
  return { tool: 'go test', nature: 'test', test, ...at(path, line), message, excerpt: excerptOf(body) };
}

/** A time-out of the whole run, or a panic of a goroutine that no test called: the run ends there. */
function panicOutside(lines: readonly string[], index: number): Failure[] {
  const body = blockOf(lines, index, (line) => endOfPackage.test(line) || line.startsWith('exit status '));
  // A program may print the word, and a test may recover.
  if (!body.some((line) => /^goroutine \d+ \[/.test(line))) return [];
  const running = /^\t\t(Test\S{1,300}) \(/;
  const within = /\.(Test[^\s(]{1,300})\(/;
  const frame = body.findIndex((line) => within.test(line));
  const test = firstMatch(body, running)?.[1] ?? within.exec(body[frame] ?? '')?.[1];
  const own = /^\t(?!\/usr\/)(\S{1,500}\.go):(\d+)\b/;
  const [, path, line] = firstMatch(frame === -1 ? body : body.slice(frame), own) ?? firstMatch(body, own) ?? [];
  const message = messageOf((lines[index] ?? '').slice('panic: '.length));
  const told = test === undefined ? {} : { test };
  return [{ tool: 'go test', nature: 'test', ...told, ...at(path, line), message, excerpt: excerptOf(body) }];
}

const isPanic = (line: string): boolean => line.startsWith('panic: ');

/** With `-v` a test's words come between its start and its end. */
function saidBefore(lines: readonly string[], index: number, test: string): readonly string[] {
  const from = Math.max(0, index - 200);
  const start = lines
    .slice(from, index)
    .findLastIndex((line) => /^=== (?:RUN|CONT|NAME) /.test(line) && line.endsWith(` ${test}`));
  if (start === -1) return [];
  // Of a test with others within it, only what it said itself.
  return blockOf(lines.slice(0, index), from + start + 1, (line) => /^\s*(?:=== |--- )/.test(line));
}

/** What stands before the end of a package belongs to it. */
function inPackage(failures: Failure[], first: number, name: string): void {
  for (let index = first; index < failures.length; index += 1) {
    const failure = failures[index];
    if (failure?.test !== undefined) failures[index] = { ...failure, test: `${name} › ${failure.test}` };
  }
}

/** A test that failed only because one within it did says nothing more. */
function withoutParents(failures: readonly Failure[]): Failure[] {
  const parents = parentsOf(failures.map(({ test = '' }) => test));
  return failures.filter(({ test, excerpt }) => test === undefined || excerpt !== '' || !parents.has(test));
}

/** Names of tests that have others of these within them: `TestRound` of `TestRound/down`. */
export function parentsOf(tests: readonly string[]): ReadonlySet<string> {
  const parents = new Set<string>();
  for (const test of tests) {
    const end = test.lastIndexOf('/');
    if (end > 0) parents.add(test.slice(0, end));
  }
  return parents;
}
