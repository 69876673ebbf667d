import { beforeEach, describe, expect, it } from 'vitest';
import { onboardingBranch, onboardingTrailer } from '../../src/domain/onboarding.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { PullRequestState, WantedPullRequest } from '../../src/ports/pull-requests.ts';
import { proposeOnboarding } from '../../src/steps/propose-onboarding.ts';
import { type FakeCommits, fakeCommits } from '../support/fake-commits.ts';
import { sampleOnboarding } from '../support/fake-onboardings.ts';
import { type FakeRepositoriesFacts, fakeRepositories } from '../support/fake-repositories.ts';
import { fakeThread } from '../support/fake-thread.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { samplePullRequest, sha } from '../support/sample-fix.ts';

const ref = `refs/heads/${onboardingBranch}`;
const ours = { tree: sha('9'), parents: [sha('8')], message: `chore: configure ai-fix\n\n${onboardingTrailer}` };
let commits: FakeCommits;
let opened: WantedPullRequest[];

beforeEach(() => {
  commits = fakeCommits({ [sha('a')]: { tree: sha('1'), parents: [], message: 'first' }, [sha('b')]: ours });
  opened = [];
});

function propose(facts: FakeRepositoriesFacts = {}, before: PullRequestState | null = null) {
  const pullRequests = {
    newestOfBranch: async () => before,
    open: async (_repository: unknown, wanted: WantedPullRequest) => {
      opened.push(wanted);
      return { kind: 'opened', pullRequest: samplePullRequest } as const;
    },
  };
  const policyOf = async () => ({ kind: 'valid', policy: defaultPolicy }) as const;
  const given = { repositories: fakeRepositories(facts), commits, pullRequests, thread: fakeThread(), policyOf };
  return proposeOnboarding(portsForTest({ ...given, now: () => 0 }), sampleOnboarding());
}

describe('nothing is written', () => {
  it.each<[string, FakeRepositoriesFacts, string]>([
    ['archived', { isArchived: true }, 'the repository is archived'],
    ['disabled', { isDisabled: true }, 'the repository is disabled'],
    ['a fork', { isFork: true }, 'the repository is a fork'],
    ['empty', { head: null }, 'the repository is empty'],
  ])('where the repository is %s; it is looked at again later', async (_what, facts, note) => {
    const change = await propose(facts);

    expect(change).toMatchObject({ note, isFree: true, lookAtMs: expect.any(Number) });
    expect([commits.created, opened]).toEqual([[], []]);
  });

  it('where the file is there, even an empty one', async () => {
    const change = await propose({ files: { [`${sha('a')}:.github/ai-fix.yml`]: '' } });

    expect(change).toMatchObject({ state: 'merged', lookAtMs: null });
    expect([commits.created, opened]).toEqual([[], []]);
  });

  it('where such a pull request was closed before, also by the word of GitHub alone', async () => {
    const change = await propose({}, { number: 4, state: 'closed' });

    expect(change).toMatchObject({ state: 'closed', pullRequest: 4 });
    expect([commits.created, opened]).toEqual([[], []]);
  });

  it('over a branch of somebody else', async () => {
    commits.refs.set(ref, sha('a'));

    const change = await propose();

    expect(change.note).toContain('somebody else has the branch');
    expect([commits.created, opened, commits.refs.get(ref)]).toEqual([[], [], sha('a')]);
  });
});

describe('the pull request', () => {
  it('is opened on the default branch, from one commit that names itself', async () => {
    const change = await propose({ defaultBranch: 'trunk' });

    const [made] = commits.created;
    expect(change).toMatchObject({ state: 'proposed', pullRequest: samplePullRequest.number, tip: made });
    expect(opened).toMatchObject([{ branch: onboardingBranch, baseBranch: 'trunk', isDraft: false }]);
    expect(commits.known.get(made ?? '')).toMatchObject({ parents: [sha('a')], message: ours.message });
  });

  it('is opened from the branch that an earlier try made', async () => {
    commits.refs.set(ref, sha('b'));

    const change = await propose();

    expect(change).toMatchObject({ state: 'proposed', tip: sha('b') });
    expect(commits.created).toEqual([]);
  });

  it('that is open already is taken, with the branch only where it is ours', async () => {
    commits.refs.set(ref, sha('b'));
    const own = await propose({}, { number: 4, state: 'open' });
    commits.refs.set(ref, sha('a'));
    const foreign = await propose({}, { number: 4, state: 'open' });

    expect([own, foreign]).toMatchObject([
      { state: 'proposed', pullRequest: 4, tip: sha('b') },
      { state: 'proposed', pullRequest: 4, tip: null },
    ]);
    expect(opened).toEqual([]);
  });

  it('comes again after a merge whose file was taken out, from where the default branch is now', async () => {
    commits.refs.set(ref, sha('b'));

    const change = await propose({}, { number: 4, state: 'merged' });

    expect(change).toMatchObject({ state: 'proposed', tip: commits.created[0] });
    expect(commits.refs.get(ref)).toBe(commits.created[0]);
  });
});
