import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { proposalsPerHour } from '../../src/domain/onboarding.ts';
import type { InstallationStore, OnboardingStore } from '../../src/ports/onboarding-store.ts';
import { createPostgresInstallations, createPostgresOnboardings } from '../../src/store/postgres-onboardings.ts';
import { sha } from '../support/sample-fix.ts';
import { databaseKinds, openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const hourMs = 60 * 60_000;
const named = (id: number, name = `shop-${id}`) => ({ id, owner: 'acme', name });

describe.each(databaseKinds)('the onboarding in the %s database', (kind) => {
  let opening: StoreDatabase;
  let onboardings: OnboardingStore;
  let installations: InstallationStore;
  let nowMs: number;

  beforeAll(async () => {
    opening = await openStoreDatabase(kind, inject('databaseImage'));
    onboardings = createPostgresOnboardings(opening.database, () => nowMs);
    installations = createPostgresInstallations(opening.database, () => nowMs);
  });
  afterAll(() => opening.close());
  beforeEach(async () => {
    nowMs = 1_000_000_000_000;
    await opening.database.deleteFrom('repositories').execute();
    await opening.database.deleteFrom('installations').execute();
  });

  const find = (id: number, installationId = 7) => onboardings.find({ installationId, ...named(id) });

  it('three thousand repositories are one call and as many rows', async () => {
    const all = Array.from({ length: 3_000 }, (_, index) => named(index + 1));

    const count = await onboardings.want(7, [...all, named(1)]);

    expect(count).toBeGreaterThanOrEqual(3_000);
    expect(await onboardings.ofInstallation(7)).toHaveLength(3_000);
    expect(await find(3_000)).toEqual({
      repository: { installationId: 7, ...named(3_000) },
      state: 'wanted',
      pullRequest: null,
      tip: null,
      note: null,
      tries: 0,
    });
  });

  it('an hour holds so many proposals of an installation, and not one more', async () => {
    await onboardings.want(
      7,
      Array.from({ length: proposalsPerHour + 5 }, (_, index) => named(index + 1)),
    );
    await onboardings.want(8, [named(900)]);
    const claimAll = async () => {
      const claimed = [];
      for (let one = await onboardings.claim(); one !== null; one = await onboardings.claim()) claimed.push(one);
      return claimed.map(({ repository }) => repository.installationId);
    };

    const first = await claimAll();
    nowMs += hourMs / 2;
    for (const { repository } of await onboardings.ofInstallation(7))
      await onboardings.set(repository.id, { lookAtMs: nowMs });
    const second = await claimAll();
    nowMs += hourMs;
    const third = await claimAll();

    expect(first.filter((id) => id === 7)).toHaveLength(proposalsPerHour);
    expect(first).toContain(8);
    expect(second).not.toContain(7);
    expect(third.filter((id) => id === 7)).toHaveLength(proposalsPerHour);
  });

  it('what turned out to need nothing does not count', async () => {
    await onboardings.want(
      7,
      Array.from({ length: proposalsPerHour + 5 }, (_, index) => named(index + 1)),
    );
    let count = 0;

    for (let one = await onboardings.claim(); one !== null; one = await onboardings.claim()) {
      await onboardings.set(one.repository.id, { state: 'merged', lookAtMs: null, isFree: true });
      count += 1;
    }

    expect(count).toBe(proposalsPerHour + 5);
  });

  it('a repository is claimed by one of many, and again when nobody came back', async () => {
    await onboardings.want(7, [named(1)]);

    const claims = await Promise.all(Array.from({ length: 5 }, () => onboardings.claim()));
    nowMs += hourMs;
    const again = await onboardings.claim();

    expect(claims.filter((one) => one !== null)).toHaveLength(1);
    expect(again?.repository.id).toBe(1);
  });

  it('what is closed stays so, whatever happens to the installation; what is on is looked at anew', async () => {
    await onboardings.want(7, [named(1), named(2), named(3)]);
    await onboardings.set(1, { state: 'closed', pullRequest: 4, tip: sha('b'), lookAtMs: null });
    await onboardings.set(2, { state: 'merged', lookAtMs: null });

    await onboardings.putOff(7, null, 'the App was uninstalled');
    const off = [await find(1), await find(2)];
    await onboardings.want(9, [named(1), named(2)]);

    expect(off).toMatchObject([{ state: 'closed' }, { state: 'off', note: 'the App was uninstalled' }]);
    expect(await find(1)).toMatchObject({
      state: 'closed',
      pullRequest: 4,
      tip: sha('b'),
      repository: { installationId: 9 },
    });
    expect(await find(2)).toMatchObject({ state: 'wanted' });
    expect((await onboardings.claim())?.repository.id).toBe(2);
    expect(await onboardings.claim()).toBeNull();
  });

  it('only the named are put off, and those that were come back with their installation', async () => {
    await onboardings.want(7, [named(1), named(2)]);
    await onboardings.putOff(7, [1], 'taken off');
    await onboardings.putOff(7, [], 'nobody');
    await onboardings.putOff(8, [2], 'of another installation');
    const before = [await find(1), await find(2)];

    await onboardings.resume(7);

    expect(before.map((one) => one?.state)).toEqual(['off', 'wanted']);
    expect(await find(1)).toMatchObject({ state: 'wanted', note: null });
  });

  it('a repository is found under its number when its name has changed, and never under the name of another', async () => {
    await onboardings.want(7, [named(1, 'shop')]);
    const ref = { installationId: 7, owner: 'acme' };

    const renamed = await onboardings.find({ ...ref, name: 'store', id: 1 });
    const newcomer = await onboardings.find({ ...ref, name: 'shop', id: 2 });
    const unnumbered = await onboardings.find({ ...ref, name: 'shop' });

    expect([renamed?.repository.id, newcomer, unnumbered?.repository.id]).toEqual([1, null, 1]);
  });

  it('an installation is counted every few hours, by one of many', async () => {
    await installations.follow(7);
    await installations.follow(7);
    const early = await installations.claim();
    nowMs += 7 * hourMs;

    const claims = await Promise.all([installations.claim(), installations.claim()]);
    nowMs += 7 * hourMs;
    await installations.forget(7);

    expect(early).toBeNull();
    expect(claims.toSorted()).toEqual([7, null]);
    expect(await installations.claim()).toBeNull();
  });
});
