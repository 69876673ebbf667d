import { type ChecksReading, type Recheck, readChecks } from '../domain/failing-checks.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Ports } from '../ports/ports.ts';

/** How the checks of a commit stand by GitHub's API, without what ai-fix itself reports and dispatches. */
export async function checksOf(
  { checks, ownLogin }: Pick<Ports, 'checks' | 'ownLogin'>,
  repository: RepositoryRef,
  sha: Sha,
  { sandboxWorkflow }: Pick<Policy, 'sandboxWorkflow'>,
  recheck: Recheck | null = null,
): Promise<ChecksReading> {
  const app = (await ownLogin()).replace(/\[bot\]$/, '');
  const workflowPath = `.github/workflows/${sandboxWorkflow}`;
  return readChecks(await checks.of(repository, sha), recheck, { app, workflowPath });
}
