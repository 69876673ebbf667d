import { parseDocument } from 'yaml';
import { z } from 'zod';
import { recipeJob } from '../../domain/recipe.ts';
import type { CheckScript } from '../../local/check-script.ts';
import { readSandboxWorkflow, type SandboxWorkflowReading } from '../../steps/read-sandbox-workflow.ts';
import type { FoundCheck, FoundChecks, FoundFixers } from './found-checks.ts';

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
type RunStep = Step & { readonly run: string };

/**
 * The checks of a repository's own sandbox workflow, for this machine: the last `run` step of the job that is named after
 * the matrix is the check, those before it install. Steps that use an action have no meaning here: the commit is there
 * already, and the tools are this machine's. Nor have steps that are there for fixers alone.
 */
export function readWorkflowChecks(text: string, path: string): WorkflowChecks {
  const job = readJob(text, path);
  if (typeof job === 'string') return { kind: 'unusable', why: job };
  const { reading, around, last } = job;
  const checks = reading.checks.map(
    (name): FoundCheck => ({
      ...scriptOf(last, around, name),
      ...{ name, command: `the last step of ${path}`, from: path },
    }),
  );
  const setUp = job.before
    .filter((step) => !isForFixers(step))
    .map((step) => scriptOf(step, around, reading.checks[0] ?? ''));
  return { kind: 'found', checks, setUp };
}

/** The fixers of such a workflow: its last step runs them too, after those before it. Null where it has none. */
export function readWorkflowFixers(text: string, path: string): FoundFixers | null {
  const job = readJob(text, path);
  if (typeof job === 'string' || job.reading.fixers.length === 0) return null;
  const { reading, around, last } = job;
  const before = job.before.map((step) => ({ ...scriptOf(step, around, recipeJob), fixer: fixerOf(step) }));
  return { names: reading.fixers, before, script: scriptOf(last, around, recipeJob) };
}

type Environment = z.infer<typeof environmentSchema>;

const scriptOf = ({ run, env }: RunStep, around: Environment, check: string): CheckScript => ({
  script: run,
  environment: environmentOf(env, check),
  around: environmentOf(around, check),
});

interface WorkflowJob {
  readonly reading: Extract<SandboxWorkflowReading, { ok: true }>;
  readonly around: Environment;
  /** Those with a script, but for the handshake. */
  readonly before: readonly RunStep[];
  readonly last: RunStep;
}

/** A clause that says why it cannot be run here, where it cannot. */
function readJob(text: string, path: string): WorkflowJob | string {
  const reading = readSandboxWorkflow(text, path);
  if (!reading.ok) return reading.reason.replace(/\.$/, '');
  const workflow = workflowSchema.safeParse(parseDocument(text, { logLevel: 'error' }).toJS());
  if (!workflow.success) return `${path} has an env or steps that are not maps and lists of text`;
  const job = Object.values(workflow.data.jobs).find(({ name = '' }) => /^\$\{\{\s*matrix\.check\s*\}\}$/.test(name));
  if (job === undefined)
    return `${path} has no job that is named \${{ matrix.check }}, and only such a one is read here`;
  const steps = job.steps.flatMap(({ run, ...step }): RunStep[] => (run === undefined ? [] : [{ ...step, run }]));
  const last = steps.findLast((step) => !isForFixers(step));
  if (last === undefined) return `${path} has no run step in its job`;
  const shell = steps.find((step) => step.shell !== undefined && step.shell !== 'bash')?.shell;
  if (shell !== undefined) return `${path} runs a step in the shell ${JSON.stringify(shell)}; allowed here: bash`;
  if (steps.some(({ run }) => run.includes('${{')))
    return `${path} has an expression inside a run step; give it to the step through env`;
  const before = steps.slice(0, steps.indexOf(last)).filter((step) => !isHandshake(step));
  return { reading, around: { ...workflow.data.env, ...job.env }, before, last };
}

/** The step in which app and file agree on a protocol: here both are one. */
const isHandshake = ({ env }: Step): boolean =>
  Object.values(env).some((value) => /\$\{\{\s*inputs\.protocol\s*\}\}/.test(String(value)));

const isForFixers = (step: Step): boolean => /\binputs\.mode\s*==\s*'recipe'/.test(String(step.if ?? ''));

/** The one fixer that a step is for, by the condition that the templates give it; null where it is for all. */
const fixerOf = (step: Step): string | null =>
  /\bcontains\(\s*fromJSON\(inputs\.fixers\)\s*,\s*'([^']*)'\s*\)/.exec(String(step.if ?? ''))?.[1] ?? null;

/** Expressions that say something here; all others are empty. */
function environmentOf(env: Environment, check: string): Record<string, string> {
  const filled = Object.entries(env).map(([name, value]) => {
    const text = String(value)
      .replaceAll(/\$\{\{\s*matrix\.check\s*\}\}/g, check)
      .replaceAll(/\$\{\{[^}]*\}\}/g, '');
    return [name, text] as const;
  });
  return Object.fromEntries(filled);
}
