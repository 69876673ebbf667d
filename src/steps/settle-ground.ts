import type { Ground } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { changedPaths, type Overlay } from '../domain/overlay.ts';
import type { Ports } from '../ports/ports.ts';
import type { Tree } from '../ports/workspace.ts';
import { readSandbox, type SandboxReading } from './inspect-repository.ts';
import { moveBranch } from './open-branch.ts';

/**
 * - `settled`: the patch may be put on this ground.
 * - `conflict`: the ground had to move, and files of the patch changed meanwhile: the patch must be written anew there.
 * - `refused`: there is no usable sandbox workflow any more, or somebody works on the fix's branch.
 */
export type Settlement =
  | { readonly kind: 'settled'; readonly ground: Ground; readonly sandbox: Extract<SandboxReading, { kind: 'usable' }> }
  | { readonly kind: 'conflict'; readonly ground: Ground; readonly paths: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Makes sure that the ground carries the default branch's workflows, moving it there when they differ.
 *
 * An App without the `workflows` permission may not create a ref whose `.github/workflows` differs from the default
 * branch's, even where it changed none of them; and a run judges only with the workflow that the default branch has.
 */
export async function settleGround(
  ports: Pick<Ports, 'repositories' | 'commits' | 'workspace'>,
  fix: Fix,
  ground: Ground,
  overlay: Overlay,
): Promise<Settlement> {
  const { repositories } = ports;
  const { head, defaultBranch } = await repositories.facts(fix.repository);
  if (head === null) return { kind: 'refused', reason: `the branch ${defaultBranch} is gone` };
  const sandbox = await readSandbox(repositories, fix, head);
  if (sandbox.kind === 'missing') return { kind: 'refused', reason: `${sandbox.path} is gone from ${defaultBranch}` };
  if (sandbox.kind === 'foreign') return { kind: 'refused', reason: sandbox.reason };

  const [there, here] = await Promise.all(
    [head, ground.base].map((commit) => repositories.folder(fix.repository, '.github/workflows', commit)),
  );
  if (there === here) {
    const tip = await ports.commits.tipOf(fix.repository, `refs/heads/${ground.branch}`);
    return tip === ground.tip
      ? { kind: 'settled', ground, sandbox }
      : { kind: 'refused', reason: pushedByOthers(ground) };
  }
  const moved = await moveBranch(ports, fix, ground, head);
  const [oldTree, newTree] = await Promise.all(
    [ground.base, moved.base].map((commit) => ports.workspace.open(fix.repository, commit)),
  );
  if (oldTree === undefined || newTree === undefined)
    throw new TypeError('two commits were opened, two trees expected');
  const paths = await changedUnderneath(overlay, oldTree, newTree);
  return paths.length === 0 ? { kind: 'settled', ground: moved, sandbox } : { kind: 'conflict', ground: moved, paths };
}

const pushedByOthers = ({ branch }: Ground): string =>
  `somebody pushed to \`${branch}\`, or deleted it; ai-fix does not overwrite that`;

/** Paths of the patch that are not the same in both trees: there the patch would undo somebody's work. */
async function changedUnderneath(overlay: Overlay, before: Tree, after: Tree): Promise<string[]> {
  const pairs = await Promise.all(
    changedPaths(overlay).map(async (path) => ({ path, old: await before.read(path), now: await after.read(path) })),
  );
  const isSame = (a: Buffer | null, b: Buffer | null) => (a === null || b === null ? a === b : a.equals(b));
  return pairs.filter(({ old, now }) => !isSame(old, now)).map(({ path }) => path);
}
