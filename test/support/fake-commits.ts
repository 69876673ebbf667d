import { createHash } from 'node:crypto';
import { asSha, type Sha } from '../../src/domain/ids.ts';
import type { Commits, SetRefAnswer } from '../../src/ports/commits.ts';

interface FakeCommit {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly message: string;
}

export interface FakeCommits extends Commits {
  readonly known: Map<string, FakeCommit>;
  readonly refs: Map<string, Sha>;
  /** How many commits were made through the port. */
  readonly created: readonly Sha[];
  /** From now on refs are answered with this. */
  refuse(answer: SetRefAnswer): void;
}

/** Commits and refs of one repository in memory. A commit made twice gets two names, as by GitHub's clock. */
export function fakeCommits(start: Readonly<Record<string, FakeCommit>> = {}): FakeCommits {
  const known = new Map(Object.entries(start));
  const refs = new Map<string, Sha>();
  const created: Sha[] = [];
  let refusal: SetRefAnswer | null = null;
  const descends = (from: Sha, ancestor: Sha): boolean =>
    from === ancestor || (known.get(from)?.parents ?? []).some((parent) => descends(parent, ancestor));
  return {
    known,
    refs,
    created,
    refuse: (answer) => {
      refusal = answer;
    },
    create: async (_repository, { message, tree, parents }) => {
      const text = `${created.length} ${tree} ${parents.join(' ')} ${message}`;
      const made = asSha(createHash('sha1').update(text).digest('hex'));
      known.set(made, { tree, parents, message });
      created.push(made);
      return made;
    },
    treeWith: async (_repository, base, file) =>
      asSha(
        createHash('sha1')
          .update(JSON.stringify([known.get(base)?.tree, file]))
          .digest('hex'),
      ),
    describe: async (_repository, commit) => {
      const found = known.get(commit);
      if (found === undefined) throw new TypeError(`the test knows no commit ${commit}`);
      return found;
    },
    tipOf: async (_repository, ref) => refs.get(ref) ?? null,
    setRef: async (_repository, ref, commit, how) => {
      if (refusal !== null) return refusal;
      const tip = refs.get(ref);
      if (how === 'create' && tip !== undefined) return 'exists';
      if (how === 'fast-forward' && tip !== undefined && !descends(commit, tip)) return 'not-fast-forward';
      refs.set(ref, commit);
      return 'set';
    },
    deleteRef: async (_repository, ref) => {
      refs.delete(ref);
    },
  };
}
