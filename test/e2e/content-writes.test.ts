import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { contentWrites } from '../support/content-writes.ts';
import { type House, labelIssue, openHouse, testTuning, until } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { patienceMs, untilBothShow, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** 29 were counted on 2026-11-27, before thrift. */
const mostWrites = 31;
let house: House;
let passedMs = 0;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: rightFirstTime,
    environment: { LOG_LEVEL: 'silent' },
    tuning: {
      now: () => Date.now() + passedMs,
      pace: { ...testTuning.pace, writesPerHour: 480, thriftyFromWrites: 100 },
    },
  });
});
afterAll(() => house.close());

test('a plain fix costs a known number of the 500 writes that GitHub takes in an hour', async () => {
  const repository = 'acme/plain';
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });

  await labelIssue(house.github, repository, sumIssue);
  await untilBothShow(house, repository, 'complete');

  const writes = contentWrites(house.github);
  expect(writes.length, writes.join('\n')).toBeLessThanOrEqual(mostWrites);
});

test('when the writes of an hour are made a fix waits, and goes on by itself once there is room', async () => {
  const repository = 'acme/patient';
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });
  const { writes, fixes } = house.app.ports;
  const installationId = house.github.installationId(repository);
  while ((await writes.lastHour(installationId)).count < 480) await writes.count(installationId);
  const before = contentWrites(house.github).length;

  const issue = await labelIssue(house.github, repository, sumIssue);
  const waiting = await until('the fix waits', patienceMs, async () => {
    const fix = await fixes.findOfThread({ installationId, owner: 'acme', name: 'patient' }, issue);
    return fix?.wait?.for === 'outage' && fix;
  });
  const whileFull = contentWrites(house.github).length - before;
  passedMs += 61 * 60_000;
  await untilState(house, repository, issue, 'complete');

  expect(whileFull).toBe(0);
  expect(waiting.wait?.untilMs).toBeGreaterThan(Date.now() + 30 * 60_000);
  expect(house.github.pullRequests(repository)[0]).toMatchObject({ state: 'open', draft: false });
});
