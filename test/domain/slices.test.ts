import { expect, it } from 'vitest';
import { createSlices } from '../../src/domain/slices.ts';

/** Takes a millisecond of the processor. */
function work(): void {
  for (const endMs = performance.now() + 1; performance.now() < endMs; );
}

it('others get turns while long work is done, and the work is done in order', async () => {
  const done: number[] = [];
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);

  const isDone = await createSlices().each(100, (at) => {
    work();
    done.push(at);
  });

  clearInterval(timer);
  expect(isDone).toBe(true);
  expect(done).toEqual([...Array(100).keys()]);
  expect(turns).toBeGreaterThan(1);
});

it('short work is done at once', async () => {
  let isOthers = false;
  setImmediate(() => {
    isOthers = true;
  });

  await createSlices().each(3, () => undefined);

  expect(isOthers).toBe(false);
});

it('an aborted signal ends long work between two slices', async () => {
  const stop = new AbortController();
  let steps = 0;

  const isDone = await createSlices(stop.signal).each(1_000, () => {
    work();
    steps += 1;
    if (steps === 10) stop.abort();
  });

  expect(isDone).toBe(false);
  expect(steps).toBeLessThan(100);
});
