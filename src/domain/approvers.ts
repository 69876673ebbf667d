import type { Fix } from './fix-facts.ts';
import type { Ask } from './gate.ts';
import { type DocumentKind, documentKinds } from './plan.ts';
import { gateReason, type Policy } from './policy.ts';
import { snapshotFixersOf } from './recipe.ts';
import type { WhoPolicy } from './who.ts';

const noPlan = 'the plan';

/** Documents that no fix may go round; the last one stands for all of them. */
const requiredDocuments = ({ gates }: Pick<Policy, 'gates'>): readonly DocumentKind[] =>
  documentKinds.filter((kind) => gates[kind].mode === 'required');

/**
 * What a person has to allow of a patch that came without plan documents, as that of fixers does: where every plan
 * needs an approval, the patch needs it in the plan's stead.
 */
export function asksForPlan(policy: Pick<Policy, 'gates'>): Ask[] {
  const reasons = requiredDocuments(policy).map((kind) =>
    gateReason(kind, 'required', { complexity: '', protectedPaths: [] }),
  );
  return reasons.length === 0 ? [] : [{ path: noPlan, why: `there is none, and ${reasons.join(', and ')}` }];
}

/**
 * What a person has to allow of a patch of these fixers, whatever it changes and wherever expectations lie. Those that
 * were to run count: what they did is the word of their own run.
 */
export const asksForExpectations = (fixers: readonly string[]): Ask[] =>
  snapshotFixersOf(fixers).map((path) => ({
    path,
    why: 'this fixer writes anew what tests expect, by what the code does now; whether that is right no check can tell',
  }));

/** Where a document names its own approvers, they decide about it and about what came in its stead, and nobody else. */
export function approversOf({ policy, gate, asks }: Pick<Fix, 'policy' | 'gate' | 'asks'>): WhoPolicy {
  const replaced = asks.some(({ path }) => path === noPlan) ? requiredDocuments(policy).at(-1) : undefined;
  const document = gate?.document ?? replaced;
  const own = document === undefined ? null : policy.gates[document].approvers;
  return own === null ? policy.who : { ...policy.who, rules: { ...policy.who.rules, approve: own } };
}
