import { ConfigError } from '../domain/faults.ts';
import type { RepositoryRef } from '../domain/ids.ts';
import { defaultPolicy, type Policy, policyPath } from '../domain/policy.ts';
import type { PurseLimit } from '../domain/purse.ts';
import type { PolicyReading, Ports } from '../ports/ports.ts';
import type { PolicyStore } from '../ports/stores.ts';
import { ownFile, readPolicyFiles, withMonth } from './policy-files.ts';
import { sayPlainly } from './policy-problems.ts';

/** What holds in a repository: what its files say where this host can serve that, else the last that it could. */
export function createPolicyReader({
  repositories,
  policies,
  rosterFor,
}: Pick<Ports, 'repositories' | 'rosterFor'> & { readonly policies: PolicyStore }): Pick<
  Ports,
  'policyOf' | 'policyAt'
> {
  const served = (reading: PolicyReading): PolicyReading => {
    if (reading.kind === 'invalid') {
      const { models = {}, ...others } = reading;
      const ofHost = Object.keys(models).length === 0 ? [] : servedBy(rosterFor, { ...defaultPolicy, models }).problems;
      return { ...others, problems: [...others.problems, ...ofHost] };
    }
    const { problems, warnings } = servedBy(rosterFor, reading.policy);
    if (problems.length > 0)
      return { kind: 'invalid', problems, ownersLimit: reading.policy.purses['organization-month'] };
    return warnings.length === 0 ? reading : { ...reading, warnings };
  };

  const lastValid = async (repository: RepositoryRef): Promise<Policy | null> => {
    const policy = await policies.find(repository);
    return policy === null || servedBy(rosterFor, policy).problems.length > 0 ? null : policy;
  };

  /** What the owner takes back holds at once, whatever is wrong with the repository's file. */
  const lowerMonth = async (repository: RepositoryRef, limit: PurseLimit): Promise<void> => {
    const policy = await policies.find(repository);
    if (policy !== null) await policies.put(repository, withMonth(policy, limit));
  };

  return {
    policyOf: async (repository) => {
      const { head } = await repositories.facts(repository);
      const reading = served(await readPolicyFiles(repositories, repository, head));
      if (reading.kind === 'invalid') {
        const { problems, ownersLimit } = reading;
        if (ownersLimit !== undefined) await lowerMonth(repository, ownersLimit);
        return { kind: 'invalid', problems, lastValid: await lastValid(repository) };
      }
      await policies.put(repository, reading.policy);
      return reading;
    },
    policyAt: async (repository, commit, isDefaultBranch) => {
      const own = await ownFile(repositories, repository, commit);
      if (own === null && !isDefaultBranch) return null;
      const reading = served(await readPolicyFiles(repositories, repository, commit));
      if (isDefaultBranch && reading.kind === 'valid') await policies.put(repository, reading.policy);
      return own === null ? null : reading;
    },
  };
}

interface Served {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Models are the host's: a name may be well formed and still be none that it has a key for. */
function servedBy(rosterFor: Ports['rosterFor'], policy: Policy): Served {
  try {
    const roster = rosterFor(policy);
    // Of what the host chose itself nobody of the repository needs to hear.
    const warnings = Object.keys(policy.models).length === 0 ? [] : (roster.warnings ?? []);
    return { problems: [], warnings: warnings.map((warning) => `\`${sayPlainly(warning, 300)}\``) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const file = `\`${policyPath}\` or a file behind it`;
    return { problems: error.problems.map((problem) => `${file}: \`${sayPlainly(problem, 300)}\``), warnings: [] };
  }
}
