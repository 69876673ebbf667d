import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDatabaseImage } from '../../src/cli/eval/database-image.ts';
import { type Drilled, drill } from '../drill/drill.ts';

/** The small drill goes through everything that `npm run drill` plays. The seed is any that has each happening. */
const fixes = 12;
let image: string;
let drilled: Drilled;

const minute = 60_000;
beforeAll(async () => {
  image = await mkdtemp(join(tmpdir(), 'ai-fix-image-'));
  await makeDatabaseImage(image);
  drilled = await drill({
    seed: 7,
    fixes,
    lanes: 8,
    share: 0.3,
    databaseImage: image,
    patienceMs: 3 * minute,
    say: () => undefined,
  });
}, 5 * minute);
afterAll(() => rm(image, { recursive: true, force: true }));

test('every fix ends in a right state, no attempt is spent by an outage, and no reply stands twice in the books', () => {
  expect(drilled.verdict.problems).toEqual([]);
  expect(Object.values(drilled.verdict.ends)).toEqual([fixes]);
});

test('what the books hold is what the providers sent', () => {
  const { recorded, recordedTokens, deliveredTokens } = drilled.verdict;

  expect(recorded).toBeGreaterThanOrEqual(fixes * 7);
  expect(recordedTokens).toBe(deliveredTokens);
});

test('the drill was one: calls failed, others took over, and the process was killed', () => {
  expect(drilled.verdict.failedCalls).toBeGreaterThan(10);
  expect(drilled.verdict.failovers.length).toBeGreaterThan(3);
  expect(drilled.kills).toBe(3);
});

test('every provider streamed replies over its own protocol, and the thoughts of one came back to it', () => {
  const whole = drilled.proxy.asks.filter(({ tokens }) => tokens !== null);

  expect(new Set(whole.map(({ provider }) => provider)).size).toBe(3);
  expect(drilled.verdict.thoughtsBack).toBeGreaterThan(4);
});
