import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { outcomeOf, soundOutcome } from '../support/finished-fix.ts';
import { type FinishedFix, type KillLane, openKillLane } from '../support/kill-lane.ts';
import { killEverywhere } from '../support/kill-matrix.ts';

/**
 * Kills the App with SIGKILL before and after every step, in every turn, and between every writing request and its
 * answer, and starts it again. What comes out must be what an undisturbed run brings.
 */
const minute = 60_000;

let lanes: readonly [KillLane, KillLane];
let undisturbed: FinishedFix;

beforeAll(async () => {
  lanes = await Promise.all([openKillLane(inject('databaseImage')), openKillLane(inject('databaseImage'))]);
  undisturbed = await lanes[0].fix([]);
});
afterAll(() => Promise.all(lanes.map((lane) => lane.close())));

test('an undisturbed fix is sound, with every burst and every role in it', async () => {
  expect(await outcomeOf(undisturbed)).toEqual(soundOutcome);
  expect(new Set(undisturbed.points.map((point) => point.work))).toContain('burst 10');
});

test('a fix that is killed anywhere comes out as an undisturbed one', { timeout: 20 * minute }, async () => {
  const { missed, faults } = await killEverywhere(lanes, undisturbed, { outcomeOf, sound: soundOutcome });

  expect(missed).toEqual([]);
  expect(faults).toEqual([]);
});
