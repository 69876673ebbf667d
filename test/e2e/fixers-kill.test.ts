import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import type { StepPoint } from '../support/app-process.ts';
import type { Kill } from '../support/kill.ts';
import { type KillLane, openKillLane } from '../support/kill-lane.ts';
import { mendedOutcomeOf, mendingWork, soundlyMended } from '../support/mended-fix.ts';
import { patienceMs } from '../support/shown.ts';

/** The App is killed while the repository's own fixers mend; a sample of `test/long/fixers-kill-matrix.test.ts`. */
vi.setConfig({ testTimeout: 4 * patienceMs });
let lane: KillLane;
beforeAll(async () => {
  lane = await openKillLane(inject('databaseImage'), mendingWork);
});
afterAll(() => lane.close());

const step = (at: StepPoint['at'], name: string, burst: number): Kill => ({
  kind: 'step',
  point: { at, name, work: `burst ${burst}` },
});
const dispatch = (number: number): Kill => ({
  kind: 'request',
  request: `POST /actions/workflows/ai-fix-sandbox.yml/dispatches (${number})`,
});

test('kills around the run of the fixers neither start it twice nor lose what it made', async () => {
  const kills = [
    step('after', 'number the dispatch of the recipe', 4),
    dispatch(1),
    step('before', 'show the new status', 4),
    step('after', 'take in the patch of the fixers', 5),
  ];

  const fix = await lane.fix(kills);

  expect(fix.kills).toEqual(kills);
  expect(await mendedOutcomeOf(fix)).toEqual(soundlyMended);
});

test('kills around the validation of their patch neither run it twice nor offer it twice', async () => {
  const kills = [
    step('before', 'open the pull request', 3),
    dispatch(2),
    dispatch(3),
    { kind: 'request', request: 'PATCH /git/refs/heads/ai-fix/checks-main (1)' },
  ] satisfies Kill[];

  const fix = await lane.fix(kills);

  expect(fix.kills).toEqual(kills);
  expect(await mendedOutcomeOf(fix)).toEqual(soundlyMended);
});
