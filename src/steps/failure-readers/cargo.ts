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

const title = /^---- (.{1,500}) std(?:out|err) ----$/;
const panicked = /^thread '.{0,300}?'.{0,20} panicked at (?:'.{0,300}', )?(\S{1,500}?):(\d+):\d+:?$/;
const error = /^error(?:\[E\d{4}\])?: (.*)$/;
const arrow = /^ *--> (\S{1,500}?):(\d+):\d+$/;
const result = /^test result: \w+\. (\d+) passed; (\d+) failed;/;

/** `cargo test`, and what rustc and clippy say: https://doc.rust-lang.org/cargo/commands/cargo-test.html */
export const cargo: FailureReader = {
  tool: 'cargo',
  marks: [' stdout ----', ' stderr ----', 'error[E', '\nerror: '],
  read(lines) {
    const failures: Failure[] = [];
    let [passed, failed] = [0, 0];
    for (let index = 0; index < lines.length && failures.length < maxFailures; index += 1) {
      const line = lines[index] ?? '';
      const counts = result.exec(line);
      passed += Number(counts?.[1] ?? 0);
      failed += Number(counts?.[2] ?? 0);
      const test = title.exec(line)?.[1];
      if (test !== undefined) failures.push(testFailure(test, lines, index));
      const found = error.exec(line);
      const place = found === null ? null : firstMatch(lines.slice(index + 1, index + 3), arrow);
      if (found !== null && place !== null) failures.push(buildFailure(found[1] ?? '', place, lines, index));
    }
    return { failures, ...counted(failed, failed + passed) };
  },
};

function testFailure(test: string, lines: readonly string[], index: number): Failure {
  const body = blockOf(lines, index + 1, (line) => title.test(line) || line === 'failures:' || result.test(line));
  const at0 = body.findIndex((line) => panicked.test(line));
  const [, path, line] = panicked.exec(body[at0] ?? '') ?? [];
  // Values that differ are told in lines of their own.
  const words = blockOf(body, at0 + 1, (one) => /^(?:note:|stack backtrace:|$)/.test(one)).slice(0, 4);
  const message = messageOf(words.join(' ') || firstWords(body));
  return { tool: 'cargo', nature: 'test', test, ...at(path, line), message, excerpt: excerptOf(body) };
}

function buildFailure(
  message: string,
  [, path, line]: RegExpExecArray,
  lines: readonly string[],
  index: number,
): Failure {
  const excerpt = excerptOf(blockOf(lines, index, (one) => one === ''));
  return { tool: 'cargo', nature: 'build', ...at(path, line), message: messageOf(message), excerpt };
}
