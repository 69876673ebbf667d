import type { Failure } from '../../domain/failure.ts';
import {
  at,
  blockOf,
  counted,
  excerptOf,
  type FailureReader,
  firstMatch,
  firstWords,
  maxFailures,
  messageOf,
} from './reader.ts';

const surefire =
  /^(?:\[ERROR\] )?(\S{1,800}) {1,3}(?:-- )?Time elapsed: [\d.,]+ ?s(?:ec)? {1,3}<<< (?:FAILURE|ERROR)!$/;
const mavenCompiler = /^\[ERROR\] (\S{1,500}\.(?:java|kt|scala|groovy)):\[?(\d+)(?:,\d+\])? (.*)$/;
const javac = /^(?:\[ERROR\] )?(\S{1,500}\.java):(\d+): error: (.*)$/;
const kotlinc = /^e: (?:file:\/\/)?(\S{1,500}\.kts?):(\d+):\d+ (.*)$/;
const gradleEnd = ' FAILED';
const maxGradleLength = 600;
const mavenTotal = /^\[(?:ERROR|WARNING|INFO)\] Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: \d+$/;
const gradleTotal = /^(\d+) tests? completed, (\d+) failed/;
const frame = /^\s+at (?:app\/\/)?[\w.$/]{1,300}\(([\w$]{1,200}\.(?:java|kt|scala|groovy)):(\d+)\)$/;

/** Maven's Surefire and Failsafe, Gradle, and the compilers they start. */
export const java: FailureReader = {
  tool: 'java',
  marks: ['<<< FAILURE!', '<<< ERROR!', 'COMPILATION ERROR', '.java:', '\ne: ', ' FAILED\n'],
  read(lines) {
    const failures: Failure[] = [];
    for (let index = 0; index < lines.length && failures.length < maxFailures; index += 1) {
      const failure = buildFailure(lines, index) ?? surefireFailure(lines, index) ?? gradleFailure(lines, index);
      if (failure !== null) failures.push(failure);
    }
    return { failures, ...totals(lines) };
  },
};

function buildFailure(lines: readonly string[], index: number): Failure | null {
  const line = lines[index] ?? '';
  const found = mavenCompiler.exec(line) ?? javac.exec(line) ?? kotlinc.exec(line);
  if (found === null) return null;
  const [, path, number, message = ''] = found;
  const more = blockOf(lines, index + 1, (one) => !/^\s/.test(one) && !/^\[ERROR\] {2}/.test(one)).slice(0, 6);
  const tool = line.startsWith('e: ') ? 'kotlinc' : 'javac';
  return {
    tool,
    nature: 'build',
    ...at(path, number),
    message: messageOf(message),
    excerpt: excerptOf([line, ...more]),
  };
}

function surefireFailure(lines: readonly string[], index: number): Failure | null {
  const line = lines[index] ?? '';
  const found = line.endsWith('!') ? surefire.exec(line) : null;
  if (found === null) return null;
  return testFailure('surefire', classFirst(found[1] ?? ''), lines, index, /^\[|^$|^Tests run:/);
}

/** Older ones write `adds(com.acme.SumTest)`. */
function classFirst(told: string): string {
  const open = told.endsWith(')') ? told.lastIndexOf('(') : -1;
  return open <= 0 || open === told.length - 2 ? told : `${told.slice(open + 1, -1)}.${told.slice(0, open)}`;
}

function gradleFailure(lines: readonly string[], index: number): Failure | null {
  const line = lines[index] ?? '';
  const isOne = /^\S/.test(line) && line.length <= maxGradleLength && line.endsWith(gradleEnd);
  const told = isOne ? line.slice(0, -gradleEnd.length) : '';
  const cut = told.lastIndexOf(' > ');
  if (cut <= 0 || cut + 3 === told.length) return null;
  return testFailure('gradle', `${told.slice(0, cut)} › ${told.slice(cut + 3)}`, lines, index, /^\S/);
}

function testFailure(tool: string, test: string, lines: readonly string[], index: number, end: RegExp): Failure {
  const body = blockOf(lines, index + 1, (line) => end.test(line) && !/^\[ERROR\] {2}/.test(line));
  // Of the frames those of the test class come after the framework's own assertions.
  const [, path, line] =
    firstMatch(
      body.filter((one) => !/\b(?:org\.junit|org\.assertj|org\.hamcrest|java\.base)\b/.test(one)),
      frame,
    ) ?? [];
  return {
    tool,
    nature: 'test',
    test,
    ...at(path, line),
    message: messageOf(firstWords(body)),
    excerpt: excerptOf(body),
  };
}

function totals(lines: readonly string[]) {
  const maven = mavenTotal.exec(lines.findLast((line) => mavenTotal.test(line)) ?? '');
  if (maven !== null) return counted(Number(maven[2]) + Number(maven[3]), Number(maven[1]));
  const found = gradleTotal.exec(lines.findLast((line) => gradleTotal.test(line)) ?? '');
  return found === null ? {} : counted(Number(found[2]), Number(found[1]));
}
