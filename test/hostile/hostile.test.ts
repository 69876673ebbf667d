import { afterAll, describe, expect, it, vi } from 'vitest';
import { type House, openHouse } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { patienceMs } from '../support/shown.ts';
import { areas } from './all-cases.ts';

const scripts = Object.assign({}, ...areas.map((area) => area.scripts ?? {}));
let opening: Promise<House> | null = null;
const stage = {
  house: () => {
    opening ??= openHouse({
      script: { ...rightFirstTime, match: scripts },
      environment: { LOG_LEVEL: 'silent', AI_FIX_FIXES_PER_HOUR: '1000' },
    });
    return opening;
  },
};
afterAll(async () => (await opening)?.close());

/** Whole fixes play here side by side; on a busy machine each takes a minute. */
vi.setConfig({ testTimeout: 3 * patienceMs });

describe.each(areas)('$area', ({ cases }) => {
  it.concurrent.each([...cases])('$name: $expected', async ({ attack, expected }) => {
    const came = await attack(stage);

    expect(came).toBe(expected);
  });
});

it('holds at least 150 attacks, each under a name of its own', () => {
  const names = areas.flatMap(({ area, cases }) => cases.map(({ name }) => `${area}: ${name}`));

  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(150);
});
