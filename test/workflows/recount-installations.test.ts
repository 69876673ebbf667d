import { expect, it } from 'vitest';
import type { ListedRepository } from '../../src/domain/signal.ts';
import type { Reachable } from '../../src/ports/reach.ts';
import { recountInstallations } from '../../src/workflows/recount-installations.ts';
import { fakeOnboardings, sampleOnboarding } from '../support/fake-onboardings.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleRepository } from '../support/sample-fix.ts';

const row = (id: number, name: string, state: 'merged' | 'off' | 'closed' = 'merged') =>
  sampleOnboarding({ state, repository: { ...sampleRepository, id, name } });
const listed = (id: number, name: string): ListedRepository => ({ id, owner: 'acme', name });

async function recount(rows: ReturnType<typeof row>[], answer: Reachable | null, due: number | null = 7) {
  const onboardings = fakeOnboardings(rows);
  const forgotten: number[] = [];
  const ports = portsForTest({
    onboardings,
    installations: { claim: async () => due, forget: async (id: number) => void forgotten.push(id) },
    reach: { repositories: async () => answer },
    log: { info: () => undefined },
  });
  await recountInstallations(ports);
  return { wanted: onboardings.wanted, putOffs: onboardings.putOffs, forgotten };
}

it('what came, came back, was renamed or went without a word is noted', async () => {
  const rows = [row(1, 'same'), row(2, 'old-name'), row(3, 'back', 'off'), row(4, 'gone'), row(5, 'long-gone', 'off')];
  const repositories = [listed(1, 'same'), listed(2, 'new-name'), listed(3, 'back'), listed(6, 'new')];

  const noted = await recount(rows, { repositories, isComplete: true });

  expect(noted).toEqual({ wanted: ['new-name', 'back', 'new'], putOffs: [[4]], forgotten: [] });
});

it('nothing is put off by a list that does not hold everything', async () => {
  const noted = await recount([row(1, 'a'), row(2, 'b')], { repositories: [listed(1, 'a')], isComplete: false });

  expect(noted).toEqual({ wanted: [], putOffs: [], forgotten: [] });
});

it('an installation that is gone is put off and counted no more', async () => {
  const noted = await recount([row(1, 'a')], null);

  expect(noted).toEqual({ wanted: [], putOffs: [null], forgotten: [7] });
});

it('nothing is asked before it is due', async () => {
  const noted = await recount([row(1, 'a')], null, null);

  expect(noted).toEqual({ wanted: [], putOffs: [], forgotten: [] });
});
