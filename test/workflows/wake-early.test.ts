import { expect, test } from 'vitest';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { ModelHealth } from '../../src/domain/model-health.ts';
import { mayWakeEarly } from '../../src/workflows/wake-early.ts';
import { sampleFixAtWork } from '../support/sample-fix.ts';

const minute = 60_000;
/** It began to wait in minute 10, and will until minute 14. */
const since = { wait: { for: 'outage', untilMs: 14 * minute }, outages: 3 } as const;
const waiting: Partial<Fix> = { ...since, outageOf: 'models' };

const health = (facts: Partial<ModelHealth> = {}): ModelHealth => ({
  modelId: 'openai/m',
  state: 'closed',
  openedAtMs: null,
  answeredAgainAtMs: 11 * minute,
  probeInMs: 0,
  failures: 0,
  fault: null,
  reason: null,
  inFlight: 0,
  queued: 0,
  ...facts,
});

const wakes = (fix: Partial<Fix>, ...healths: readonly ModelHealth[]): boolean =>
  mayWakeEarly(
    {
      pace: { outagePauseMs: (outages: number) => 2 ** outages * minute } as never,
      modelHealth: () => healths,
      rosterFor: () => ({ describe: () => ({ coder: ['openai/m'] }) }) as never,
    },
    sampleFixAtWork(fix),
  );

test('a fix that waits for its models is woken once one of them answers again', () => {
  expect(wakes(waiting, health())).toBe(true);
});

test.each<[string, Partial<Fix>, ModelHealth]>([
  ['the recovery was before it began to wait', waiting, health({ answeredAgainAtMs: 9 * minute })],
  ['the model never was away', waiting, health({ answeredAgainAtMs: null })],
  ['the model is away once more', waiting, health({ state: 'open' })],
  ['the model is none that it asks', waiting, health({ modelId: 'openai/other' })],
  ['it waits for GitHub', { ...waiting, outageOf: 'github' }, health()],
  ['its row does not say for whom it waits', since, health()],
  ['it waits for a run', { ...waiting, wait: { for: 'run', untilMs: 14 * minute } }, health()],
])('it waits on where %s', (_why, fix, one) => {
  expect(wakes(fix, one)).toBe(false);
});
