import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type FinishedFix, type KillLane, openKillLane } from '../support/kill-lane.ts';
import { killEverywhere } from '../support/kill-matrix.ts';
import { mendedOutcomeOf, mendingWork, soundlyMended } from '../support/mended-fix.ts';

/**
 * Failing checks that the repository's own fixers mend, without any model: the App is killed with SIGKILL before and after
 * every step, and between every writing request and its answer, and started again.
 */
const minute = 60_000;
/** The first burst that reads a verdict. */
const looseFrom = 7;

let lanes: readonly [KillLane, KillLane];
let undisturbed: FinishedFix;

beforeAll(async () => {
  const open = () => openKillLane(inject('databaseImage'), mendingWork);
  lanes = await Promise.all([open(), open()]);
  undisturbed = await lanes[0].fix([]);
}, 2 * minute);
afterAll(() => Promise.all(lanes.map((lane) => lane.close())));

test('an undisturbed round of fixers is sound, with each of its bursts in it', async () => {
  expect(await mendedOutcomeOf(undisturbed)).toEqual(soundlyMended);
  const steps = new Set(undisturbed.points.map(({ name }) => name));
  expect([...steps]).toEqual(
    expect.arrayContaining(['dispatch the recipe', 'take in the patch of the fixers', 'compare the runs']),
  );
});

test('a round of fixers that is killed anywhere comes out as an undisturbed one', {
  timeout: 25 * minute,
}, async () => {
  const soundness = { outcomeOf: mendedOutcomeOf, sound: soundlyMended, looseFrom };

  const { missed, faults } = await killEverywhere(lanes, undisturbed, soundness);

  expect(missed).toEqual([]);
  expect(faults).toEqual([]);
});
