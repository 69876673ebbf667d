import { readPolicyFiles } from '../../config/policy-files.ts';
import { ConfigError } from '../../domain/faults.ts';
import type { RepositoryRef } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Depot } from '../../git/depot.ts';
import type { Base } from '../../git/user-repository.ts';
import { UsageError } from '../command.ts';
import { findChecks } from './find-checks.ts';
import { findFixers } from './find-fixers.ts';
import type { FoundChecks, FoundFixers } from './found-checks.ts';
import type { TryOptions } from './options.ts';
import { policyHere } from './policy-here.ts';

const maxFileBytes = 256 * 1024;

/** What the base commit says of how it is to be worked on. */
export interface ReadBase {
  readonly policy: Policy;
  readonly workflowPath: string;
  readonly found: FoundChecks;
  /** Null for an issue, which is about work that a person describes, and where the repository wants none. */
  readonly fixers: FoundFixers | null;
}

/** @throws {ConfigError} {UsageError} with what is wrong or missing there. */
export async function readBase(at: {
  readonly options: TryOptions;
  readonly base: Base;
  readonly depot: Depot;
  readonly repository: RepositoryRef;
  readonly prefix: string;
}): Promise<ReadBase> {
  const { options, base, depot, repository, prefix } = at;
  const configured = await readPolicyFiles(
    { file: (_repository, path, commit, max) => depot.file(path, commit, max), sharedFile: async () => null },
    repository,
    base.commit,
  );
  if (configured.kind === 'invalid') throw new ConfigError(configured.problems);
  const fixesChecks = options.fixesChecks === true;
  if (fixesChecks && base.branch.startsWith(prefix))
    throw new UsageError(
      `--fix-checks: found the branch ${base.branch}, which is one of ai-fix's own; allowed: another one, with --base`,
    );
  const policy = policyHere(configured.policy, options, prefix, fixesChecks ? base.branch : null);
  const workflowPath = `.github/workflows/${policy.sandboxWorkflow}`;
  const files = {
    rootFiles: await depot.rootFiles(base.commit),
    read: async (path: string) => (await depot.file(path, base.commit, maxFileBytes))?.text ?? null,
  };
  const found = await findChecks(options.checks, options.setUp, workflowPath, files);
  const fixers = fixesChecks && policy.fixers.when !== 'off' ? await findFixers(options, workflowPath, files) : null;
  return { policy, workflowPath, found, fixers };
}
