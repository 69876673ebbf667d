import { type Chains, roles } from '../../domain/conversation.ts';
import { defaultPolicy, type Policy } from '../../domain/policy.ts';
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
): Policy {
  const models = model === null ? {} : { models: chainsOf(model) };
  return {
    ...configured,
    isEnabled: true,
    triggers: defaultPolicy.triggers,
    who: defaultWho,
    comments: 'nobody',
    fixesPerHour: 1_000,
    gates: {
      requirements: { ...configured.gates.requirements, approvers: null },
      design: { ...configured.gates.design, approvers: null },
      plan: { ...configured.gates.plan, approvers: null },
    },
    branches: { prefix, base: null, name: '{slug}' },
    documents: { ...configured.documents, where: 'comments' },
    budget: { ...configured.budget, ...budget },
    ...models,
  };
}

const chainsOf = (model: string): Chains => Object.fromEntries(roles.map((role) => [role, [{ model }]]));

/** A branch called `ai-fix` leaves no room for names below it. */
export const branchPrefixFor = (branches: ReadonlyMap<string, unknown>): string =>
  branches.has('ai-fix') ? 'ai-fix-' : 'ai-fix/';
