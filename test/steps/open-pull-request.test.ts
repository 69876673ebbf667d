import { expect, it } from 'vitest';
import { openPullRequest } from '../../src/steps/open-pull-request.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFixAtWork, sampleGround, samplePullRequest, sampleTicket } from '../support/sample-fix.ts';

function portsWith(title: string) {
  let shown = title;
  const pullRequests = {
    ofBranch: async () => [samplePullRequest],
    retitle: async (_repository: unknown, _number: number, { from, to }: { from: string; to: string }) => {
      if (shown === from) shown = to;
    },
  };
  return { ports: portsForTest({ pullRequests }), title: () => shown };
}

const unprofiled = { ...sampleTicket, kind: 'chore', title: 'Mend the failing checks of main' } as const;
const profiled = { ...sampleTicket, kind: 'bug', title: 'Round the discount once' } as const;

it('a pull request that fixers were to be enough for has the name of the ticket once there is one', async () => {
  const { ports, title } = portsWith('chore: mend the failing checks of main');

  const found = await openPullRequest(ports, sampleFixAtWork({ ticket: unprofiled }), profiled, sampleGround);

  expect(found).toEqual(samplePullRequest);
  expect(title()).toBe('fix: round the discount once');
});

it('a pull request that is found again keeps its name', async () => {
  const { ports, title } = portsWith('fix: round the discount once');

  await openPullRequest(ports, sampleFixAtWork({ ticket: profiled }), profiled, sampleGround);
  await openPullRequest(ports, sampleFixAtWork({ ticket: null }), profiled, sampleGround);

  expect(title()).toBe('fix: round the discount once');
});
