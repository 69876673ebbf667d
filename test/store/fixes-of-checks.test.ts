import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { FailingCommit } from '../../src/domain/failing-checks.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { DeliveryId, FixId } from '../../src/domain/ids.ts';
import type { BurstStore, FixStore } from '../../src/ports/stores.ts';
import { createPostgresFixes } from '../../src/store/postgres-fixes.ts';
import { sampleFailing, sampleFix, sampleGround, samplePullRequest, sampleTicket, sha } from '../support/sample-fix.ts';
import { databaseKinds, openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const stopped = { type: 'stop-requested', by: 'ai-fix', reason: 'a newer commit' } as const;
const opened = { type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest } as const;
const limits = { repository: 10_000, host: 10_000 };

describe.each(databaseKinds)('fixes of failing checks in the %s database', (kind) => {
  let opening: StoreDatabase;
  let fixes: FixStore & BurstStore;
  let nowMs = 1_700_000_000_000;
  let count = 0;

  beforeAll(async () => {
    opening = await openStoreDatabase(kind, inject('databaseImage'));
    fixes = createPostgresFixes(opening.database, () => nowMs);
  });
  afterAll(() => opening.close());

  async function begin(branch: string, facts: Partial<FailingCommit> = {}, subject?: number) {
    count += 1;
    const failing = { ...sampleFailing, sha: sha(String(count % 10)), ...facts, branch };
    const fix: Fix = sampleFix({
      id: `f-checks-${kind}-${count}` as FixId,
      origin: { kind: 'checks', failing },
      issue: { ...sampleFix().issue, number: failing.pullRequest ?? 0 },
      createdAtMs: nowMs,
    });
    const startsPerHour = subject === undefined ? limits : { ...limits, subject };
    const how = { delivery: `d-${fix.id}` as DeliveryId, startsPerHour };
    return { fix, answer: await fixes.begin(fix, { type: 'checks-failed', failing }, how) };
  }

  it('are one at a time for a branch, whichever commit fails', async () => {
    const { fix } = await begin('one');
    const { answer } = await begin('one');

    expect(answer).toEqual({ kind: 'known' });
    expect(await fixes.findLive(fix.repository, 'checks:one')).toMatchObject({ id: fix.id, burst: 'diagnose' });
  });

  it('of other branches, of a fork with a branch of the same name and of issues are no matter', async () => {
    const answers = [
      await begin('same'),
      await begin('other'),
      await begin('same', { pullRequest: 31, isFork: true }),
      await begin('same', { pullRequest: 32, isFork: true }),
    ];

    expect(answers.map(({ answer }) => answer.kind)).toEqual(['begun', 'begun', 'begun', 'begun']);
  });

  it('begin anew for the branch once the last one is stopped', async () => {
    const { fix } = await begin('anew');
    await fixes.append(fix.id, stopped, { key: 'superseded' });

    expect((await begin('anew')).answer).toEqual({ kind: 'begun' });
  });

  it('are bounded within a day, counting only those that went to work', async () => {
    const work = async () => {
      const { fix, answer } = await begin('red', {}, 2);
      if (answer.kind !== 'begun') return answer;
      await fixes.append(fix.id, opened, { key: 'opened' });
      await fixes.append(fix.id, stopped, { key: 'stopped' });
      return answer;
    };
    const idle = await begin('red', {}, 2);
    await fixes.append(idle.fix.id, stopped, { key: 'stopped' });

    const answers = [await work(), await work(), await work()];
    const ordered = await begin('red');
    await fixes.append(ordered.fix.id, stopped, { key: 'stopped' });
    nowMs += 24 * 60 * 60_000 + 1;
    const nextDay = await work();

    expect(answers).toEqual([{ kind: 'begun' }, { kind: 'begun' }, { kind: 'limited', by: 'subject' }]);
    expect(ordered.answer).toEqual({ kind: 'begun' });
    expect(nextDay).toEqual({ kind: 'begun' });
  });

  it('are found by the pull request whose checks fail, and by the one that mends them', async () => {
    const { fix } = await begin('found', { pullRequest: 77 });
    const pullRequest = { ...samplePullRequest, number: 78 };
    await fixes.append(fix.id, { ...opened, pullRequest }, { key: 'opened' });

    expect(await fixes.findOfThread(fix.repository, 77)).toMatchObject({ id: fix.id });
    expect(await fixes.findOfThread(fix.repository, 78)).toMatchObject({ id: fix.id });
  });
});
