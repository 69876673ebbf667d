import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '../../src/cli/eval/results.ts';

/** Tasks in a folder of their own; each is a few shell scripts, so that its checks take no time. */
export interface SampleTasks {
  readonly path: string;
  /** Files of the sample task under this name; null takes one away. */
  add(id: string, changes?: Readonly<Record<string, string | null>>): void;
  remove(): void;
}

export const sampleTaskFile = `language: shell
checks:
  test: sh test.sh
hidden:
  command: sh hidden.sh
needs: [sh]
tags: [bug]
`;

const patchOf = (line: string): string => `diff --git a/sum.sh b/sum.sh
--- a/sum.sh
+++ b/sum.sh
@@ -1 +1 @@
-echo $(($1 - $2))
+${line}
`;

export const rightPatch = patchOf('echo $(($1 + $2))');
export const falseGreenPatch = patchOf('echo $1');

/** `sum.sh` subtracts; its own test, with a zero, does not see that. */
const files: Readonly<Record<string, string>> = {
  'task.yml': sampleTaskFile,
  'issue.md': '# sum.sh subtracts\n\nTwo and three are five, and it says -1.\n',
  'repo/sum.sh': 'echo $(($1 - $2))\n',
  'repo/test.sh': '[ "$(sh sum.sh 2 0)" = 2 ]\n',
  'repo/README.md': '# sums\n',
  'hidden/hidden.sh': 'sum=$(sh sum.sh 2 3)\necho "2 and 3 are $sum"\n[ "$sum" = 5 ]\n',
  'solution.patch': rightPatch,
  'traps/first-only.patch': falseGreenPatch,
};

export function makeSampleTasks(): SampleTasks {
  const path = mkdtempSync(join(tmpdir(), 'ai-fix-tasks-'));
  return {
    path,
    add: (id, changes = {}) => {
      for (const [name, text] of Object.entries({ ...files, ...changes })) {
        if (text === null) continue;
        mkdirSync(dirname(join(path, id, name)), { recursive: true });
        writeFileSync(join(path, id, name), text);
      }
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export const sampleResult = (changes: Partial<Result> = {}): Result => ({
  version: 1,
  task: 'a-task',
  repeat: 1,
  digest: 'd1',
  language: 'shell',
  tags: [],
  outcome: 'solved',
  at: null,
  why: null,
  attempts: 1,
  turns: 5,
  tokens: 1_000,
  usd: 0.01,
  usdAtMost: 0.01,
  hasUnknownPrice: false,
  models: ['openai/gpt-6-sol'],
  tookMs: 2_000,
  workedMs: 1_000,
  base: '1'.repeat(40),
  commit: '2'.repeat(40),
  hidden: { conclusion: 'passed', tookMs: 100, tail: '' },
  endedAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});
