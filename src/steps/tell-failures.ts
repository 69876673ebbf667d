import { type Failure, nameOf } from '../domain/failure.ts';
import { failingPart } from './failing-part.ts';
import { readFailures } from './failure-readers/all-readers.ts';
import { isForeignFrame, messageOf, type Reading } from './failure-readers/reader.ts';
import { mergeReported } from './merge-reported.ts';
import { disarmed, failingStep, headAndTail } from './plain-log.ts';

export interface ToldFailures {
  /** Plain text, bounded; no line of it is one that a runner would obey. */
  readonly text: string;
  /** What failed, the weightiest first. Never empty: of a log that nobody knows it is what the log said last. */
  readonly failures: readonly Failure[];
  /** How many failed in all, of which `failures` may be a part. */
  readonly count: number;
}

/**
 * Why a check failed, as short as it can be told: a line that sums it up, each failure's own part, the end of the log.
 *
 * @param reported What the run's own test reports say failed; they have the better names.
 */
export function tellFailures(log: string | null, maxLength: number, reported: readonly Failure[] = []): ToldFailures {
  const step = log === null ? '' : failingStep(log);
  const reading = readFailures(step);
  const failures = mergeReported(reported, reading.failures);
  if (failures.length === 0) {
    const text = log === null ? 'GitHub has no log of this job.' : failingPart(log, maxLength);
    return { text, failures: [unknownFailure(step)], count: 1 };
  }
  const count = Math.max(failures.length, reading.ran?.failed ?? 0);
  return { text: textOf({ ...reading, failures }, step, maxLength), failures, count };
}

/** What says only that something else failed. */
const endOfProcess =
  /^(?:error: (?:Process completed|The (?:operation|process))|npm (?:ERR!|error)\b|make(?:\[\d+\])?: \*\*\* .* Error \d+$)/i;
const reason = /(?:\b(?:\w{0,60}(?:Error|Exception)|error|fatal|panic)\b(?: \[\w{1,60}\])?: |^E\s{2})/;

/** The last words of a log that give a reason, or else that say more than that a process ended. */
function unknownFailure(step: string): Failure {
  const lines = step
    .slice(-4_000)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const said = lines.filter((line) => !endOfProcess.test(line));
  const message = messageOf(
    said.findLast((line) => reason.test(line)) ?? said.at(-1) ?? lines.at(-1) ?? 'it said nothing',
  );
  return { tool: 'log', nature: 'test', message, excerpt: '' };
}

const maxTailLength = 2_000;
/** Below this a part tells nothing. */
const minPartLength = 160;
const maxParts = 12;

function textOf({ failures, ran }: Reading, step: string, maxLength: number): string {
  const summary = headAndTail(summaryOf(failures, ran), Math.floor(maxLength * 0.25));
  const maxTail = Math.min(maxTailLength, Math.floor(maxLength * 0.15));
  const parts: string[] = [];
  let room = maxLength - summary.length - maxTail - 120;
  for (const [index, failure] of failures.entries()) {
    const left = Math.min(failures.length, maxParts) - index;
    const share = Math.floor(room / Math.max(1, left));
    if (left <= 0 || share < minPartLength) break;
    const part = partOf(failure, share);
    parts.push(part);
    room -= part.length + 2;
  }
  const hidden = failures.length - parts.length;
  const more = hidden === 0 ? '' : `${hidden} further ${hidden === 1 ? 'failure is' : 'failures are'} not shown.`;
  const text = [summary, ...parts, more, tailOf(step, parts, maxTail)].filter(Boolean).join('\n\n');
  return disarmed(text).slice(0, maxLength).toWellFormed();
}

function partOf(failure: Failure, share: number): string {
  const { test, path, line, message, excerpt } = failure;
  const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}`;
  const heading =
    test === undefined ? place || nameOf(failure) : `${nameOf(failure)}${place === '' ? '' : ` (${place})`}`;
  // The message was put together from the excerpt, but for tools that tell both in one line.
  const words = excerpt.replaceAll(/\s+/g, ' ').includes(message.slice(0, 40)) ? excerpt : `${message}\n${excerpt}`;
  return headAndTail(`### ${heading}\n${words}`.trimEnd(), Math.max(minPartLength, share - 60));
}

/** Something else may have gone wrong as well, and it stands at the end; what was told above is left out. */
function tailOf(step: string, parts: readonly string[], maxLength: number): string {
  const told = new Set(parts.flatMap((part) => part.split('\n')).map((line) => line.trim()));
  const end = step
    .slice(-3 * maxLength)
    .split('\n')
    .slice(1);
  const fresh = end.filter((line) => line.trim() !== '' && !told.has(line.trim()) && !isForeignFrame(line));
  let length = 0;
  const start = fresh.findLastIndex((line) => {
    length += line.length + 1;
    return length > maxLength;
  });
  const kept = fresh.slice(start + 1);
  return kept.length === 0 ? '' : `The end of the log, without what stands above:\n${kept.join('\n')}`;
}

const maxNames = 8;

function summaryOf(failures: readonly Failure[], ran: Reading['ran']): string {
  const of = (nature: Failure['nature']) => failures.filter((failure) => failure.nature === nature);
  const [build, test, lint] = [of('build'), of('test'), of('lint')];
  const sentences = [
    build.length === 0 ? '' : `${count(build.length, 'error')} where it does not build: ${listed(build)}.`,
    test.length === 0
      ? ''
      : `${testsText(test.length, build.length === 0 ? (ran?.failed ?? 0) : 0, ran?.total ?? 0)} failed: ${listed(test)}.`,
    lint.length === 0 ? '' : `${count(lint.length, 'problem')} of linters or types: ${listed(lint)}.`,
  ];
  return sentences.filter(Boolean).join('\n');
}

/** @param failed As the tool counted, which may take a file that does not build for a test. */
const testsText = (found: number, failed: number, total: number): string =>
  total < found ? count(found, 'test') : `${Math.max(found, failed)} of ${count(total, 'test')}`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function listed(failures: readonly Failure[]): string {
  const names = failures.slice(0, maxNames).map(nameOf).join('; ');
  return failures.length <= maxNames ? names : `${names}; and ${failures.length - maxNames} more`;
}
