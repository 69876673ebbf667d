import { expect, it } from 'vitest';
import { createProgress } from './progress.ts';

function told(isTTY: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  const out = { isTTY, write: (text: string) => written.push(text) > 0 };
  const progress = createProgress('shop', 101, out as never, () => nowMs);
  return {
    written,
    done(count: number, atMs: number) {
      nowMs = atMs;
      progress.tell(count);
    },
  };
}

it('the first fix, which reads the whole tree, does not count for the estimate', () => {
  const { written, done } = told(true);

  done(1, 60_000);
  done(11, 70_000);

  expect(written[1]).not.toContain('to go');
  expect(written[2]).toContain('11 of 101 fixes in 70 s, about 90 s to go');
});

it('a file gets a line now and then, and a terminal one that changes', () => {
  const [file, terminal] = [told(false), told(true)];
  for (const { done } of [file, terminal]) for (let count = 1; count <= 21; count++) done(count, count * 1_000);

  expect(file.written).toHaveLength(3);
  expect(file.written.every((line) => line.endsWith('\n'))).toBe(true);
  expect(terminal.written).toHaveLength(22);
  expect(terminal.written.some((line) => line.includes('\n'))).toBe(false);
});
