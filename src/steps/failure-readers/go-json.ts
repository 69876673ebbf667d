import { z } from 'zod';
import type { Failure } from '../../domain/failure.ts';
import { parentsOf, readGo } from './go-test.ts';
import {
  at,
  counted,
  excerptOf,
  type FailureReader,
  firstMatch,
  firstWords,
  maxFailures,
  messageOf,
} from './reader.ts';

const eventSchema = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  ImportPath: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
});

const maxOutputs = 5_000;
const maxKept = 200;
const said = /^\s+(\S{1,300}?\.go):(\d+): (.*)$/;

/** `go test -json`: https://pkg.go.dev/cmd/test2json. Packages run side by side, so their lines are put together first. */
export const goJson: FailureReader = {
  tool: 'go test',
  marks: ['"Action":"fail"', '"Action":"build-fail"'],
  read(lines) {
    const outputs = new Map<string, string[]>();
    const failed: { name: string; test: string }[] = [];
    let passed = 0;
    for (const line of lines) {
      const event = goEventOf(line);
      if (event === null) continue;
      const { Action, Package = event.ImportPath ?? '', Test = '', Output } = event;
      if (Output !== undefined) keep(outputs, `${Package}\0${Test}`, Output);
      if (Test !== '' && Action === 'pass') passed += 1;
      if (Test !== '' && Action === 'fail') failed.push({ name: Package, test: Test });
    }
    const parents = parentsOf(failed.map(({ name, test }) => `${name}\0${test}`));
    const tests = failed
      .filter(({ name, test }) => !parents.has(`${name}\0${test}`))
      .slice(0, maxFailures)
      .map(({ name, test }) => testFailure(name, test, outputs.get(`${name}\0${test}`) ?? []));
    const packages = [...outputs].filter(([key]) => key.endsWith('\0'));
    const built = packages.flatMap(([, told]) => readGo(told).failures.filter(({ nature }) => nature === 'build'));
    const failures = [...built, ...tests].slice(0, maxFailures);
    return { failures, ...counted(tests.length, tests.length + passed) };
  },
};

/** One line of `go test -json`; null of any other. */
export function goEventOf(line: string): z.infer<typeof eventSchema> | null {
  if (!line.startsWith('{"')) return null;
  try {
    return eventSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function keep(outputs: Map<string, string[]>, key: string, output: string): void {
  const known = outputs.get(key);
  if (known === undefined && outputs.size >= maxOutputs) return;
  const lines = known ?? [];
  if (known === undefined) outputs.set(key, lines);
  if (lines.length < maxKept) lines.push(output.replace(/\n$/, ''));
}

function testFailure(name: string, test: string, output: readonly string[]): Failure {
  const body = output.filter((line) => !/^\s*(?:=== |--- )/.test(line));
  const found = firstMatch(body, said);
  const message = messageOf(found?.[3] || firstWords(body) || 'it failed without a word');
  const place = at(found?.[1], found?.[2]);
  return { tool: 'go test', nature: 'test', test: `${name} › ${test}`, ...place, message, excerpt: excerptOf(body) };
}
