import type { Budget } from './budget.ts';
import type { Role } from './conversation.ts';
import { defaultSandboxWorkflow } from './sandbox-protocol.ts';
import { defaultWho, type WhoPolicy } from './who.ts';

/** What a repository configured in `.github/ai-fix.yml`, every key filled. */
export interface Policy {
  readonly label: string;
  readonly who: WhoPolicy;
  /** Whose comments on the issue the models see. */
  readonly comments: CommentPolicy;
  /** Fixes that may be started in the repository within an hour. */
  readonly fixesPerHour: number;
  readonly planGate: PlanGate;
  readonly models: Partial<Record<Role, readonly string[]>>;
  readonly budget: Budget;
  readonly sandboxWorkflow: string;
  /** Globs. A patch may change these only after a person approved it. */
  readonly protectedPaths: readonly string[];
  /** Globs. No patch may change these, whoever approves. */
  readonly forbiddenPaths: readonly string[];
  readonly branchPrefix: string;
  readonly contextFiles: readonly string[];
}

export const commentPolicies = ['writers', 'everyone', 'nobody'] as const;
export type CommentPolicy = (typeof commentPolicies)[number];

/** `auto` never waits, `required` always does, `risky` waits for large tickets and protected paths. */
export type PlanGate = 'auto' | 'risky' | 'required';
export const planGates: readonly PlanGate[] = ['auto', 'risky', 'required'];

export const defaultPolicy: Policy = {
  label: 'ai-fix',
  who: defaultWho,
  comments: 'writers',
  fixesPerHour: 20,
  planGate: 'risky',
  models: {},
  budget: { usd: 5, tokens: 3_000_000, attempts: 4, minutes: 60 },
  sandboxWorkflow: defaultSandboxWorkflow,
  protectedPaths: [],
  forbiddenPaths: [],
  branchPrefix: 'ai-fix/',
  contextFiles: ['AGENTS.md', 'CONTRIBUTING.md', 'docs/ARCHITECTURE.md'],
};

/** Why the plan has to wait for a person, or null when the gate opens by itself. */
export function planGateReason(
  gate: PlanGate,
  plan: { complexity: string; protectedPaths: readonly string[] },
): string | null {
  switch (gate) {
    case 'auto':
      return null;
    case 'required':
      return 'this repository asks for an approval of every plan';
    case 'risky':
      if (plan.complexity === 'large') return 'the ticket is large';
      if (plan.protectedPaths.length > 0)
        return `the plan touches protected paths: ${plan.protectedPaths.slice(0, 5).join(', ')}`;
      return null;
  }
}
