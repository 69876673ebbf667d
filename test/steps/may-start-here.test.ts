import { describe, expect, it } from 'vitest';
import type { Onboarding } from '../../src/domain/onboarding.ts';
import type { PullRequestState } from '../../src/ports/pull-requests.ts';
import { mayStartHere } from '../../src/steps/may-start-here.ts';
import { type FakeOnboardings, fakeOnboardings, sampleOnboarding } from '../support/fake-onboardings.ts';
import { fakeRepositories } from '../support/fake-repositories.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleRepository, sha } from '../support/sample-fix.ts';

const withFile = { [`${sha('a')}:.github/ai-fix.yml`]: '' };

async function ask(
  row: Onboarding | null,
  { files = {}, state = 'open' }: { files?: Record<string, string>; state?: PullRequestState['state'] } = {},
) {
  const onboardings: FakeOnboardings = fakeOnboardings(row === null ? [] : [row]);
  const pullRequests = { state: async () => state };
  const ports = portsForTest({ repositories: fakeRepositories({ files }), pullRequests, onboardings, now: () => 5 });
  const answer = await mayStartHere(ports, { ...sampleRepository, id: 5 });
  return { answer, changes: onboardings.changes };
}

const proposed = sampleOnboarding({ state: 'proposed', pullRequest: 3 });
const closed = sampleOnboarding({ state: 'closed', pullRequest: 3 });

describe('something may be started', () => {
  it.each<[string, Onboarding | null]>([
    ['in a repository without a row', null],
    ['where the pull request was merged', sampleOnboarding({ state: 'merged' })],
  ])('%s, and nobody is asked', async (_where, row) => {
    expect(await ask(row)).toEqual({ answer: { kind: 'may' }, changes: [] });
  });

  it.each(['wanted', 'closed', 'off'] as const)('where the file is there, whatever was noted: %s', async (state) => {
    const { answer, changes } = await ask(sampleOnboarding({ state, pullRequest: 3 }), { files: withFile });

    expect(answer).toEqual({ kind: 'may' });
    expect(changes).toEqual([{ state: 'merged', note: null, lookAtMs: null }]);
  });

  it('where the file is there beside an open pull request, which is followed to its end', async () => {
    expect(await ask(proposed, { files: withFile })).toEqual({ answer: { kind: 'may' }, changes: [] });
  });

  it('where the pull request was merged and we were not told', async () => {
    const { answer, changes } = await ask(proposed, { state: 'merged' });

    expect(answer).toEqual({ kind: 'may' });
    expect(changes).toMatchObject([{ lookAtMs: 5 }]);
  });
});

describe('nothing may be started', () => {
  it.each<[string, Onboarding, PullRequestState['state'], string, RegExp]>([
    ['while it is open', proposed, 'open', 'not-yet', /before #3 is merged/],
    ['while it is still to be opened', sampleOnboarding(), 'open', 'not-yet', /is not set up in this repository yet\./],
    ['while something is in the way', sampleOnboarding({ note: 'a fork' }), 'open', 'not-yet', /yet: a fork\. It/],
    ['where it was closed', closed, 'closed', 'off', /because #3 was closed/],
    ['where it was closed and we were not told', proposed, 'closed', 'off', /because #3 was closed/],
    ['where it was reopened and we were not told', closed, 'open', 'not-yet', /before #3 is merged/],
    ['where we thought to be gone', sampleOnboarding({ state: 'off' }), 'open', 'not-yet', /not set up/],
  ])('%s', async (_when, row, state, kind, text) => {
    const { answer } = await ask(row, { state });

    expect(answer).toMatchObject({ kind, text: expect.stringMatching(text) });
  });

  it('after a rename, and the new name is noted', async () => {
    const row = { ...closed, repository: { ...closed.repository, name: 'old' } };

    const { answer, changes } = await ask(row, { state: 'closed' });

    expect(answer.kind).toBe('off');
    expect(changes).toMatchObject([{ repository: { name: 'shop' } }]);
  });
});
