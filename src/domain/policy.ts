import type { Budget } from './budget.ts';
import type { Chains, ModelChoice, Role } from './conversation.ts';
import type { DocumentKind } from './plan.ts';
import { noPurseLimits, type PurseLimits } from './purse.ts';
import { defaultSandboxWorkflow } from './sandbox-protocol.ts';
import { defaultWho, type WhoPolicy, type WhoRule } from './who.ts';

/** Where a repository configures ai-fix, on its default branch. */
export const policyPath = '.github/ai-fix.yml';

/** Where editors find the newest JSON Schema of that file. */
export const schemaAddress = 'https://raw.githubusercontent.com/ai-fix/ai-fix/main/docs/ai-fix.schema.json';

/** What a repository configured there, every key filled. */
export interface Policy {
  /** False switches the App off in the repository; only `/ai-fix help` is answered. */
  readonly isEnabled: boolean;
  readonly label: string;
  readonly triggers: TriggerPolicy;
  readonly who: WhoPolicy;
  /** Whose comments on the issue the models see. */
  readonly comments: CommentPolicy;
  /** Fixes that may be started in the repository within an hour. */
  readonly fixesPerHour: number;
  readonly gates: Readonly<Record<DocumentKind, DocumentGate>>;
  readonly patience: Patience;
  /** Of a role that is left out the host chooses. */
  readonly models: Chains;
  readonly budget: Budget;
  /** Of the purses that its fixes share with others; the host may set lower ones. */
  readonly purses: PurseLimits;
  readonly sandboxWorkflow: string;
  readonly evidence: EvidencePolicy;
  readonly fixers: FixersPolicy;
  /** Globs. A patch may change these only after a person approved it. */
  readonly protectedPaths: readonly string[];
  /** Globs. No patch may change these, whoever approves. */
  readonly forbiddenPaths: readonly string[];
  readonly branches: BranchPolicy;
  readonly pullRequests: PullRequestPolicy;
  /** Keys of an outside tracker, like `AEC-456`, that are carried into branch, commits and documents. */
  readonly externalKeys: ExternalKeys;
  readonly documents: DocumentPolicy;
  /** A folder on the default branch whose `<name>.md` take the place of our prompts' rules. */
  readonly promptsFolder: string;
  readonly contextFiles: readonly string[];
}

export const commentPolicies = ['writers', 'everyone', 'nobody'] as const;
export type CommentPolicy = (typeof commentPolicies)[number];

export const triggerModes = ['labelled', 'off'] as const;
export type TriggerMode = (typeof triggerModes)[number];

export const fixDeliveries = ['pull-request', 'commit'] as const;

export interface TriggerPolicy {
  readonly issues: TriggerMode;
  readonly failingChecks: {
    /** Globs of branches whose failing checks start a fix by themselves. */
    readonly branches: readonly string[];
    /** Whether a label on a pull request asks for fixes of its failing checks; `/ai-fix fix-checks` does so either way. */
    readonly pullRequests: TriggerMode;
    /** How a fix of a failing branch is offered: stacked on it, or as a commit on it once everything is validated. */
    readonly delivery: (typeof fixDeliveries)[number];
  };
}

/** `auto` never waits, `required` always does, `risky` waits for large tickets and protected paths. */
export const gateModes = ['auto', 'risky', 'required'] as const;
export type GateMode = (typeof gateModes)[number];

export interface DocumentGate {
  readonly mode: GateMode;
  /** Who may approve this document, in place of who may approve in general; null where nobody is named for it. */
  readonly approvers: WhoRule | null;
}

/** How long a fix waits for people, in days. */
export interface Patience {
  /** For an approval, before the fix expires. */
  readonly approvalDays: number;
  /** Before the one reminder at a gate. */
  readonly reminderDays: number;
  /** For a merge or a word on the finished pull request, before it is closed as stale. */
  readonly staleDays: number;
}

export interface BranchPolicy {
  readonly prefix: string;
  /** The branch to start from and to merge into; null is the default branch. */
  readonly base: string | null;
  /** What stands behind the prefix: `{number}`, `{slug}`, `{key}`. */
  readonly name: string;
}

export const closingWords = ['Closes', 'Fixes', 'Resolves', 'none'] as const;

export interface PullRequestPolicy {
  /** `{type}` (fix, feat, …), `{title}`, `{number}`, `{key}`. */
  readonly title: string;
  /** The word by which a merge closes the issue; `none` only links it. */
  readonly closing: (typeof closingWords)[number];
}

export interface ExternalKeys {
  /** `AEC` knows `AEC-456`. */
  readonly prefixes: readonly string[];
  /** The address of a key with `{key}` in it. */
  readonly link: string | null;
}

export const testFirstModes = ['auto', 'off'] as const;

export interface EvidencePolicy {
  /** `auto`: of a bug a test is seen failing on the base first, and new tests are run there too, where reports are kept. */
  readonly testFirst: (typeof testFirstModes)[number];
}

export const fixerTimes = ['auto', 'first', 'off'] as const;
export const fixerReviews = ['person', 'model'] as const;

/** The repository's own formatters, linters and package tools, where the sandbox workflow names them. */
export interface FixersPolicy {
  /** `auto`: first where every failing check calls for one, else where no model can do it. `first`: always first. */
  readonly when: (typeof fixerTimes)[number];
  /** Whether snapshots of tests may be written anew. */
  readonly snapshots: boolean;
  /** `person`: whoever merges their patch is its reviewer. `model`: the reviewer model reads it first, where one answers. */
  readonly review: (typeof fixerReviews)[number];
  /** A patch of theirs that changes more is not taken. */
  readonly maxFiles: number;
}

export const documentPlaces = ['comments', 'committed'] as const;

export interface DocumentPolicy {
  /** `committed`: also as files on the branch, under `.ai/workflow/<key>/`. */
  readonly where: (typeof documentPlaces)[number];
  /** A folder on the default branch whose `requirements.md`, `design.md` and `plan.md` take the place of ours. */
  readonly templates: string;
}

export const defaultPolicy: Policy = {
  isEnabled: true,
  label: 'ai-fix',
  triggers: {
    issues: 'labelled',
    failingChecks: { branches: [], pullRequests: 'labelled', delivery: 'pull-request' },
  },
  who: defaultWho,
  comments: 'writers',
  fixesPerHour: 20,
  gates: {
    requirements: { mode: 'auto', approvers: null },
    design: { mode: 'auto', approvers: null },
    plan: { mode: 'risky', approvers: null },
  },
  patience: { approvalDays: 14, reminderDays: 10, staleDays: 30 },
  models: {},
  budget: { usd: 5, tokens: 3_000_000, attempts: 4, minutes: 60 },
  purses: noPurseLimits,
  sandboxWorkflow: defaultSandboxWorkflow,
  evidence: { testFirst: 'auto' },
  fixers: { when: 'auto', snapshots: false, review: 'person', maxFiles: 100 },
  protectedPaths: [],
  forbiddenPaths: [],
  branches: { prefix: 'ai-fix/', base: null, name: '{number}-{slug}' },
  pullRequests: { title: '{type}: {title}', closing: 'Closes' },
  externalKeys: { prefixes: [], link: null },
  documents: { where: 'comments', templates: '.ai/templates' },
  promptsFolder: '.ai/prompts',
  contextFiles: [
    'AGENTS.md',
    'CLAUDE.md',
    '.github/copilot-instructions.md',
    'CONTRIBUTING.md',
    'docs/ARCHITECTURE.md',
  ],
};

/**
 * A policy as an earlier version stored it in a fix: what that one did not know yet has its default.
 */
export function revivePolicy(stored: StoredPolicy): Policy {
  const { planGate, branchPrefix, models, ...known } = stored;
  const { gates, branches } = defaultPolicy;
  return {
    ...defaultPolicy,
    ...(planGate === undefined ? {} : { gates: { ...gates, plan: { mode: planGate, approvers: null } } }),
    ...(branchPrefix === undefined ? {} : { branches: { ...branches, prefix: branchPrefix } }),
    ...known,
    ...(models === undefined ? {} : { models: reviveChains(models) }),
  };
}

type StoredPolicy = Omit<Partial<Policy>, 'models'> & OlderPolicy;

interface OlderPolicy {
  readonly planGate?: GateMode;
  readonly branchPrefix?: string;
  /** Models without parameters were plain names. */
  readonly models?: Partial<Readonly<Record<Role, readonly (ModelChoice | string)[]>>>;
}

const reviveChains = (stored: NonNullable<OlderPolicy['models']>): Chains =>
  Object.fromEntries(
    Object.entries(stored).map(([role, chain]) => [
      role,
      chain.map((entry) => (typeof entry === 'string' ? { model: entry } : entry)),
    ]),
  );

/** Whether the label on an issue means anything in the repository. */
export const startsByLabel = ({ isEnabled, triggers }: Policy): boolean => isEnabled && triggers.issues === 'labelled';

/** Why a document has to wait for a person, or null when its gate opens by itself. */
export function gateReason(
  kind: DocumentKind,
  mode: GateMode,
  ticket: { complexity: string; protectedPaths: readonly string[] },
): string | null {
  switch (mode) {
    case 'auto':
      return null;
    case 'required':
      return `this repository asks for an approval of every ${kind === 'plan' ? 'plan' : `${kind} document`}`;
    case 'risky':
      if (ticket.complexity === 'large') return 'the ticket is large';
      if (ticket.protectedPaths.length > 0)
        return `the plan touches protected paths: ${ticket.protectedPaths.slice(0, 5).join(', ')}`;
      return null;
  }
}
