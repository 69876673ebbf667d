import { describe, expect, test } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { FixId } from '../../src/domain/ids.ts';
import type { ModelHealth } from '../../src/domain/model-health.ts';
import { remember } from '../../src/domain/remember.ts';
import { mayWakeEarly } from '../../src/workflows/wake-early.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFixAtWork } from '../support/sample-fix.ts';

const minute = 60_000;
/** It began to wait in minute 10, and will until minute 14. */
const since = { wait: { for: 'outage', untilMs: 14 * minute }, outages: 3 } as const;
const waiting: Partial<Fix> = { ...since, outageOf: 'models', outageModels: ['openai/m'] };

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

const pace = { outagePauseMs: (outages: number) => 2 ** outages * minute };

const wakes = (fix: Partial<Fix>, one: ModelHealth, nowMs = 13 * minute): boolean =>
  mayWakeEarly(portsForTest({ pace, modelHealth: () => [one], now: () => nowMs }), sampleFixAtWork(fix));

test('a fix that waits for its models is woken once one of them answers again', () => {
  expect(wakes(waiting, health())).toBe(true);
});

test.each<[string, Partial<Fix>, ModelHealth]>([
  ['the recovery was before it began to wait', waiting, health({ answeredAgainAtMs: 9 * minute })],
  ['the model never was away', waiting, health({ answeredAgainAtMs: null })],
  ['the model is away once more', waiting, health({ state: 'open' })],
  ['the model is none of the chain that failed', waiting, health({ modelId: 'openai/other' })],
  ['it was woken early before this outage already', { ...waiting, isWokenEarly: true }, health()],
  ['its row does not say which models failed', { ...since, outageOf: 'models' }, health()],
  ['it waits for GitHub', { ...waiting, outageOf: 'github' }, health()],
  ['its row does not say for whom it waits', since, health()],
  ['it waits for a run', { ...waiting, wait: { for: 'run', untilMs: 14 * minute } }, health()],
])('it waits on where %s', (_why, fix, one) => {
  expect(wakes(fix, one)).toBe(false);
});

test('fixes that wait for one model are woken one after another, within the shortest pause', () => {
  const fixes = Array.from({ length: 60 }, (_, index) => `fix-${index}` as FixId);
  const wokenAt = (nowMs: number) => fixes.filter((id) => wakes({ ...waiting, id }, health(), nowMs)).length;

  expect(wokenAt(11 * minute)).toBe(0);
  expect(wokenAt(11.5 * minute)).toBeGreaterThan(15);
  expect(wokenAt(11.5 * minute)).toBeLessThan(45);
  expect(wokenAt(12 * minute)).toBe(60);
});

describe('a model that comes and goes', () => {
  const outage: FixEvent = { type: 'outage', of: 'models', models: ['openai/m'], reason: 'busy', retryInMs: minute };
  const over = (isEarly: boolean): FixEvent => ({ type: 'deadline-passed', waitingFor: 'outage', isEarly });
  const outagesAfter = (...events: readonly FixEvent[]) => events.reduce(remember, sampleFixAtWork({})).outages;

  test('does not bring the end nearer by waking a fix', () => {
    expect(outagesAfter(outage, over(true), outage)).toBe(1);
    expect(outagesAfter(outage, over(true), outage, over(false), outage)).toBe(2);
  });

  test('wakes it once more after a pause that was waited for in full', () => {
    const fix = [outage, over(true), outage, over(false), outage].reduce(remember, sampleFixAtWork({}));

    expect(fix).toMatchObject({ outageModels: ['openai/m'], isWokenEarly: false });
  });
});
