import { ConfigError } from '../../domain/faults.ts';
import { type Policy, policyPath } from '../../domain/policy.ts';
import { rosterOptions } from '../../house.ts';
import { createRoster } from '../../models/roster.ts';
import { assertBuysCall } from './first-call.ts';
import type { TryDesk, TryOptions } from './options.ts';
import type { ReadBase } from './read-base.ts';

/**
 * Looks whether the models of this run can be asked and paid, and tells names that nobody knows. One that cannot be asked
 * is a word of the person's, not an outage.
 *
 * @throws {ConfigError} whose problems begin with where the person chose: the command line, or the repository's file.
 */
export function lookAtRoster(
  options: TryOptions,
  { policy, workflowPath, fixers }: Pick<ReadBase, 'policy' | 'workflowPath' | 'fixers'>,
  desk: TryDesk,
): void {
  const { models, model, tuning } = options;
  if (options.fixesChecks === true && Object.keys(models.providers).length === 0) {
    if (fixers === null)
      throw new ConfigError([
        `--fix-checks: found neither fixers (${sayNoFixers(policy)}) nor a key of a model, so nothing can mend what fails; allowed: fixers in ${workflowPath}, as docs/fixers.md of ai-fix says, or a key in the environment, for instance ANTHROPIC_API_KEY`,
      ]);
    desk.progress('no model can be asked, since no key is set: only fixers can mend this');
    return;
  }
  try {
    const roster = createRoster(rosterOptions(models, tuning?.modelRequests, policy.models));
    for (const warning of roster.warnings ?? []) desk.progress(warning);
    assertBuysCall(roster, policy.budget);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const told = error.problems.map((problem) =>
      model === null
        ? problem.replace(/^(?=models\.)/, `${policyPath}: `)
        : problem.replace(/^models\.\w+\.0(?=[.:])/, '--model'),
    );
    throw new ConfigError([...new Set(told)]);
  }
}

const sayNoFixers = ({ fixers }: Policy): string =>
  fixers.when === 'off' ? `fixers.when is off in ${policyPath}` : 'the repository has none that can run here';
