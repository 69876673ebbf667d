import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPurseLimits } from '../../src/config/purse-limits.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import { noPurseLimits, type PurseLimits } from '../../src/domain/purse.ts';
import type { PolicyAnswer } from '../../src/ports/ports.ts';
import { sampleFix } from '../support/sample-fix.ts';

const day = (usd: number | null): PurseLimits => ({ ...noPurseLimits, 'repository-day': { usd, tokens: null } });
const policyWith = (usd: number): Policy => ({ ...defaultPolicy, purses: day(usd) });

let nowMs: number;
beforeEach(() => {
  // The sample fix began a second after the epoch.
  nowMs = 2_000;
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function limitsWith({ stored, host = null }: { stored: Policy | null; host?: number | null }) {
  const warned: string[] = [];
  const asked: number[] = [];
  const known = {
    policy: stored,
    answer: async (): Promise<PolicyAnswer> => ({ kind: 'valid', policy: policyWith(1) }),
  };
  const limitsOf = createPurseLimits({
    policyOf: async () => {
      asked.push(performance.now());
      const answer = await known.answer();
      if (answer.kind === 'valid') known.policy = answer.policy;
      return answer;
    },
    policies: { find: async () => known.policy, put: async () => undefined },
    host: day(host),
    now: () => nowMs,
    log: { info: () => undefined, warn: (_details, text) => void warned.push(text), error: () => undefined },
  });
  const usdOf = async () => (await limitsOf(sampleFix({ policy: policyWith(7) })))['repository-day'].usd;
  return { usdOf, known, asked, warned };
}

it('are those of the newest valid policy, not of the one that the fix began with', async () => {
  expect(await limitsWith({ stored: policyWith(3) }).usdOf()).toBe(3);
});

it("are the fix's own where none is known", async () => {
  expect(await limitsWith({ stored: null }).usdOf()).toBe(7);
});

it.each([
  [2, 2],
  [50, 3],
])('are the lower ones of the files and the host: %d', async (host, usd) => {
  expect(await limitsWith({ stored: policyWith(3), host }).usdOf()).toBe(usd);
});

it('are read anew after ten minutes, and not before', async () => {
  const { usdOf, asked } = limitsWith({ stored: policyWith(3) });
  await usdOf();
  vi.advanceTimersByTime(9 * 60_000);
  const before = await usdOf();
  vi.advanceTimersByTime(2 * 60_000);

  const after = await usdOf();

  expect([before, after]).toEqual([3, 1]);
  expect(asked).toHaveLength(1);
});

it('of before hold while GitHub is away', async () => {
  const { usdOf, known, warned } = limitsWith({ stored: policyWith(3) });
  known.answer = () => Promise.reject(new Error('GitHub is away'));
  await usdOf();
  vi.advanceTimersByTime(11 * 60_000);

  expect(await usdOf()).toBe(3);
  expect(warned).toHaveLength(1);
});

it('are asked for at the first look where the fix was here long before this process', async () => {
  const { usdOf, asked } = limitsWith({ stored: policyWith(3) });
  nowMs = 11 * 60_000;

  expect(await usdOf()).toBe(1);
  expect(asked).toHaveLength(1);
});
