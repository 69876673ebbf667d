import { expect, test } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import { SealError } from '../../src/domain/faults.ts';
import type { BurstTicket } from '../../src/ports/stores.ts';
import { runBurst } from '../../src/workflows/run-burst.ts';
import { fakeTree } from '../support/fake-tree.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFix, sampleGround, sampleRepository } from '../support/sample-fix.ts';

test('a fix whose conversation cannot be decrypted waits and says why, with the name of the variable', async () => {
  const fix = { ...sampleFix(), state: 'approved' as const, ground: sampleGround };
  const ticket: BurstTicket = { fix: fix.id, number: 3, kind: 'attempt', repository: sampleRepository };
  const ended: (FixEvent | null)[] = [];
  const away = async () => Promise.reject(new SealError('no key is set; add it to AI_FIX_TRACE_KEY'));
  const ports = portsForTest({
    fixes: {
      find: async () => fix,
      isCurrent: async () => true,
      end: async (_burst, event) => ended.push(event) > 0,
      take: async () => null,
    },
    attempts: { all: away },
    effects: { find: async () => null, record: async () => undefined },
    engine: {
      isInterruption: () => false,
      isPassing: (error: { isRetryable?: boolean }) => error.isRetryable === true,
    },
    workspace: { open: async () => fakeTree({}) },
    pace: { outagePauseMs: () => 60_000, watchEveryMs: 1_000 },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });

  await runBurst(ports, ticket, async (_name, work) => work());

  expect(ended).toEqual([
    { type: 'outage', of: 'ai-fix', reason: 'no key is set; add it to AI_FIX_TRACE_KEY', retryInMs: 60_000 },
  ]);
});
