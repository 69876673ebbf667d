import { expect, it } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { createWriteGuard } from '../../src/github/write-guard.ts';
import type { WriteLedger } from '../../src/ports/stores.ts';

const minuteMs = 60_000;

function fakeLedger(now: () => number): WriteLedger {
  const writes: { readonly by: number; readonly atMs: number }[] = [];
  const counted = (id: number) => writes.filter(({ by, atMs }) => by === id && atMs > now() - 60 * minuteMs);
  return {
    count: async (by) => void writes.push({ by, atMs: now() }),
    lastHour: async (id) => {
      const [eldest] = counted(id);
      return { count: counted(id).length, eldestLeavesInMs: (eldest?.atMs ?? now()) + 60 * minuteMs - now() };
    },
    forget: async () => undefined,
  };
}

it('the 481st write of an hour is held back for as long as it takes, and then goes out', async () => {
  let nowMs = 0;
  const beforeWrite = createWriteGuard(
    fakeLedger(() => nowMs),
    480,
  );
  for (let count = 0; count < 480; count++) {
    nowMs += 1_000;
    await beforeWrite(7);
  }

  const refusal = await beforeWrite(7).catch((error: unknown) => error);
  const again = await beforeWrite(7).catch((error: unknown) => error);
  nowMs += (refusal as ForgeError).retryAfterMs ?? 0;
  await beforeWrite(7);

  expect(refusal).toBeInstanceOf(ForgeError);
  expect(refusal).toMatchObject({ isRetryable: true, status: 403, retryAfterMs: 60 * minuteMs - 479_000 });
  // What is held back is not counted, or nothing would ever go out again.
  expect(again).toMatchObject({ retryAfterMs: 60 * minuteMs - 479_000 });
});

it('another installation has an hour of its own', async () => {
  const beforeWrite = createWriteGuard(
    fakeLedger(() => 0),
    480,
  );
  for (let count = 0; count < 480; count++) await beforeWrite(7);

  await expect(beforeWrite(8)).resolves.toBeUndefined();
  await expect(beforeWrite(7)).rejects.toThrow('has written 480 times within an hour');
});
