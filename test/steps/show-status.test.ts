import { beforeEach, describe, expect, it } from 'vitest';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { ModelHealth } from '../../src/domain/model-health.ts';
import { showGrowth, showStatus } from '../../src/steps/show-status.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { fakeModel } from '../support/fake-model.ts';
import { plentyOfMoney } from '../support/fake-purses.ts';
import { type FakeThread, fakeThread } from '../support/fake-thread.ts';
import { fakeTurns } from '../support/fake-turns.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFix, sampleFixAtWork } from '../support/sample-fix.ts';
import { rosterOf } from '../support/talking-ports.ts';

const unwellModel = (modelId: string, fault: ModelHealth['fault']): ModelHealth => ({
  modelId,
  state: 'open',
  openedAtMs: 0,
  answeredAgainAtMs: null,
  probeInMs: 1_000,
  failures: 5,
  fault,
  reason: 'no',
  inFlight: 0,
  queued: 0,
});

let unwell: readonly ModelHealth[];
let thread: FakeThread;
let nowMs: number;
let show: (fix: Fix, writesInLastHour?: number) => Promise<void>;
let grow: (fix: Fix, characters: number, writesInLastHour?: number, newest?: Fix) => Promise<void>;
beforeEach(() => {
  unwell = [];
  nowMs = 0;
  thread = fakeThread();
  const effects = fakeEffects();
  const turns = fakeTurns();
  const roster = rosterOf(fakeModel([], 'openai/own'));
  const portsAfter = (count: number, newest: Fix) =>
    portsForTest({
      thread,
      effects,
      turns,
      ...plentyOfMoney(turns),
      writes: { lastHour: async () => ({ count, eldestLeavesInMs: 0 }) },
      modelHealth: () => unwell,
      rosterFor: () => roster,
      now: () => nowMs,
      pace: { thriftyFromWrites: 100 },
      fixes: { find: async () => newest },
    });
  show = (fix, count = 0) => showStatus(portsAfter(count, fix), fix);
  grow = (fix, characters, count = 0, newest = fix) => showGrowth(portsAfter(count, newest), fix, characters);
});

const writes = (): string[] => thread.calls.filter((call) => call !== 'list');
const labels = () => Object.fromEntries(thread.labels);

describe('while few writes were made', () => {
  it('every state is shown in the issue, and in the pull request once the fix rests', async () => {
    await show(sampleFix());
    await show(sampleFixAtWork({ state: 'planning' }));
    const passing = labels();
    await show(sampleFixAtWork({ state: 'complete' }));

    expect(passing).toEqual({ 12: ['ai-fix:planning'] });
    expect(labels()).toEqual({ 12: ['ai-fix:complete'], 13: ['ai-fix:complete'] });
    expect(writes()).toEqual(['comment', 'edit', 'edit', 'comment']);
  });

  it('a pull request that has a label keeps a true one when the work goes on', async () => {
    await show(sampleFixAtWork({ state: 'complete' }));
    await show(sampleFixAtWork({ state: 'in-progress' }));

    expect(labels()).toEqual({ 12: ['ai-fix:in-progress'], 13: ['ai-fix:in-progress'] });
  });

  it('approved is passed over, unless something holds up what follows', async () => {
    await show(sampleFixAtWork({ state: 'planning' }));
    await show(sampleFixAtWork({ state: 'approved' }));
    const fleeting = labels();
    await show(sampleFixAtWork({ state: 'approved', wait: { for: 'outage', untilMs: 9_000 } }));

    expect(fleeting).toEqual({ 12: ['ai-fix:planning'] });
    expect(labels()).toEqual({ 12: ['ai-fix:approved'] });
  });

  it('a model that the admin must mend is told where the fix would ask it, and nowhere else', async () => {
    unwell = [unwellModel('openai/own', 'unauthorized'), unwellModel('groq/of-others', 'no-credit')];

    await show(sampleFixAtWork());

    const text = JSON.stringify([...thread.comments.values()]);
    expect(text).toContain('openai/own: its key is refused');
    expect(text).not.toContain('groq');
  });

  it('what nobody is shown of models writes nothing again', async () => {
    await show(sampleFixAtWork());
    const before = thread.calls.length;
    unwell = [unwellModel('groq/of-others', 'no-credit'), unwellModel('openai/own', 'overloaded')];

    await show(sampleFixAtWork());

    expect(thread.calls).toHaveLength(before);
  });

  it('what has not changed is not written again', async () => {
    await show(sampleFixAtWork());
    const before = thread.calls.length;

    await show(sampleFixAtWork());

    expect(thread.calls).toHaveLength(before);
  });
});

it('waiting for money that others hold is one write, however often it looks and whatever they hold by then', async () => {
  const short = (untilMs: number, held: number) => ({
    shortage: {
      purse: 'repository-day' as const,
      limit: 'usd' as const,
      amount: 20,
      spent: 18,
      held,
      waitsFor: 'others' as const,
      endsAtMs: 99_000 + untilMs,
      sinceMs: 0,
    },
    epilogue: `$${held}`,
  });
  await show(sampleFixAtWork({ state: 'planning' }));
  await show(sampleFixAtWork({ state: 'planning', wait: { for: 'money', untilMs: 15_000 }, ...short(1, 2) }));
  const before = writes();

  nowMs = 20 * 60_000;
  await show(sampleFixAtWork({ state: 'planning', wait: null, ...short(1, 2) }));
  await show(sampleFixAtWork({ state: 'planning', wait: { for: 'money', untilMs: 30_000 }, ...short(2, 1) }));

  expect(writes()).toEqual(before);
});

describe('when many writes were made', () => {
  const many = 100;

  it('a fix begins with its status comment and no label', async () => {
    await show(sampleFix(), many);

    expect(writes()).toEqual(['comment']);
    expect(labels()).toEqual({});
  });

  it('states that pass cost nothing, and the one in which it rests shows everything', async () => {
    await show(sampleFix(), many);
    await show(sampleFixAtWork({ state: 'planning' }), many);
    await show(sampleFixAtWork({ state: 'review' }), many);
    const passing = writes();
    await show(sampleFixAtWork({ state: 'complete' }), many);

    expect(passing).toEqual(['comment']);
    expect(writes()).toEqual(['comment', 'edit', 'comment']);
    expect(labels()).toEqual({ 12: ['ai-fix:complete'], 13: ['ai-fix:complete'] });
  });

  const waits = { for: 'outage', untilMs: 9_000 } as const;
  const said = () => [...thread.comments.values()].map(({ body }) => body).join('\n');

  it('a wait for models or money is told when it begins and when it is over, and not at each try in between', async () => {
    await show(sampleFix(), many);
    await show(sampleFixAtWork({ state: 'in-progress', wait: waits, outages: 1, epilogue: 'none answers' }), many);
    const begun = said();
    await show(sampleFixAtWork({ state: 'in-progress', wait: null, outages: 1 }), many);
    await show(sampleFixAtWork({ state: 'in-progress', wait: { ...waits, untilMs: 99_000 }, outages: 2 }), many);
    const between = writes();
    await show(sampleFixAtWork({ state: 'in-progress', wait: null, outages: 0 }), many);
    await show(sampleFixAtWork({ state: 'review', wait: null, outages: 0 }), many);

    expect(begun).toContain('waits: none answers');
    expect(between).toEqual(['comment', 'edit']);
    expect(writes()).toEqual(['comment', 'edit', 'edit']);
    expect(said()).toContain('is writing a patch');
    expect(labels()).toEqual({});
  });

  it('a lack of money is told beside an outage that was told before', async () => {
    await show(sampleFix(), many);
    await show(sampleFixAtWork({ state: 'planning', wait: waits, outages: 1 }), many);
    await show(sampleFixAtWork({ state: 'planning', wait: { ...waits, for: 'money' }, epilogue: 'no money' }), many);

    expect(said()).toContain('waits: no money');
  });

  it('a fix that goes on is no longer shown as one that rests', async () => {
    await show(sampleFixAtWork({ state: 'complete' }), many);
    await show(sampleFixAtWork({ state: 'in-progress' }), many);
    const goneOn = [said(), labels()] as const;
    const before = writes();
    await show(sampleFixAtWork({ state: 'review' }), many);

    expect(goneOn[0]).toContain('is writing a patch');
    expect(goneOn[1]).toEqual({ 12: ['ai-fix:in-progress'], 13: ['ai-fix:in-progress'] });
    expect(writes()).toEqual(before);
  });

  it.each(['awaiting-approval', 'stopped', 'abandoned', 'expired', 'archived'] as const)(
    '%s is shown all the same',
    async (state) => {
      await show(sampleFix(), many);
      await show(sampleFixAtWork({ state }), many);

      expect(labels()).toEqual({ 12: [`ai-fix:${state}`], 13: [`ai-fix:${state}`] });
    },
  );
});

describe('an answer that grows for long', () => {
  const writing = sampleFixAtWork({ state: 'in-progress' });
  const shown = () =>
    [...thread.comments.values()].map(({ body }) => /\d[\d,]* characters so far/.exec(body)?.[0] ?? null);

  it('is told in the status comment, until the next status stands there', async () => {
    await show(writing);
    await grow(writing, 12_345);
    const meanwhile = shown();
    await show(writing);

    expect(meanwhile).toEqual(['12,345 characters so far']);
    expect(shown()).toEqual([null]);
  });

  it('is not told before the first status, after many writes, or of a fix that was stopped meanwhile', async () => {
    await grow(writing, 12_345);
    await show(writing);
    await grow(writing, 12_345, 100);
    await grow(writing, 12_345, 0, sampleFixAtWork({ state: 'stopped' }));

    expect(shown()).toEqual([null]);
  });
});
