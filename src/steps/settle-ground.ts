import type { Attempt } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import type { Sha } from '../domain/ids.ts';
import { changedPaths, type Overlay } from '../domain/overlay.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { readSandbox, type SandboxReading } from './inspect-repository.ts';
import { isStartOf, moveBranch } from './open-branch.ts';

export type GroundPorts = Pick<Ports, 'repositories' | 'commits' | 'workspace'>;

/**
 * - `settled`: the patch may be put on this ground.
 * - `conflict`: the ground had to move, and files of the patch changed meanwhile: the patch must be written anew there.
 * - `refused`: there is no usable sandbox workflow any more, or the branch is gone.
 */
export type Settlement =
  | { readonly kind: 'settled'; readonly ground: Ground; readonly sandbox: Extract<SandboxReading, { kind: 'usable' }> }
  | { readonly kind: 'conflict'; readonly ground: Ground; readonly paths: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Makes sure that the patch stands on what is on the branch now, and that the ground carries the default branch's
 * workflows, moving it there when they differ. What somebody pushed is never overwritten: the work goes on upon it.
 *
 * An App without the `workflows` permission may not create a ref whose `.github/workflows` differs from the default
 * branch's, even where it changed none of them; and a run judges only with the workflow that the default branch has.
 */
export async function settleGround(
  ports: GroundPorts,
  fix: Fix,
  ground: Ground,
  patch: Pick<Attempt, 'base' | 'overlay'>,
): Promise<Settlement> {
  const { repositories } = ports;
  const { head, defaultBranch } = await repositories.facts(fix.repository);
  if (head === null) return { kind: 'refused', reason: `the branch ${defaultBranch} is gone` };
  const sandbox = await readSandbox(repositories, fix, head);
  if (sandbox.kind === 'missing') return { kind: 'refused', reason: `${sandbox.path} is gone from ${defaultBranch}` };
  if (sandbox.kind === 'foreign') return { kind: 'refused', reason: sandbox.reason };

  const standing = await standOn(ports, fix, ground);
  if (standing === null) return { kind: 'refused', reason: `the branch \`${ground.branch}\` is gone` };
  const [there = null, here = null] = await Promise.all(
    [head, standing.base].map((commit) => repositories.folder(fix.repository, '.github/workflows', commit)),
  );
  const newer =
    there === here ? null : await withWorkflows(ports, fix, ground.baseBranch, { head, defaultBranch, there });
  if (newer !== null && 'reason' in newer) return { kind: 'refused', reason: newer.reason };
  const settled = newer === null ? standing : await moveOnto(ports, fix, standing, newer.base);
  if (settled === null) {
    const reason = `the workflows of \`${defaultBranch}\` changed, and \`${ground.branch}\` holds commits that are not ai-fix's: merge \`${ground.baseBranch}\` there`;
    return { kind: 'refused', reason };
  }
  const paths = await pathsChanged(ports, fix, patch, settled.base);
  return paths.length === 0
    ? { kind: 'settled', ground: settled, sandbox }
    : { kind: 'conflict', ground: settled, paths };
}

/** The newest commit of the base branch, where that has the default branch's workflows. */
async function withWorkflows(
  { repositories, commits }: GroundPorts,
  { repository }: Fix,
  baseBranch: string,
  { head, defaultBranch, there }: { readonly head: Sha; readonly defaultBranch: string; readonly there: Sha | null },
): Promise<{ readonly base: Sha } | { readonly reason: string }> {
  if (baseBranch === defaultBranch) return { base: head };
  const base = await commits.tipOf(repository, `refs/heads/${baseBranch}`);
  if (base === null) return { reason: `the branch \`${baseBranch}\` is gone` };
  if ((await repositories.folder(repository, '.github/workflows', base)) === there) return { base };
  const reason = `the workflows of \`${defaultBranch}\` changed, and GitHub lets ai-fix make no branch with others: bring its \`.github/workflows\` to \`${baseBranch}\``;
  return { reason };
}

/**
 * The ground as the branch has it now. Where somebody else's commits are on it, they are the base from there on; null
 * where the branch is gone.
 */
export async function standOn({ commits }: Pick<Ports, 'commits'>, fix: Fix, ground: Ground): Promise<Ground | null> {
  const tip = await commits.tipOf(fix.repository, `refs/heads/${ground.branch}`);
  if (tip === null) return null;
  if (tip === ground.tip) return ground;
  // Published, and something overtook the word of it.
  if (tip === fix.candidate?.sha) return { ...ground, tip };
  // A move of ours that a crash cut off.
  const start = await isStartOf(commits, fix, tip);
  return start === null ? { ...ground, base: tip, tip, merges: null, isShared: true } : { ...ground, base: start, tip };
}

/**
 * Brings the ground onto another commit of the base branch: before there is code the branch simply moves; a published
 * branch only goes forwards, so the next candidate merges that commit. Null where others' commits are in between.
 */
export async function moveOnto(ports: GroundPorts, fix: Fix, ground: Ground, base: Sha): Promise<Ground | null> {
  if (ground.isShared === true) return null;
  if (fix.published === null) return moveBranch(ports, fix, ground, base);
  return { ...ground, base, merges: base };
}

/** Paths of the patch that are not the same on its own base and on another: there it would undo somebody's work. */
export async function pathsChanged(
  { workspace }: Pick<Ports, 'workspace'>,
  { repository }: Fix,
  { base: before, overlay }: Pick<Attempt, 'base' | 'overlay'>,
  after: Sha,
): Promise<string[]> {
  if (before === after) return [];
  const [oldTree, newTree] = await Promise.all([workspace.open(repository, before), workspace.open(repository, after)]);
  return changedUnderneath(overlay, oldTree, newTree);
}

async function changedUnderneath(overlay: Overlay, before: Tree, after: Tree): Promise<string[]> {
  const pairs = await Promise.all(
    changedPaths(overlay).map(async (path) => ({ path, old: await before.read(path), now: await after.read(path) })),
  );
  const isSame = (a: Buffer | null, b: Buffer | null) => (a === null || b === null ? a === b : a.equals(b));
  return pairs.filter(({ old, now }) => !isSame(old, now)).map(({ path }) => path);
}

/** What the writer hears when the ground moved under the patch. */
export const conflictFeedback = (paths: readonly string[]): string =>
  `The branch moved on and changed files of the patch (${paths.slice(0, 50).join(', ')}). Write it anew on the repository as it stands now.`;
