import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { moveBranch, openBranch } from '../../src/steps/open-branch.ts';
import { publishCandidate } from '../../src/steps/publish.ts';
import { type FakeCommits, fakeCommits } from '../support/fake-commits.ts';
import { sampleFix, sampleFixAtWork, sampleGround, sha } from '../support/sample-fix.ts';

const fix = sampleFix();
const at = { base: sha('a'), baseBranch: 'main', title: 'Round the discount once' };
const name = 'ai-fix/12-round-the-discount-once';
const start = { [sha('a')]: { tree: sha('e'), parents: [], message: 'the base' } };

/** A branch that somebody else left behind. */
function occupy(commits: FakeCommits, branch: string): void {
  commits.known.set(sha('9'), {
    tree: sha('e'),
    parents: [sha('a')],
    message: 'Start work on #12\n\nAi-Fix: f-12-earlier1',
  });
  commits.refs.set(`refs/heads/${branch}`, sha('9'));
}

describe('the branch of a fix', () => {
  it('is the base and one empty commit that names the fix', async () => {
    const commits = fakeCommits(start);

    const ground = await openBranch({ commits }, fix, at);

    const [made = sha('0')] = commits.created;
    expect(ground).toEqual({ base: sha('a'), tip: made, branch: name, baseBranch: 'main' });
    expect(commits.refs.get(`refs/heads/${name}`)).toBe(made);
    expect(commits.known.get(made)).toEqual({
      tree: sha('e'),
      parents: [sha('a')],
      message: `Start work on #12\n\nAi-Fix: ${fix.id}`,
    });
  });

  it('is named by the pattern of the repository, and its commit names the key too', async () => {
    const commits = fakeCommits(start);
    const policy = {
      ...defaultPolicy,
      branches: { ...defaultPolicy.branches, prefix: 'bots/', name: '{key}-{slug}' },
      externalKeys: { prefixes: ['AEC'], link: null },
    };
    const issue = { ...fix.issue, body: 'As AEC-456 says.' };

    const ground = await openBranch({ commits }, { ...fix, policy, issue }, at);

    expect(ground.branch).toBe('bots/AEC-456-round-the-discount-once');
    expect(commits.known.get(ground.tip)?.message).toBe(`Start work on #12\n\nRef: AEC-456\nAi-Fix: ${fix.id}`);
  });

  it('is made once, however often it is opened', async () => {
    const commits = fakeCommits(start);

    const first = await openBranch({ commits }, fix, at);
    const second = await openBranch({ commits }, fix, at);

    expect(second).toEqual(first);
    expect(commits.created).toHaveLength(1);
  });

  it('keeps its base when the default branch has moved on between two tries', async () => {
    const commits = fakeCommits({ ...start, [sha('f')]: { tree: sha('e'), parents: [sha('a')], message: 'newer' } });
    const first = await openBranch({ commits }, fix, at);

    const second = await openBranch({ commits }, fix, { ...at, base: sha('f') });

    expect(second).toEqual(first);
  });

  it('takes the next free name where somebody has the first, and touches nothing of theirs', async () => {
    const commits = fakeCommits(start);
    occupy(commits, name);
    occupy(commits, `${name}-2`);

    const ground = await openBranch({ commits }, fix, at);

    expect(ground.branch).toBe(`${name}-3`);
    expect(commits.refs.get(`refs/heads/${name}`)).toBe(sha('9'));
  });

  it('takes the next free name where somebody was faster by a moment', async () => {
    const commits = fakeCommits(start);
    const racing = { ...commits, tipOf: async () => null };
    occupy(commits, name);

    const ground = await openBranch({ commits: racing }, fix, at);

    expect(ground.branch).toBe(`${name}-2`);
    expect(commits.created).toHaveLength(1);
  });

  it('is given up with a word on what to do when every name is taken', async () => {
    const commits = fakeCommits(start);
    for (let number = 1; number <= 20; number++) occupy(commits, number === 1 ? name : `${name}-${number}`);

    const opened = openBranch({ commits }, fix, at);

    await expect(opened).rejects.toMatchObject({
      name: 'ForgeError',
      isRetryable: false,
      message: expect.stringMatching(/all exist; delete old ones/),
    });
  });

  it('that GitHub forbids is an end, not tried again', async () => {
    const commits = fakeCommits(start);
    commits.refuse('forbidden');

    const opened = openBranch({ commits }, fix, at);

    await expect(opened).rejects.toMatchObject({ name: 'ForgeError', isRetryable: false });
  });

  it.each([
    ['Fix: `rm -rf /` & $(boom); "x"', 'fix-rm-rf-boom-x'],
    ['../../etc/passwd', 'etc-passwd'],
    ['Über Größe – naïve', 'u-ber-gro-e-nai-ve'],
    ['日本語のみ', 'fix'],
    ['--force', 'force'],
    ['x'.repeat(120), 'x'.repeat(40)],
    [`${'y'.repeat(39)} z`, 'y'.repeat(39)],
  ])('is named after %j with letters, digits and dashes only', async (title, slug) => {
    const { branch } = await openBranch({ commits: fakeCommits(start) }, fix, { ...at, title });

    expect(branch).toBe(`ai-fix/12-${slug}`);
  });
});

describe('a branch that has to move to a newer base', () => {
  const start2 = {
    ...start,
    [sha('b')]: { tree: sha('e'), parents: [sha('a')], message: `Start work on #12\n\nAi-Fix: ${fix.id}` },
    [sha('f')]: { tree: sha('d'), parents: [sha('a')], message: 'the newer base' },
  };
  const begun = () => {
    const commits = fakeCommits(start2);
    commits.refs.set(`refs/heads/${name}`, sha('b'));
    return commits;
  };

  it('moves with its empty commit, once', async () => {
    const commits = begun();

    const first = await moveBranch({ commits }, fix, sampleGround, sha('f'));
    const second = await moveBranch({ commits }, fix, sampleGround, sha('f'));

    expect(first).toMatchObject({ base: sha('f'), branch: name });
    expect(commits.known.get(first.tip)).toMatchObject({ tree: sha('d'), parents: [sha('f')] });
    expect(second).toEqual(first);
    expect(commits.created).toHaveLength(1);
  });

  it('stays where a person pushed to it', async () => {
    const commits = begun();
    commits.known.set(sha('8'), { tree: sha('e'), parents: [sha('b')], message: 'my own work' });
    commits.refs.set(`refs/heads/${name}`, sha('8'));

    const moved = moveBranch({ commits }, fix, sampleGround, sha('f'));

    await expect(moved).rejects.toMatchObject({
      // Until the ground is settled again, which takes the new commit for its base.
      isRetryable: true,
      message: expect.stringMatching(/somebody pushed/),
    });
    expect(commits.refs.get(`refs/heads/${name}`)).toBe(sha('8'));
  });
});

describe('publishing', () => {
  const history = {
    [sha('a')]: { tree: sha('e'), parents: [], message: 'base' },
    [sha('b')]: { tree: sha('e'), parents: [sha('a')], message: 'empty' },
    [sha('c')]: { tree: sha('d'), parents: [sha('b')], message: 'the candidate' },
    [sha('8')]: { tree: sha('d'), parents: [sha('b')], message: 'a person' },
  };

  it('puts the validated commit itself on the branch, also twice', async () => {
    const commits = fakeCommits(history);
    commits.refs.set(`refs/heads/${name}`, sha('b'));

    const answers = [
      await publishCandidate({ commits }, sampleFixAtWork(), sampleGround, sha('c')),
      await publishCandidate({ commits }, sampleFixAtWork(), sampleGround, sha('c')),
    ];

    expect(answers).toEqual(['published', 'published']);
    expect(commits.refs.get(`refs/heads/${name}`)).toBe(sha('c'));
  });

  it('never overwrites what a person pushed meanwhile', async () => {
    const commits = fakeCommits(history);
    commits.refs.set(`refs/heads/${name}`, sha('8'));

    const answer = await publishCandidate({ commits }, sampleFixAtWork(), sampleGround, sha('c'));

    expect(answer).toBe('moved');
    expect(commits.refs.get(`refs/heads/${name}`)).toBe(sha('8'));
  });
});
