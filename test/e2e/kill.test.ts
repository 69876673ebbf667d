import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { outcomeOf, soundOutcome } from '../support/finished-fix.ts';
import type { Kill } from '../support/kill.ts';
import { type KillLane, openKillLane } from '../support/kill-lane.ts';
import { patienceMs } from '../support/shown.ts';

/** A sample; `npm run test:long` kills everywhere. */
vi.setConfig({ testTimeout: 2 * patienceMs });
let lane: KillLane;
beforeAll(async () => {
  lane = await openKillLane(inject('databaseImage'));
});
afterAll(() => lane.close());

test('a kill between a request and its answer neither opens a second pull request nor dispatches a second run', async () => {
  const kills: Kill[] = [
    { kind: 'request', request: 'POST /pulls (1)' },
    { kind: 'request', request: 'POST /actions/workflows/ai-fix-sandbox.yml/dispatches (1)' },
  ];

  const fix = await lane.fix(kills);

  expect(fix.kills).toEqual(kills);
  expect(await outcomeOf(fix)).toEqual(soundOutcome);
});

test('a kill in the middle of a turn buys that turn again and no other', async () => {
  const kills: Kill[] = [{ kind: 'turn', turn: 'coder 1.1' }];

  const fix = await lane.fix(kills);

  expect(fix.kills).toEqual(kills);
  expect(await outcomeOf(fix)).toEqual(soundOutcome);
  expect(fix.turns.filter((turn, index) => fix.turns.indexOf(turn) !== index)).toEqual(['coder 1.1']);
});

test('a kill between the end of a burst and the start of the next loses neither', async () => {
  const kills: Kill[] = [
    { kind: 'step', point: { at: 'after', name: 'end the burst', work: 'burst 2' } },
    { kind: 'step', point: { at: 'after', name: 'show the new status', work: 'burst 5' } },
  ];

  const fix = await lane.fix(kills);

  expect(fix.kills).toEqual(kills);
  expect(await outcomeOf(fix)).toEqual(soundOutcome);
});
