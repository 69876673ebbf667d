import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import { advance } from '../../src/domain/fix.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { DeliveryId, FixId } from '../../src/domain/ids.ts';
import type { BurstStore, FixStore } from '../../src/ports/stores.ts';
import { createPostgresFixes } from '../../src/store/postgres-fixes.ts';
import {
  sampleCandidate,
  sampleFix,
  sampleGround,
  sampleIssue,
  samplePullRequest,
  sampleTicket,
} from '../support/sample-fix.ts';
import { databaseKinds, openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const opened = { type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest } as const;
const planned = { type: 'planned', digest: 'digest', waitsBecause: null } as const;
const waiting = { type: 'planned', digest: 'digest', waitsBecause: 'the ticket is large' } as const;
const stopped = { type: 'stop-requested', by: 'bob', reason: 'bob asked for it' } as const;
const patched = { type: 'patched', attempt: 1, asks: [] } as const;
const started = { type: 'validation-started', attempt: 1, ground: sampleGround, candidate: sampleCandidate } as const;

const from = (delivery: string, startsPerHour = { repository: 10_000, host: 10_000 }) => ({
  delivery: delivery as DeliveryId,
  startsPerHour,
});

describe.each(databaseKinds)('fixes in the %s database', (kind) => {
  let opening: StoreDatabase;
  let fixes: FixStore & BurstStore;
  let nowMs = 1_700_000_000_000;
  let count = 0;

  beforeAll(async () => {
    opening = await openStoreDatabase(kind, inject('databaseImage'));
    fixes = createPostgresFixes(opening.database, () => nowMs);
  });
  afterAll(() => opening.close());

  /** A fix of an issue of its own, not begun. */
  const newFix = (facts: Partial<Fix> = {}): Fix => {
    count += 1;
    const issue = { ...sampleIssue, number: count };
    return sampleFix({ id: `f-${count}-store` as FixId, issue, createdAtMs: nowMs, ...facts });
  };
  const beginAnswer = (fix: Fix) =>
    fixes.begin(fix, { type: 'labelled', issue: fix.issue, by: 'alice' }, from(`d-${fix.id}`));
  const begin = async (fix: Fix = newFix()): Promise<Fix> => {
    await beginAnswer(fix);
    return fix;
  };
  /** Runs the wanted burst to this end. */
  const finish = async (id: FixId, event: FixEvent): Promise<void> => {
    const burst = await fixes.take(id);
    if (burst === null) throw new TypeError(`${id} wants no burst`);
    await fixes.end(burst, event);
  };
  const eventTypes = async (id: FixId) => (await fixes.events(id)).map(({ event }) => event.type);

  describe('a beginning', () => {
    it('is the first event, and wants the first burst', async () => {
      const fix = await begin();

      const stored = await fixes.find(fix.id);
      expect(stored).toEqual({ ...fix, burst: 'open' });
      expect(await eventTypes(fix.id)).toEqual(['labelled']);
      expect(await fixes.wanting(1_000)).toContain(fix.id);
    });

    it('is refused where the fix of the same label is over, whether it was told or found', async () => {
      const one = newFix();
      const found = { ...one, issue: { ...one.issue, labelledAtMs: 50_000, isFound: true as const } };
      await begin(found);
      await finish(found.id, stopped);
      const labelledAt = (labelledAtMs: number) => ({
        ...one,
        id: `${one.id}-${labelledAtMs}` as FixId,
        issue: { ...one.issue, labelledAtMs },
      });

      const late = await beginAnswer(labelledAt(52_000));
      const anew = await beginAnswer(labelledAt(90_000));

      expect([late.kind, anew.kind]).toEqual(['known', 'begun']);
    });

    it('is refused while the issue has a live fix', async () => {
      const first = await begin();
      const second = { ...newFix(), issue: first.issue };

      const didBegin = await fixes.begin(second, { type: 'labelled', issue: first.issue, by: 'bob' }, from('d-twice'));

      expect(didBegin).toEqual({ kind: 'known' });
      expect(await fixes.find(second.id)).toBeNull();
      expect(await fixes.findLive(first.repository, `issue:${first.issue.number}`)).toMatchObject({ id: first.id });
    });

    it('is one of ten when ten come at once', async () => {
      const first = newFix();
      const tries = Array.from({ length: 10 }, (_, index) => ({ ...first, id: `${first.id}-${index}` as FixId }));

      const didBegin = await Promise.all(
        tries.map((fix) => fixes.begin(fix, { type: 'labelled', issue: fix.issue, by: 'alice' }, from(`d-${fix.id}`))),
      );

      expect(didBegin.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
    });

    it('is possible again for the same issue once the last fix is over', async () => {
      const first = await begin();
      await fixes.append(first.id, stopped, { key: 'stop' });
      const second = { ...newFix(), issue: first.issue };

      await begin(second);

      expect(await fixes.findLive(first.repository, `issue:${first.issue.number}`)).toMatchObject({ id: second.id });
    });

    it('of another repository with the same issue number is no matter', async () => {
      const first = await begin();
      const second = { ...newFix(), issue: first.issue, repository: { ...first.repository, name: 'other' } };

      await begin(second);

      expect(await fixes.find(second.id)).not.toBeNull();
    });

    it('stops at the limit of its repository, and of all together, within an hour', async () => {
      const busy = (number: number) => {
        const fix = newFix({ repository: { installationId: 7, owner: 'busy', name: `${kind}-limits` } });
        return { ...fix, issue: { ...fix.issue, number } };
      };
      const startAll = async (repository: number, host: number, numbers: readonly number[]) => {
        const answers = [];
        for (const number of numbers) {
          const fix = busy(number);
          const first = { type: 'labelled', issue: fix.issue, by: 'alice' } as const;
          answers.push(await fixes.begin(fix, first, from(`d-${fix.id}`, { repository, host })));
        }
        return answers;
      };

      const inRepository = await startAll(2, 10_000, [1, 2, 3]);
      const onHost = await startAll(10_000, 1, [4]);
      nowMs += 60 * 60_000 + 1;
      const later = await startAll(2, 10_000, [5]);

      expect(inRepository).toEqual([{ kind: 'begun' }, { kind: 'begun' }, { kind: 'limited', by: 'repository' }]);
      expect(onHost).toEqual([{ kind: 'limited', by: 'host' }]);
      expect(later).toEqual([{ kind: 'begun' }]);
    });

    it('cannot be any event', async () => {
      const began = fixes.begin(newFix(), { type: 'farewell-said' }, from('d-none'));

      await expect(began).rejects.toThrow(TypeError);
    });
  });

  describe('an event', () => {
    it('with a key that is in the log changes nothing, whatever it says', async () => {
      const fix = await begin();
      await fixes.append(fix.id, opened, { key: 'once' });

      await fixes.append(fix.id, opened, { key: 'once' });
      await fixes.append(fix.id, stopped, { key: 'once' });

      expect(await eventTypes(fix.id)).toEqual(['labelled', 'opened']);
      expect(await fixes.find(fix.id)).toMatchObject({ state: 'planning' });
    });

    it('that means nothing where it arrives is kept and changes nothing', async () => {
      const fix = await begin();
      const before = await fixes.find(fix.id);

      await fixes.append(fix.id, { type: 'approved', by: 'bob', digest: '' }, { key: 'early' });

      expect(await eventTypes(fix.id)).toEqual(['labelled', 'approved']);
      expect(await fixes.find(fix.id)).toEqual(before);
    });

    it('for a fix that does not exist is an error', async () => {
      await expect(fixes.append('f-none' as FixId, stopped, { key: 'a' })).rejects.toThrow();
    });

    it.each([5, 20])('of %i that come at once is counted without a gap', async (length) => {
      const fix = await begin();
      const keys = Array.from({ length }, (_, index) => `parallel-${index}`);

      await Promise.all(keys.map((key) => fixes.append(fix.id, { type: 'run-finished', runId: 1 }, { key })));

      const events = await fixes.events(fix.id);
      expect(events.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: length + 1 }, (_, index) => index + 1),
      );
    });

    it('comes back as it was, with NUL and halves of surrogate pairs replaced', async () => {
      const fix = await begin();
      const reason = 'a\u0000b \ud800 c \udfff 🙂 \u2028';

      await fixes.append(fix.id, { type: 'faulted', reason }, { key: 'odd' });

      const kept = 'a\ufffdb \ufffd c \ufffd 🙂 \u2028';
      expect((await fixes.events(fix.id)).at(-1)?.event).toEqual({ type: 'faulted', reason: kept });
      expect(await fixes.find(fix.id)).toMatchObject({ epilogue: kept });
    });

    it('may carry an issue of a megabyte', async () => {
      const body = 'ü"\\\n'.repeat(200_000);
      const fix = await begin(newFix({ issue: { ...sampleIssue, number: 100_000, body } }));

      const stored = await fixes.find(fix.id);

      expect(stored?.issue.body).toBe(body);
    });
  });

  it('the log folded from its first event gives the very fix that is stored', async () => {
    const fix = await begin();
    const history: FixEvent[] = [opened, waiting, { type: 'approved', by: 'bob', digest: 'another' }];
    history.push(
      { type: 'approved', by: 'bob', digest: 'digest' },
      { type: 'attempt-started', attempt: 1 },
      patched,
      started,
    );
    history.push(
      { type: 'deadline-passed', waitingFor: 'outage' },
      { type: 'run-finished', runId: 99 },
      stopped,
      opened,
    );
    for (const [index, event] of history.entries()) {
      nowMs += 1_234;
      await fixes.append(fix.id, event, { key: `fold-${index}` });
    }

    const folded = (await fixes.events(fix.id)).reduce(
      (sum, { event, atMs }) => advance(sum, event, atMs)?.fix ?? sum,
      fix,
    );

    expect(folded.state).toBe('stopped');
    expect(await fixes.find(fix.id)).toEqual(folded);
  });

  describe('a burst', () => {
    it('is taken once, and the next only after its end', async () => {
      const fix = await begin();

      const takes = await Promise.all(Array.from({ length: 5 }, () => fixes.take(fix.id)));
      const [taken] = takes.filter((ticket) => ticket !== null);
      await fixes.append(fix.id, opened, { key: 'from-outside' });
      const whileRunning = await fixes.take(fix.id);
      if (taken !== undefined) await fixes.end(taken, null);
      const afterwards = await fixes.take(fix.id);

      expect(takes.filter((ticket) => ticket !== null)).toHaveLength(1);
      expect(taken).toMatchObject({ fix: fix.id, number: 1, kind: 'open', repository: fix.repository });
      expect(whileRunning).toBeNull();
      expect(afterwards).toMatchObject({ number: 2, kind: 'plan' });
    });

    it('is listed as wanted, then as running, then not at all', async () => {
      const fix = await begin();
      const isWanted = async () => (await fixes.wanting(1_000)).includes(fix.id);
      const isRunning = async () => (await fixes.running(1_000)).some((ticket) => ticket.fix === fix.id);

      const before = [await isWanted(), await isRunning()];
      const burst = await fixes.take(fix.id);
      const taken = [await isWanted(), await isRunning()];
      if (burst !== null) await fixes.end(burst, { type: 'outage', of: 'models', reason: '', retryInMs: 1 });
      const after = [await isWanted(), await isRunning()];

      expect([before, taken, after]).toEqual([
        [true, false],
        [false, true],
        [false, false],
      ]);
    });

    it('ends once, however often it says so', async () => {
      const fix = await begin();
      const burst = await fixes.take(fix.id);
      if (burst === null) throw new TypeError('a burst was expected');

      await fixes.end(burst, opened);
      await fixes.end(burst, opened);
      await fixes.end(burst, stopped);

      expect(await eventTypes(fix.id)).toEqual(['labelled', 'opened']);
    });

    it('notes an event of one type once', async () => {
      const fix = await begin();
      await finish(fix.id, opened);
      await finish(fix.id, planned);
      const burst = await fixes.take(fix.id);
      if (burst === null) throw new TypeError('a burst was expected');

      await fixes.note(burst, { type: 'attempt-started', attempt: 1 });
      await fixes.note(burst, { type: 'attempt-started', attempt: 1 });

      expect(await eventTypes(fix.id)).toEqual(['labelled', 'opened', 'planned', 'attempt-started']);
      expect(await fixes.isCurrent(burst)).toBe(true);
    });

    it('that was overtaken changes nothing any more, but makes room', async () => {
      const fix = await begin();
      const burst = await fixes.take(fix.id);
      if (burst === null) throw new TypeError('a burst was expected');
      await fixes.append(fix.id, stopped, { key: 'stop' });

      const isCurrent = await fixes.isCurrent(burst);
      await fixes.note(burst, opened);
      await fixes.end(burst, opened);

      expect(isCurrent).toBe(false);
      expect(await eventTypes(fix.id)).toEqual(['labelled', 'stop-requested']);
      expect(await fixes.take(fix.id)).toMatchObject({ number: 2, kind: 'conclude' });
    });

    it('of a fix that nobody knows is not current', async () => {
      const burst = { fix: 'f-none' as FixId, number: 1, kind: 'open', repository: sampleFix().repository } as const;

      expect(await fixes.isCurrent(burst)).toBe(false);
    });

    it('that ends in a wait leaves nothing wanted, and the fix among those that wait', async () => {
      const fix = await begin();
      await finish(fix.id, opened);
      await finish(fix.id, waiting);

      const others = await fixes.waiting(1_000);

      expect(others.find((candidate) => candidate.id === fix.id)).toMatchObject({
        wait: { for: 'approval', untilMs: nowMs + 10 * 24 * 60 * 60_000 },
      });
      expect(await fixes.take(fix.id)).toBeNull();
    });
  });

  it('of those that wait the first to be overdue come first, as many as are asked for', async () => {
    const late = await begin();
    await finish(late.id, { type: 'outage', of: 'models', reason: '', retryInMs: 20 });
    const early = await begin();
    await finish(early.id, { type: 'outage', of: 'models', reason: '', retryInMs: 10 });

    const all = (await fixes.waiting(1_000)).map((fix) => fix.id);
    const one = await fixes.waiting(1);

    expect(all.indexOf(early.id)).toBeLessThan(all.indexOf(late.id));
    expect(one).toHaveLength(1);
  });

  describe('a fix is found', () => {
    it('by its pull request and its run, in its own repository only', async () => {
      const fix = await begin();
      const pullRequest = { ...samplePullRequest, number: 7_000 };
      await finish(fix.id, { ...opened, pullRequest });
      await finish(fix.id, planned);
      await finish(fix.id, { type: 'attempt-started', attempt: 1 });
      await fixes.append(fix.id, patched, { key: 'patched' });
      const candidate = { ...sampleCandidate, runId: Number.MAX_SAFE_INTEGER };
      await finish(fix.id, { ...started, candidate });
      const other = { ...fix.repository, name: 'other' };

      const found = [
        await fixes.findByPullRequest(fix.repository, 7_000),
        await fixes.findByRun(fix.repository, candidate.runId),
      ];
      const foreign = [await fixes.findByPullRequest(other, 7_000), await fixes.findByRun(other, candidate.runId)];

      expect(found.map((each) => each?.id)).toEqual([fix.id, fix.id]);
      expect(foreign).toEqual([null, null]);
    });

    it('by its installation, until it is over', async () => {
      const installationId = 77_001;
      const here = { ...sampleFix().repository, installationId };
      const live = await begin({ ...newFix(), repository: here });
      const over = await begin({ ...newFix(), repository: here });
      await fixes.append(over.id, { type: 'stop-requested', by: 'alice', reason: '' }, { key: 'stop' });

      const found = await fixes.liveOf(installationId);

      expect(found.map(({ id }) => id)).toEqual([live.id]);
    });

    it('not at all when there is none', async () => {
      const found = [
        await fixes.find('f-none' as FixId),
        await fixes.findLive(sampleFix().repository, 'issue:999999'),
        await fixes.findByRun(sampleFix().repository, 1),
      ];

      expect(found).toEqual([null, null, null]);
      expect(await fixes.events('f-none' as FixId)).toEqual([]);
    });
  });
});
