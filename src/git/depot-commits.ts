import { ForgeError } from '../domain/faults.ts';
import { asSha, type Sha } from '../domain/ids.ts';
import type { Commits, SetRefAnswer } from '../ports/commits.ts';
import { buildCandidate, folderOf } from './candidate-tree.ts';
import { catFile, GitFailure, gitIn } from './git-command.ts';
import { assertRef } from './path-rules.ts';
import { runGit } from './run-git.ts';

const nobody = '0'.repeat(40);
const author = 'ai-fix <ai-fix@users.noreply.github.com>';

/** `Commits` over a bare repository of our own. Nobody signs here: the author is ai-fix. */
export function createDepotCommits(gitDir: string): Commits {
  const tipOf = async (ref: string): Promise<Sha | null> => {
    const order = { gitDir, expectedExitCodes: [0, 1] };
    const { code, output } = await runGit(['rev-parse', '--verify', '--quiet', '--end-of-options', ref], order);
    return code === 0 ? asSha(output.toString().trim().split('\n').at(-1) ?? '') : null;
  };
  const describe: Commits['describe'] = async (_repository, commit) => {
    const bytes = await catFile(gitDir, ['commit', commit]);
    return readCommit(bytes.toString());
  };
  const isAncestor = async (older: Sha, newer: Sha): Promise<boolean> => {
    const order = { gitDir, expectedExitCodes: [0, 1, 128] };
    return (await runGit(['merge-base', '--is-ancestor', older, newer], order)).code === 0;
  };

  return {
    create: async (_repository, { message, tree, parents }) => {
      const moment = `${author} ${Math.floor(Date.now() / 1000)} +0000`;
      const lines = [
        `tree ${tree}`,
        ...parents.map((parent) => `parent ${parent}`),
        `author ${moment}`,
        `committer ${moment}`,
        '',
        message.trimEnd(),
        '',
      ];
      const args = ['hash-object', '-t', 'commit', '-w', '--stdin'];
      return asSha((await gitIn(gitDir, Buffer.from(lines.join('\n'))).raw(args)).trim());
    },
    treeWith: async (_repository, base, { path, text }) => {
      const overlay = folderOf({ [path]: { kind: 'write', text, mode: '100644' } });
      return (await buildCandidate(gitDir, base, overlay, base)).tree;
    },
    describe,
    tipOf: (_repository, ref) => tipOf(ref),
    setRef: async (_repository, ref, commit, how): Promise<SetRefAnswer> => {
      assertRef(ref);
      const tip = await tipOf(ref);
      if (tip === commit) return 'set';
      if (tip !== null && how === 'create') return 'exists';
      if (tip !== null && how === 'fast-forward' && !(await isAncestor(tip, commit))) return 'not-fast-forward';
      try {
        await runGit(['update-ref', ref, commit, tip ?? nobody], { gitDir });
        return 'set';
      } catch (error) {
        if (!(error instanceof GitFailure)) throw error;
        throw new ForgeError(`git refused ${ref}: ${error.stderr.trim().slice(0, 300)}`, {
          isRetryable: false,
          cause: error,
        });
      }
    },
    deleteRef: async (_repository, ref) => {
      assertRef(ref);
      if ((await tipOf(ref)) !== null) await runGit(['update-ref', '-d', ref], { gitDir });
    },
  };
}

function readCommit(text: string): { tree: Sha; parents: readonly Sha[]; message: string } {
  const end = text.indexOf('\n\n');
  const header = text.slice(0, end).split('\n');
  const named = (name: string) =>
    header.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  return { tree: asSha(named('tree')[0] ?? ''), parents: named('parent').map(asSha), message: text.slice(end + 2) };
}
