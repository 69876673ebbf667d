import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DeliveryId } from '../../src/domain/ids.ts';
import type { Signal } from '../../src/domain/signal.ts';
import type { IssueSnapshot } from '../../src/domain/ticket.ts';
import type { DeliveryStore } from '../../src/ports/stores.ts';
import { createPostgresDeliveries } from '../../src/store/postgres-deliveries.ts';
import { createPostgresFixes } from '../../src/store/postgres-fixes.ts';
import { sampleFix, sampleIssue, sampleRepository } from '../support/sample-fix.ts';
import { databaseKinds, openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const signal: Signal = { type: 'run-finished', repository: sampleRepository, runId: 99 };

describe.each(databaseKinds)('deliveries in the %s database', (kind) => {
  let opening: StoreDatabase;
  let deliveries: DeliveryStore;
  let count = 0;

  beforeAll(async () => {
    opening = await openStoreDatabase(kind, inject('databaseImage'));
    deliveries = createPostgresDeliveries(opening.database);
  });
  afterAll(() => opening.close());

  const newId = (): DeliveryId => {
    count += 1;
    return `delivery-${count}` as DeliveryId;
  };

  it('a delivery is new once', async () => {
    const id = newId();

    const answers = await Promise.all(Array.from({ length: 5 }, () => deliveries.accept(id, signal)));

    expect(answers.toSorted()).toEqual(['known', 'known', 'known', 'known', 'new']);
    expect(await deliveries.find(id)).toEqual({ id, signal, status: 'received', tries: 1 });
  });

  it('a redelivery of one that was let go is known', async () => {
    const id = newId();
    await deliveries.accept(id, signal);
    await deliveries.settle(id, { status: 'ignored', note: 'none of ours' });

    const answer = await deliveries.accept(id, signal);

    expect(answer).toBe('known');
    expect(await deliveries.find(id)).toMatchObject({ status: 'ignored', tries: 1 });
  });

  it('a redelivery of one that failed takes it up again, once', async () => {
    const id = newId();
    await deliveries.accept(id, signal);
    await deliveries.settle(id, { status: 'failed', note: 'GitHub did not answer' });

    const answers = [await deliveries.accept(id, signal), await deliveries.accept(id, signal)];

    expect(answers).toEqual(['again', 'known']);
    expect(await deliveries.find(id)).toMatchObject({ status: 'received', tries: 2 });
  });

  it('one that began a fix is done with it, in one piece', async () => {
    const id = newId();
    await deliveries.accept(id, signal);
    const fix = sampleFix();

    await createPostgresFixes(opening.database, Date.now).begin(
      fix,
      { type: 'labelled', issue: fix.issue, by: 'alice' },
      { delivery: id, startsPerHour: { repository: 100, host: 100 } },
    );

    expect(await deliveries.find(id)).toMatchObject({ status: 'done' });
  });

  it('those without an end are listed after their time, the others not', async () => {
    const [open, settled] = [newId(), newId()];
    await deliveries.accept(open, signal);
    await deliveries.accept(settled, signal);
    await deliveries.settle(settled, { status: 'ignored', note: '' });

    const lost = (await deliveries.unsettled(-60_000)).map(({ id }) => id);
    const young = (await deliveries.unsettled(60 * 60_000)).map(({ id }) => id);

    expect(lost).toContain(open);
    expect(lost).not.toContain(settled);
    expect(young).toEqual([]);
  });

  it('what was settled long ago is forgotten, what is open never', async () => {
    const [open, settled] = [newId(), newId()];
    await deliveries.accept(open, signal);
    await deliveries.accept(settled, signal);
    await deliveries.settle(settled, { status: 'ignored', note: '' });

    await deliveries.forget(60 * 60_000);
    const young = await deliveries.find(settled);
    await deliveries.forget(-60_000);

    expect(young).not.toBeNull();
    expect(await deliveries.find(settled)).toBeNull();
    expect(await deliveries.find(open)).not.toBeNull();
  });

  it('an issue with signs that Postgres does not take is kept with them replaced', async () => {
    const id = newId();
    const actor = { login: 'alice', isBot: false };
    const issue = { ...sampleIssue, title: 'NUL \u0000', body: 'half \ud83d' };
    await deliveries.accept(id, {
      type: 'issue-labelled',
      repository: sampleRepository,
      actor,
      label: 'ai-fix',
      issue,
    });
    await deliveries.settle(id, { status: 'failed', note: 'it said \u0000' });

    const found = await deliveries.find(id);

    expect(found).toMatchObject({ status: 'failed', signal: { issue: { title: 'NUL \ufffd', body: 'half \ufffd' } } });
  });

  it.each<[string, boolean, Partial<IssueSnapshot>, string, string]>([
    ['itself', true, {}, 'ai-fix', 'shop'],
    ['itself as the sweep finds it, a moment apart', true, { labelledAtMs: 48_000, isFound: true }, 'ai-fix', 'shop'],
    ['another label', false, {}, 'other', 'shop'],
    ['another issue', false, { number: 13 }, 'ai-fix', 'shop'],
    ['another repository', false, {}, 'ai-fix', 'tools'],
    ['a later labelling of the issue', false, { labelledAtMs: 90_000, isFound: true }, 'ai-fix', 'shop'],
  ])('a label that was told is known: asked for %s, %s', async (_what, isKnown, change, label, name) => {
    const id = newId();
    const actor = { login: 'alice', isBot: false };
    const issue = { ...sampleIssue, labelledAtMs: 50_000 };
    await deliveries.accept(id, {
      type: 'issue-labelled',
      repository: sampleRepository,
      actor,
      label: 'ai-fix',
      issue,
    });
    await deliveries.settle(id, { status: 'ignored', note: 'alice may not' });

    const answer = await deliveries.hasLabel({ ...sampleRepository, name }, label, { ...issue, ...change });

    expect(answer).toBe(isKnown);
  });

  it('an id that nobody sent is not found', async () => {
    expect(await deliveries.find('never' as DeliveryId)).toBeNull();
  });
});
