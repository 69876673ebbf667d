import type { Budget } from '../domain/budget.ts';
import type { Chains, ModelChoice } from '../domain/conversation.ts';
import type { DocumentKind } from '../domain/plan.ts';
import { type DocumentGate, defaultPolicy, type Patience, type Policy, type TriggerPolicy } from '../domain/policy.ts';
import { noPurseLimits, type PurseLimit, type PurseLimits } from '../domain/purse.ts';
import { defaultWho, type WhoPolicy, type WhoRule } from '../domain/who.ts';
import type { Settings } from './policy-schema.ts';

/** What files say, with the defaults where they say nothing. */
export function toPolicy(set: Settings): Policy {
  const { pullRequests, externalKeys } = defaultPolicy;
  return {
    isEnabled: set.enabled ?? defaultPolicy.isEnabled,
    label: set.label ?? defaultPolicy.label,
    triggers: triggersOf(set.triggers),
    who: whoOf(set.who ?? {}),
    comments: set.comments ?? defaultPolicy.comments,
    fixesPerHour: set.limits?.fixes_per_hour ?? defaultPolicy.fixesPerHour,
    gates: {
      requirements: gateOf('requirements', set.gates?.requirements),
      design: gateOf('design', set.gates?.design),
      plan: gateOf('plan', set.gates?.plan),
    },
    patience: patienceOf(set),
    models: chainsOf(set.models ?? {}),
    budget: budgetOf(set.budget),
    purses: pursesOf(set.budget),
    sandboxWorkflow: set.sandbox?.workflow ?? defaultPolicy.sandboxWorkflow,
    evidence: { testFirst: set.evidence?.test_first ?? defaultPolicy.evidence.testFirst },
    fixers: fixersOf(set.fixers),
    protectedPaths: set.paths?.protected ?? defaultPolicy.protectedPaths,
    forbiddenPaths: set.paths?.forbidden ?? defaultPolicy.forbiddenPaths,
    branches: { ...defaultPolicy.branches, ...definedIn(set.branches ?? {}) },
    pullRequests: { ...pullRequests, ...definedIn(set.pull_requests ?? {}) },
    externalKeys: { ...externalKeys, ...definedIn(set.external_keys ?? {}) },
    documents: { ...defaultPolicy.documents, ...definedIn(set.documents ?? {}) },
    promptsFolder: set.prompts ?? defaultPolicy.promptsFolder,
    contextFiles: set.context ?? defaultPolicy.contextFiles,
  };
}

/** What no single key can tell: values that do not go together. */
export function conflictsIn(set: Settings): readonly string[] {
  const { approvalDays, reminderDays } = patienceOf(set);
  if (reminderDays < approvalDays) return [];
  const said = (key: 'approval_days' | 'reminder_days') => (set.patience?.[key] === undefined ? ' (the default)' : '');
  return [
    `\`patience.reminder_days\`: found the number ${reminderDays}${said('reminder_days')}; allowed: less than \`patience.approval_days\`, which is ${approvalDays}${said('approval_days')}`,
  ];
}

function triggersOf(set: Settings['triggers']): TriggerPolicy {
  const { issues, failingChecks } = defaultPolicy.triggers;
  const checks = set?.failing_checks;
  return {
    issues: set?.issues ?? issues,
    failingChecks: {
      branches: checks?.branches ?? failingChecks.branches,
      pullRequests: checks?.pull_requests ?? failingChecks.pullRequests,
      delivery: checks?.delivery ?? failingChecks.delivery,
    },
  };
}

function fixersOf(set: Settings['fixers']): Policy['fixers'] {
  const { when, snapshots, review, maxFiles } = defaultPolicy.fixers;
  return {
    when: set?.when ?? when,
    snapshots: set?.snapshots ?? snapshots,
    review: set?.review ?? review,
    maxFiles: set?.max_files ?? maxFiles,
  };
}

function whoOf(set: NonNullable<Settings['who']>): WhoPolicy {
  const { rules } = defaultWho;
  return {
    rules: {
      trigger: ruleOf(set.may_trigger) ?? rules.trigger,
      approve: ruleOf(set.may_approve) ?? rules.approve,
      command: ruleOf(set.may_command) ?? rules.command,
    },
    selfApproval: set.self_approval ?? defaultWho.selfApproval,
    bots: set.bots ?? defaultWho.bots,
  };
}

function ruleOf(rule: NonNullable<Settings['who']>['may_trigger']): WhoRule | null {
  if (rule === undefined) return null;
  if (typeof rule === 'string') return { level: rule, named: null };
  const { level: least = 'write', users = [], teams = [] } = rule;
  // Naming nobody is no way to lock everybody out: an empty list says nothing.
  return { level: least, named: users.length + teams.length === 0 ? null : { users, teams } };
}

function gateOf(kind: DocumentKind, set: NonNullable<Settings['gates']>['plan']): DocumentGate {
  const standard = defaultPolicy.gates[kind];
  if (set === undefined) return standard;
  if (typeof set === 'string') return { mode: set, approvers: null };
  return { mode: set.mode ?? standard.mode, approvers: ruleOf(set.approvers) };
}

function budgetOf(set: Settings['budget']): Budget {
  const { usd, tokens, attempts, minutes } = defaultPolicy.budget;
  return {
    usd: set?.usd ?? usd,
    tokens: set?.tokens ?? tokens,
    attempts: set?.attempts ?? attempts,
    minutes: set?.minutes ?? minutes,
  };
}

/** What files say of the purses that fixes share. The host's own is none of theirs. */
const pursesOf = (set: Settings['budget']): PurseLimits => ({
  ...noPurseLimits,
  'repository-day': { usd: set?.repo_usd_per_day ?? null, tokens: set?.repo_tokens_per_day ?? null },
  'organization-month': organizationLimit(set),
});

export const organizationLimit = (set: Settings['budget']): PurseLimit => ({
  usd: set?.org_usd_per_month ?? null,
  tokens: set?.org_tokens_per_month ?? null,
});

function patienceOf({ patience: set }: Settings): Patience {
  const { approvalDays, reminderDays, staleDays } = defaultPolicy.patience;
  return {
    approvalDays: set?.approval_days ?? approvalDays,
    reminderDays: set?.reminder_days ?? reminderDays,
    staleDays: set?.stale_days ?? staleDays,
  };
}

type ModelSettings = NonNullable<Settings['models']>;

export const chainsOf = (set: ModelSettings): Chains =>
  Object.fromEntries(
    Object.entries(definedIn(set)).map(([role, chain]) => [role, chain.map((entry) => choiceOf(entry))]),
  );

type ModelSetting = NonNullable<ModelSettings['coder']>[number];

function choiceOf(set: ModelSetting): ModelChoice {
  if (typeof set === 'string') return { model: set };
  const { model, temperature, effort, max_tokens: maxOutputTokens } = set;
  return { model, ...definedIn({ temperature, effort, maxOutputTokens }) };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const definedIn = <T extends object>(object: T): Defined<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
