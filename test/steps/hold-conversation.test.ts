import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineFinish } from '../../src/agent/finish.ts';
import type { FixEvent } from '../../src/domain/event.ts';
import { ConfigError, ProviderError } from '../../src/domain/faults.ts';
import type { FixId } from '../../src/domain/ids.ts';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import type { Roster } from '../../src/ports/roster.ts';
import { holdConversation } from '../../src/steps/hold-conversation.ts';
import { plentyOfMoney } from '../support/fake-purses.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';
import { fakeTree } from '../support/fake-tree.ts';
import { fakeTurns } from '../support/fake-turns.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFixAtWork } from '../support/sample-fix.ts';

const finish = defineFinish({ name: 'finish', description: 'Ends.', arguments: z.strictObject({}) });

/** How a conversation ends that goes no further than its first question. */
async function eventOf(rosterFor: () => Roster, waitsForAdmin = true, id = 'f-1' as FixId): Promise<FixEvent> {
  const fix = sampleFixAtWork({ id, outages: 1 });
  const turns = fakeTurns();
  const ports = portsForTest({
    turns,
    ...plentyOfMoney(turns),
    engine: { holdWhileStopping: async () => undefined },
    fixes: { find: async () => fix },
    now: () => 0,
    rosterFor,
    pace: { waitsForAdmin, outagePauseMs: (outages) => 1_000 * 2 ** outages, tellGrowthEveryMs: 60_000 },
    syntax: fakeSyntax(),
  });
  const conversation = {
    system: 'role: coder',
    opening: 'attempt: 1',
    tools: [],
    finishes: [finish] as const,
    maxTurns: 2,
    maxOutputTokens: 1_000,
  };
  const talk = await holdConversation(
    ports,
    fix,
    { role: 'coder', part: 'attempt-1', conversation, tree: fakeTree({}), start: emptyOverlay },
    new AbortController().signal,
  );
  return talk.kind === 'event' ? talk.event : expect.fail(`it ended as ${talk.kind}`);
}

const chain = ['openai/m', 'groq/m'];
const away: Roster = {
  modelFor: () => ({
    id: 'openai/m',
    reply: () => {
      throw new ProviderError('busy', { modelId: 'openai/m', fault: 'overloaded', isRetryable: true, status: 503 });
    },
  }),
  describe: () => ({ architect: ['other/m'], coder: chain, fast: [], debugger: [], reviewer: [] }),
  priceOf: () => null,
};
const askedToWait: Roster = {
  ...away,
  modelFor: () => ({
    id: 'openai/m',
    reply: () => {
      const how = { modelId: 'openai/m', fault: 'rate-limited', isRetryable: true, retryAfterMs: 60_000 } as const;
      throw new ProviderError('later', how);
    },
  }),
};
const rotatedAway = (): Roster => {
  throw new ConfigError(['`models.coder`: groq/m has no key here; set GROQ_API_KEY']);
};

describe('a conversation that no model answers', () => {
  it('is an outage of the chain that was asked', async () => {
    expect(await eventOf(() => away)).toEqual({
      type: 'outage',
      of: 'models',
      models: chain,
      reason: 'no model answers (busy)',
      retryInMs: 2_000,
    });
  });

  it('and that was told when to come back, comes back then or a little later, each fix at its own time', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `f-${index}` as FixId);

    const events = await Promise.all(ids.map((id) => eventOf(() => askedToWait, true, id)));
    const again = await eventOf(() => askedToWait, true, ids[0]);

    const waits = events.map((event) => (event.type === 'outage' ? event.retryInMs : 0));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(60_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(61_000);
    expect(new Set(waits).size).toBeGreaterThan(15);
    expect(again).toEqual(events[0]);
  });

  it('because its provider has no key any more waits for the admin', async () => {
    expect(await eventOf(rotatedAway)).toMatchObject({
      type: 'outage',
      of: 'models',
      reason: expect.stringContaining('set GROQ_API_KEY'),
      retryInMs: 2_000,
    });
  });

  it('because its provider has no key ends where nobody waits for an admin', async () => {
    expect(await eventOf(rotatedAway, false)).toMatchObject({ type: 'faulted' });
  });
});
