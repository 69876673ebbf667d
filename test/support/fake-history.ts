import type { FileHistory } from '../../src/agent/tools/history.ts';
import { asSha } from '../../src/domain/ids.ts';
import type { PastCommit } from '../../src/ports/history.ts';

export const pastCommit = (digit: string, message: string): PastCommit => ({
  sha: asSha(digit.repeat(40)),
  author: 'ada',
  at: '2026-01-02T03:04:05Z',
  message,
});

/** A file `a.ts` of ten lines: the first four from one commit, the others from another. */
export function fakeHistory(): FileHistory {
  const [first, second] = [pastCommit('1', 'Begin'), pastCommit('2', 'Mend the total\n\nIt was wrong.')];
  return {
    ofFile: async (path, limit) => (path === 'a.ts' ? [second, first].slice(0, limit) : []),
    ofLines: async (path) =>
      path === 'a.ts'
        ? [
            { startLine: 1, endLine: 4, commit: first },
            { startLine: 5, endLine: 10, commit: second },
          ]
        : null,
  };
}
