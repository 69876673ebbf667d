import { isMap, parseDocument } from 'yaml';
import { z } from 'zod';
import { roles } from '../domain/conversation.ts';
import { defaultPolicy, planGates } from '../domain/policy.ts';
import type { PolicyAnswer } from '../ports/ports.ts';

/** Where a repository configures ai-fix, on its default branch. */
export const policyPath = '.github/ai-fix.yml';
export const maxPolicyBytes = 64 * 1024;

const path = z.string().min(1).max(300);
const modelChains = z.strictObject(
  Object.fromEntries(roles.map((role) => [role, z.array(z.string().min(3).max(200)).min(1).max(8).optional()])),
);

const schema = z.strictObject({
  label: z
    .string()
    .min(1)
    .max(40)
    .regex(/^[^,:]+$/, 'a label without comma or colon')
    .optional(),
  gates: z.strictObject({ plan: z.enum(planGates).optional() }).optional(),
  models: modelChains.optional(),
  budget: z
    .strictObject({
      usd: z.number().positive().max(1_000).optional(),
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
  paths: z.strictObject({ protected: z.array(path).max(200).optional() }).optional(),
  branches: z
    .strictObject({
      prefix: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\/$/, 'letters, digits, dots and dashes, then a slash')
        .optional(),
    })
    .optional(),
  context: z.array(path).max(20).optional(),
});

/** Reads `.github/ai-fix.yml`; strict, so that a misspelt key is an error with its place and not a silent default. */
export function readPolicy(text: string | null): PolicyAnswer {
  if (text === null || text.trim() === '') return { kind: 'valid', policy: defaultPolicy };
  const document = parseDocument(text, { uniqueKeys: true, maxAliasCount: 0 } as Parameters<typeof parseDocument>[1]);
  if (document.errors.length > 0) {
    return invalid(
      document.errors
        .slice(0, 5)
        .map((error) => `line ${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`),
    );
  }
  if (document.contents === null) return { kind: 'valid', policy: defaultPolicy };
  if (!isMap(document.contents))
    return invalid([
      'the file holds no keys; allowed: `label`, `gates`, `models`, `budget`, `sandbox`, `paths`, `branches`, `context`',
    ]);
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!parsed.success) return invalid(parsed.error.issues.map(describe));

  const set = parsed.data;
  const models = Object.fromEntries(Object.entries(set.models ?? {}).filter(([, chain]) => chain !== undefined));
  return {
    kind: 'valid',
    policy: {
      label: set.label ?? defaultPolicy.label,
      planGate: set.gates?.plan ?? defaultPolicy.planGate,
      models: models as typeof defaultPolicy.models,
      budget: { ...defaultPolicy.budget, ...definedIn(set.budget ?? {}) },
      sandboxWorkflow: set.sandbox?.workflow ?? defaultPolicy.sandboxWorkflow,
      protectedPaths: set.paths?.protected ?? defaultPolicy.protectedPaths,
      branchPrefix: set.branches?.prefix ?? defaultPolicy.branchPrefix,
      contextFiles: set.context ?? defaultPolicy.contextFiles,
    },
  };
}

const invalid = (problems: readonly string[]): PolicyAnswer => ({ kind: 'invalid', problems });

const definedIn = <T extends object>(object: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const where = place === '' ? '' : ` in \`${place}\``;
    return `unknown key${issue.keys.length === 1 ? '' : 's'} ${issue.keys.map((key) => `\`${key.slice(0, 60)}\``).join(', ')}${where}`;
  }
  return `\`${place}\`: ${issue.message}`;
}
