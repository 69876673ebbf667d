import { matchesGlob } from '../agent/path-glob.ts';
import type { FailingCommit } from '../domain/failing-checks.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Ports } from '../ports/ports.ts';

/** Where failing checks matter: a branch that is configured, or a pull request that carries the label. */
export type Watched = Pick<FailingCommit, 'branch' | 'pullRequest' | 'isFork'>;

/**
 * What of a commit is watched, or null. The App's own branches never are. Branches cost nothing to look at; for pull
 * requests GitHub is asked.
 */
export async function watchedChecks(
  { checks }: Pick<Ports, 'checks'>,
  policy: Policy,
  at: { readonly repository: RepositoryRef; readonly sha: Sha; readonly branches: readonly string[] },
): Promise<Watched | null> {
  const { triggers, label } = policy;
  const { prefix } = policy.branches;
  const [configured] = configuredAmong(policy, at.branches);
  if (configured !== undefined) return configured;
  const areAllOurs = at.branches.length > 0 && at.branches.every((branch) => branch.startsWith(prefix));
  if (triggers.failingChecks.pullRequests === 'off' || areAllOurs) return null;
  const offers = await checks.offersOf(at.repository, at.sha);
  const labelled = offers.find(
    ({ labels, branch, isFork }) => labels.includes(label) && (isFork || !branch.startsWith(prefix)),
  );
  return labelled === undefined
    ? null
    : { branch: labelled.branch, pullRequest: labelled.number, isFork: labelled.isFork };
}

/** Those of some branches that the configuration names. */
export const configuredAmong = ({ triggers, branches }: Policy, names: readonly string[]): readonly Watched[] =>
  names
    .filter((branch) => !branch.startsWith(branches.prefix))
    .filter((branch) => triggers.failingChecks.branches.some((glob) => isBranch(branch, glob)))
    .map((branch) => ({ branch, pullRequest: null, isFork: false }));

/** Of paths a glob without a slash means a name in any folder; of branches it means that branch. */
const isBranch = (branch: string, glob: string): boolean => matchesGlob(`/${branch}`, `/${glob}`);

/** Whether a conclusion is about what the App itself did: its check runs, and the sandbox's workflow. */
export async function isOwnDoing(
  { ownLogin }: Pick<Ports, 'ownLogin'>,
  { sandboxWorkflow }: Pick<Policy, 'sandboxWorkflow'>,
  { app, workflowPath }: { readonly app: string | null; readonly workflowPath: string | null },
): Promise<boolean> {
  if (workflowPath === `.github/workflows/${sandboxWorkflow}`) return true;
  return app !== null && `${app}[bot]` === (await ownLogin());
}
