import { externalKey, keyAddress } from '../domain/external-key.ts';
import { ForgeError } from '../domain/faults.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import type { Sha } from '../domain/ids.ts';
import { branchName } from '../domain/naming.ts';
import type { Ports } from '../ports/ports.ts';

const maxNames = 20;

/**
 * Makes the fix's branch: base + one empty commit, so that a draft pull request can exist before any code does.
 *
 * Idempotent: the commit names the fix, so a branch that is already ours is taken as it is, and one that somebody else
 * or an earlier fix left behind is let be; then the next free name is used.
 */
export async function openBranch(
  { commits }: Pick<Ports, 'commits'>,
  fix: Fix,
  at: { readonly base: Sha; readonly baseBranch: string; readonly title: string },
): Promise<Ground> {
  let made: Sha | null = null;
  const { policy } = fix;
  const parts = partsOf(fix, at.title);
  for (let count = 1; count <= maxNames; count++) {
    const branch = branchName(policy.branches, parts, count);
    const tip = await commits.tipOf(fix.repository, `refs/heads/${branch}`);
    if (tip !== null) {
      const { message, parents } = await commits.describe(fix.repository, tip);
      const base = parents[0];
      if (message.includes(trailer(fix)) && base !== undefined) return { base, tip, branch, baseBranch: at.baseBranch };
      continue;
    }
    made ??= await makeGround(commits, fix, at.base);
    const answer = await commits.setRef(fix.repository, `refs/heads/${branch}`, made, 'create');
    if (answer === 'set') return { base: at.base, tip: made, branch, baseBranch: at.baseBranch };
    if (answer !== 'exists')
      throw new ForgeError(`GitHub refused the branch ${branch}: ${answer}`, { isRetryable: false });
  }
  throw new ForgeError(
    `the branches ${branchName(policy.branches, parts)} to -${maxNames} all exist; delete old ones`,
    {
      isRetryable: false,
    },
  );
}

/** Moves the fix's branch, which holds nothing but our empty commit, onto another base. Idempotent. */
export async function moveBranch(
  { commits }: Pick<Ports, 'commits'>,
  fix: Fix,
  ground: Ground,
  base: Sha,
): Promise<Ground> {
  const ref = `refs/heads/${ground.branch}`;
  const tip = await commits.tipOf(fix.repository, ref);
  if (tip !== null && tip !== ground.tip) {
    const start = await isStartOf(commits, fix, tip);
    if (start === null)
      throw new ForgeError(`somebody pushed to ${ground.branch}; ai-fix does not overwrite that`, {
        isRetryable: true,
      });
    // An earlier try moved it already; if the base moved on since, it is moved once more.
    if (start === base) return { ...ground, base, tip };
  }
  const made = await makeGround(commits, fix, base);
  const answer = await commits.setRef(fix.repository, ref, made, 'force');
  if (answer !== 'set')
    throw new ForgeError(`GitHub refused to move ${ground.branch}: ${answer}`, { isRetryable: false });
  return { ...ground, base, tip: made };
}

async function makeGround(commits: Ports['commits'], fix: Fix, base: Sha): Promise<Sha> {
  // No draft is opened there, so the branch may begin as its base.
  if (fix.issue.isLocal === true) return base;
  const { tree } = await commits.describe(fix.repository, base);
  return commits.create(fix.repository, {
    message: `Start work on ${subjectInWords(fix)}\n\n${[...keyTrailers(fix), trailer(fix)].join('\n')}`,
    tree,
    parents: [base],
  });
}

/** The base below a commit, where that is the empty one with which this fix's branch begins; null of any other. */
export async function isStartOf(commits: Ports['commits'], fix: Fix, commit: Sha): Promise<Sha | null> {
  const { message, parents, tree } = await commits.describe(fix.repository, commit);
  const base = parents[0];
  if (base === undefined || parents.length > 1 || !message.split('\n').includes(trailer(fix))) return null;
  const below = await commits.describe(fix.repository, base);
  return below.tree === tree ? base : null;
}

export const trailer = (fix: Pick<Fix, 'id'>): string => `Ai-Fix: ${fix.id}`;

/** What is in the branch's name: the issue, or of failing checks the branch on which they fail. */
function partsOf({ policy, issue, origin }: Fix, title: string) {
  if (origin.kind === 'checks') return { number: 'checks', title: origin.failing.branch, key: null };
  return { number: issue.number, title, key: externalKey(policy.externalKeys, issue) };
}

function subjectInWords({ origin, issue }: Fix): string {
  if (origin.kind === 'checks') return `the failing checks of ${origin.failing.sha.slice(0, 7)}`;
  return issue.isLocal === true ? 'an issue' : `#${issue.number}`;
}

/** Names the key of an outside tracker, with its address where the repository says how; none without a key. */
export function keyTrailers({ policy: { externalKeys }, issue }: Pick<Fix, 'policy' | 'issue'>): readonly string[] {
  const key = externalKey(externalKeys, issue);
  if (key === null) return [];
  const address = keyAddress(externalKeys, key);
  return [`Ref: ${key}${address === null ? '' : ` ${address}`}`];
}
