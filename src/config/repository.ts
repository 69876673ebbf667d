import { type Document, isMap, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { roles } from '../domain/conversation.ts';
import { commentPolicies, defaultPolicy, gateModes } from '../domain/policy.ts';
import { defaultWho, levels, type WhoPolicy, type WhoRule } from '../domain/who.ts';
import type { PolicyAnswer } from '../ports/ports.ts';

export { policyPath } from '../domain/policy.ts';

export const maxPolicyBytes = 64 * 1024;

const path = z.string().min(1).max(300);
const modelChains = z.strictObject(
  Object.fromEntries(roles.map((role) => [role, z.array(z.string().min(3).max(200)).min(1).max(8).optional()])),
);

const login = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'a login or the short name of a team, without @');
const level = z.enum(levels);
const named = z.strictObject({
  level: level.optional(),
  users: z.array(login).max(100).optional(),
  teams: z.array(login).max(20).optional(),
});
const whoRule = z
  .union([level, named], { error: 'write, maintain or admin; or { level: …, users: […], teams: […] }' })
  .optional();

const schema = z.strictObject({
  label: z
    .string()
    .min(1)
    .max(32)
    .regex(/^[^,:]+$/, 'a label without comma or colon')
    .optional(),
  who: z
    .strictObject({
      may_trigger: whoRule,
      may_approve: whoRule,
      may_command: whoRule,
      self_approval: z.boolean().optional(),
      bots: z
        .array(z.number({ error: 'the number of a bot account' }).int().positive())
        .max(50)
        .optional(),
    })
    .optional(),
  comments: z.enum(commentPolicies).optional(),
  limits: z.strictObject({ fixes_per_hour: z.number().int().min(1).max(1_000).optional() }).optional(),
  gates: z.strictObject({ plan: z.enum(gateModes).optional() }).optional(),
  models: modelChains.optional(),
  budget: z
    .strictObject({
      usd: z.number().min(0.01).max(1_000).optional(),
      tokens: z.number().int().positive().max(1_000_000_000).optional(),
      attempts: z.number().int().min(1).max(20).optional(),
      minutes: z
        .number()
        .int()
        .min(1)
        .max(24 * 60)
        .optional(),
    })
    .optional(),
  sandbox: z
    .strictObject({
      workflow: z
        .string()
        .regex(/^[A-Za-z0-9._-]+\.ya?ml$/, 'the name of a file in .github/workflows')
        .optional(),
    })
    .optional(),
  paths: z
    .strictObject({ protected: z.array(path).max(200).optional(), forbidden: z.array(path).max(200).optional() })
    .optional(),
  branches: z
    .strictObject({
      prefix: z
        .string()
        .max(60)
        // git takes no two dots in a name, and no part that ends in a dot or in .lock.
        .regex(
          /^(?!.*(?:\.\.|\.\/|\.lock\/))[A-Za-z0-9][A-Za-z0-9._-]*\/$/,
          'letters, digits, single dots and dashes, then a slash',
        )
        .optional(),
    })
    .optional(),
  context: z.array(path).max(20).optional(),
});

/** Reads `.github/ai-fix.yml`; strict, so that a misspelt key is an error with its place and not a silent default. */
export function readPolicy(text: string | null): PolicyAnswer {
  if (text === null || text.trim() === '') return { kind: 'valid', policy: defaultPolicy };
  if (Buffer.byteLength(text) > maxPolicyBytes) return invalid([`the file is larger than ${maxPolicyBytes / 1024} KB`]);
  const document = parseDocument(text);
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return invalid(
      faults.map((fault) => `line ${fault.linePos?.[0].line ?? 1}: ${sayPlainly(fault.message.split('\n')[0])}`),
    );
  }
  const alias = findAlias(document);
  if (alias !== null) return invalid([`the alias \`*${sayPlainly(alias)}\`; allowed: values written out`]);
  if (document.toJS() === null) return { kind: 'valid', policy: defaultPolicy };
  if (!isMap(document.contents)) return invalid([`the file holds no keys; allowed: ${keysAt([])}`]);
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) return invalid(parsed.error.issues.map(describe));

  const set = parsed.data;
  const models = Object.fromEntries(Object.entries(set.models ?? {}).filter(([, chain]) => chain !== undefined));
  return {
    kind: 'valid',
    policy: {
      ...defaultPolicy,
      label: set.label ?? defaultPolicy.label,
      who: whoOf(set.who ?? {}),
      comments: set.comments ?? defaultPolicy.comments,
      fixesPerHour: set.limits?.fixes_per_hour ?? defaultPolicy.fixesPerHour,
      gates: {
        ...defaultPolicy.gates,
        plan: { mode: set.gates?.plan ?? defaultPolicy.gates.plan.mode, approvers: null },
      },
      models: models as typeof defaultPolicy.models,
      budget: { ...defaultPolicy.budget, ...definedIn(set.budget ?? {}) },
      sandboxWorkflow: set.sandbox?.workflow ?? defaultPolicy.sandboxWorkflow,
      protectedPaths: set.paths?.protected ?? defaultPolicy.protectedPaths,
      forbiddenPaths: set.paths?.forbidden ?? defaultPolicy.forbiddenPaths,
      branches: { ...defaultPolicy.branches, ...definedIn(set.branches ?? {}) },
      contextFiles: set.context ?? defaultPolicy.contextFiles,
    },
  };
}

type WhoSetting = z.infer<NonNullable<typeof schema.shape.who>>;

function whoOf(set: NonNullable<WhoSetting>): WhoPolicy {
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

function ruleOf(rule: z.infer<typeof whoRule>): WhoRule | null {
  if (rule === undefined) return null;
  if (typeof rule === 'string') return { level: rule, named: null };
  const { level: least = 'write', users = [], teams = [] } = rule;
  // Naming nobody is no way to lock everybody out: an empty list says nothing.
  return { level: least, named: users.length + teams.length === 0 ? null : { users, teams } };
}

const maxProblems = 20;

const invalid = (problems: readonly string[]): PolicyAnswer => ({
  kind: 'invalid',
  problems: problems.slice(0, maxProblems),
});

/** Aliases can make a small file grow without end, and no policy needs them. */
function findAlias(document: Document): string | null {
  let found: string | null = null;
  visit(document, {
    Alias: (_key, node) => {
      found = node.source;
      return visit.BREAK;
    },
  });
  return found;
}

/** The problems stand in a comment: a word of the file must not end our code marks. */
const sayPlainly = (text = ''): string => text.replaceAll('`', "'").slice(0, 200);

const definedIn = <T extends object>(object: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const where = place === '' ? '' : ` in \`${place}\``;
    const unknown = issue.keys.slice(0, 10).map((key) => `\`${sayPlainly(key)}\``);
    return `unknown key${issue.keys.length === 1 ? '' : 's'} ${unknown.join(', ')}${where}; allowed: ${keysAt(issue.path)}`;
  }
  return `\`${place}\`: ${issue.message}`;
}

/** The keys that may stand at a place of the file: the top, or below one of its keys. */
function keysAt([key]: readonly PropertyKey[]): string {
  const part = key === undefined ? schema : Reflect.get(schema.shape, key)?.unwrap();
  return Object.keys(part instanceof z.ZodObject ? part.shape : {})
    .map((name) => `\`${name}\``)
    .join(', ');
}
