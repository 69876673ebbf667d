import { type Chains, roles } from '../../domain/conversation.ts';
import { defaultPolicy, type Policy } from '../../domain/policy.ts';
import { noPurseLimits } from '../../domain/purse.ts';
import { defaultWho } from '../../domain/who.ts';
import type { TryOptions } from './options.ts';

/**
 * What the repository configured, as far as it means anything here: gates, paths, models, budget and the like. Who may do
 * what, triggers and names by an issue's number are of GitHub. What stands on the command line wins.
 */
export function policyHere(
  configured: Policy,
  { model, budget }: Pick<TryOptions, 'model' | 'budget'>,
  prefix: string,
  /** What fails on it is to be mended; null where an issue is. */
  failingBranch: string | null = null,
): Policy {
  const models = model === null ? {} : { models: chainsOf(model) };
  return {
    ...configured,
    isEnabled: true,
    triggers: triggersFor(failingBranch),
    who: defaultWho,
    comments: 'nobody',
    fixesPerHour: 1_000,
    gates: {
      requirements: { ...configured.gates.requirements, approvers: null },
      design: { ...configured.gates.design, approvers: null },
      plan: { ...configured.gates.plan, approvers: null },
    },
    branches: { prefix, base: null, name: failingBranch === null ? '{slug}' : 'checks-{slug}' },
    documents: { ...configured.documents, where: 'comments' },
    budget: { ...configured.budget, ...budget },
    // Their money is counted in the App's database, which nobody has here.
    purses: noPurseLimits,
    ...models,
  };
}

function triggersFor(failingBranch: string | null): Policy['triggers'] {
  const { triggers } = defaultPolicy;
  if (failingBranch === null) return triggers;
  return { ...triggers, failingChecks: { ...triggers.failingChecks, branches: [failingBranch] } };
}

const chainsOf = (model: string): Chains => Object.fromEntries(roles.map((role) => [role, [{ model }]]));

/** A branch called `ai-fix` leaves no room for names below it. */
export const branchPrefixFor = (branches: ReadonlyMap<string, unknown>): string =>
  branches.has('ai-fix') ? 'ai-fix-' : 'ai-fix/';
