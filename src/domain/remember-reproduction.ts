import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';
import { limits } from './next.ts';
import { type Reproduction, reproductionNumber } from './reproduction.ts';

/** What is known of the test that comes first, before anything is. */
export const notReproduced: Reproduction = { failures: 0, feedback: null, run: null, base: null, end: null };

/**
 * Forgets the test that an order of a person made void. The next one has a number of its own, so that no old
 * conversation or run is taken for it. Once there are attempts none comes any more, and why there was none still holds.
 */
export function testAnew(fix: Pick<Fix, 'reproduction' | 'attempt'>): Reproduction | null {
  const { reproduction, attempt } = fix;
  if (reproduction === null || (attempt > 0 && reproduction.end?.kind === 'none')) return reproduction;
  return { ...notReproduced, earlier: reproductionNumber(fix) };
}

type ReproductionEvent = EventOf<
  'reproduction-dispatched' | 'reproduced' | 'reproduction-failed' | 'reproduction-void' | 'unreproducible'
>;

/** Tries and runs are counted, and after the last of either it ends without a failing test. */
export function rememberReproduction(fix: Fix, event: ReproductionEvent): Fix {
  const before = fix.reproduction ?? notReproduced;
  const waited = { ...before, run: null, base: null };
  switch (event.type) {
    case 'reproduction-dispatched':
      return { ...fix, ground: event.ground, reproduction: { ...before, run: event.run, base: event.base } };
    case 'reproduced':
      return { ...fix, voidRuns: 0, reproduction: { ...waited, end: { kind: 'reproduced', ...event.reproduced } } };
    case 'reproduction-failed': {
      const failures = before.failures + 1;
      const reason = `in ${limits.reproductions} tries no test was seen failing on the base`;
      const end = failures < limits.reproductions ? null : ({ kind: 'none', reason } as const);
      const reproduction = { ...waited, failures, feedback: event.feedback, end };
      return { ...fix, ground: event.ground, voidRuns: 0, reproduction };
    }
    case 'reproduction-void': {
      const voidRuns = fix.voidRuns + 1;
      const reason = `its runs gave no verdict: ${event.reason}`;
      const end = voidRuns < limits.voidRuns ? null : ({ kind: 'none', reason } as const);
      return { ...fix, voidRuns: end === null ? voidRuns : 0, reproduction: { ...waited, end } };
    }
    case 'unreproducible':
      return { ...fix, reproduction: { ...waited, end: { kind: 'none', reason: event.reason } } };
  }
}
