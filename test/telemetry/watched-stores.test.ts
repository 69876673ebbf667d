import { expect, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import type { FixId } from '../../src/domain/ids.ts';
import type { BurstStore, BurstTicket } from '../../src/ports/stores.ts';
import type { Watcher } from '../../src/ports/watcher.ts';
import { watchedBursts } from '../../src/telemetry/watched-stores.ts';
import { sampleRepository } from '../support/sample-fix.ts';

const burst: BurstTicket = { fix: 'f-1' as FixId, number: 1, kind: 'conclude', repository: sampleRepository };
const event: FixEvent = { type: 'farewell-said' };

it('an end that changed nothing, because it was repeated or overtaken, is told to nobody', async () => {
  const told: FixEvent['type'][] = [];
  const answers = [true, false];
  const store = { end: async () => answers.shift() === true } as Partial<BurstStore> as BurstStore;
  const watcher = { happened: ({ type }) => told.push(type) } as Partial<Watcher> as Watcher;
  const bursts = watchedBursts(store, watcher);

  await bursts.end(burst, event);
  await bursts.end(burst, event);

  expect(told).toEqual(['farewell-said']);
});
