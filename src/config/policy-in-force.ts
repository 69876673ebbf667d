import { ConfigError } from '../domain/faults.ts';
import type { RepositoryRef } from '../domain/ids.ts';
import { type Policy, policyPath } from '../domain/policy.ts';
import type { PolicyReading, Ports } from '../ports/ports.ts';
import type { PolicyStore } from '../ports/stores.ts';
import { ownFile, readPolicyFiles } from './policy-files.ts';
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
    if (reading.kind === 'invalid') return reading;
    const problems = problemsOfServing(rosterFor, reading.policy);
    return problems.length === 0 ? reading : { kind: 'invalid', problems };
  };

  const lastValid = async (repository: RepositoryRef): Promise<Policy | null> => {
    const policy = await policies.find(repository);
    return policy === null || problemsOfServing(rosterFor, policy).length > 0 ? null : policy;
  };

  return {
    policyOf: async (repository) => {
      const { head } = await repositories.facts(repository);
      const reading = served(await readPolicyFiles(repositories, repository, head));
      if (reading.kind === 'invalid') return { ...reading, lastValid: await lastValid(repository) };
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

/** Models are the host's: a name may be well formed and still be none that it has a key for. */
function problemsOfServing(rosterFor: Ports['rosterFor'], policy: Policy): readonly string[] {
  try {
    rosterFor(policy);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => `\`${policyPath}\` or a file behind it: \`${sayPlainly(problem, 300)}\``);
  }
}
