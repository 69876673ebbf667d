import { parseDocument } from 'yaml';
import { z } from 'zod';
import { readSandboxWorkflow } from '../../steps/read-sandbox-workflow.ts';
import type { FoundCheck, FoundChecks } from './found-checks.ts';

export type WorkflowChecks =
  | ({ readonly kind: 'found' } & FoundChecks)
  | { readonly kind: 'unusable'; readonly why: string };

const environmentSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({});
const stepSchema = z.looseObject({
  if: z.unknown().optional(),
  run: z.string().optional(),
  uses: z.string().optional(),
  shell: z.string().optional(),
  env: environmentSchema,
});
const jobSchema = z.looseObject({
  name: z.string().optional(),
  env: environmentSchema,
  steps: z.array(stepSchema).default([]),
});
const workflowSchema = z.looseObject({ env: environmentSchema, jobs: z.record(z.string(), jobSchema) });

type Step = z.infer<typeof stepSchema>;

/**
 * The checks of a repository's own sandbox workflow, for this machine: the last `run` step of the job that is named after
 * the matrix is the check, those before it install. Steps that use an action have no meaning here: the commit is there
 * already, and the tools are this machine's. Nor have steps that are there for fixers alone: none run here.
 */
export function readWorkflowChecks(text: string, path: string): WorkflowChecks {
  const reading = readSandboxWorkflow(text, path);
  if (!reading.ok) return { kind: 'unusable', why: reading.reason.replace(/\.$/, '') };
  const workflow = workflowSchema.safeParse(parseDocument(text, { logLevel: 'error' }).toJS());
  const unusable = (why: string): WorkflowChecks => ({ kind: 'unusable', why: `${path} ${why}` });
  if (!workflow.success) return unusable('has an env or steps that are not maps and lists of text');
  const job = Object.values(workflow.data.jobs).find(({ name = '' }) => /^\$\{\{\s*matrix\.check\s*\}\}$/.test(name));
  if (job === undefined)
    return unusable(`has no job that is named \${{ matrix.check }}, and only such a one is read here`);
  const steps = job.steps.filter((step) => step.run !== undefined && !isForFixers(step));
  const last = steps.at(-1);
  if (last === undefined) return unusable('has no run step in its job');
  const shell = steps.find((step) => step.shell !== undefined && step.shell !== 'bash')?.shell;
  if (shell !== undefined) return unusable(`runs a step in the shell ${JSON.stringify(shell)}; allowed here: bash`);
  const around = { ...workflow.data.env, ...job.env };
  const open = steps.find(({ run = '' }) => run.includes('${{'));
  if (open !== undefined) return unusable('has an expression inside a run step; give it to the step through env');
  const checks = reading.checks.map((name): FoundCheck => {
    const environment = environmentOf({ ...around, ...last.env }, name);
    return { name, command: `the last step of ${path}`, script: last.run ?? '', environment, from: path };
  });
  const before = steps.slice(0, -1).filter((step) => !isHandshake(step));
  if (before.length === 0) return { kind: 'found', checks, setUp: null };
  const script = before.map(({ run = '' }) => run).join('\n');
  const environment = environmentOf(
    Object.assign({}, around, ...before.map(({ env }) => env)),
    reading.checks[0] ?? '',
  );
  return { kind: 'found', checks, setUp: { script, environment } };
}

/** The step in which app and file agree on a protocol: here both are one. */
const isHandshake = ({ env }: Step): boolean =>
  Object.values(env).some((value) => /\$\{\{\s*inputs\.protocol\s*\}\}/.test(String(value)));

const isForFixers = (step: Step): boolean => /\binputs\.mode\s*==\s*'recipe'/.test(String(step.if ?? ''));

/** Expressions that say something here; all others are empty. */
function environmentOf(env: z.infer<typeof environmentSchema>, check: string): Record<string, string> {
  const filled = Object.entries(env).map(([name, value]) => {
    const text = String(value)
      .replaceAll(/\$\{\{\s*matrix\.check\s*\}\}/g, check)
      .replaceAll(/\$\{\{[^}]*\}\}/g, '');
    return [name, text] as const;
  });
  return Object.fromEntries(filled);
}
