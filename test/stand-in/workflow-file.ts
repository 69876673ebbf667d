import { parse } from 'yaml';
import { z } from 'zod';
import { asObject, isObject, type Json, type JsonObject } from './json.ts';

const json: z.ZodType<Json> = z.json();
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const environment = z.record(z.string(), scalar.nullable()).default({});
const runDefaults = z.object({ shell: z.string().optional(), 'working-directory': z.string().optional() });
const defaults = z.object({ run: runDefaults.default({}) }).default({ run: {} });

const step = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  if: scalar.optional(),
  run: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), scalar.nullable()).default({}),
  env: environment,
  shell: z.string().optional(),
  'working-directory': z.string().optional(),
  'continue-on-error': scalar.default(false),
  'timeout-minutes': scalar.default(360),
});

const job = z.object({
  name: z.string().optional(),
  needs: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  if: scalar.optional(),
  'runs-on': json,
  strategy: z.object({ matrix: json.optional(), 'fail-fast': scalar.default(true) }).default({ 'fail-fast': true }),
  outputs: z.record(z.string(), z.string()).default({}),
  env: environment,
  defaults,
  'timeout-minutes': scalar.default(360),
  'continue-on-error': scalar.default(false),
  steps: z.array(step).min(1),
});

const workflow = z.object({
  name: z.string().optional(),
  'run-name': z.string().optional(),
  on: json,
  env: environment,
  defaults,
  jobs: z.record(z.string(), job).refine((jobs) => Object.keys(jobs).length > 0, 'a workflow needs a job'),
});

export type Step = z.infer<typeof step>;
export type JobDefinition = z.infer<typeof job>;
export type WorkflowDefinition = z.infer<typeof workflow>;

/** @throws {Error} when GitHub would not take the file for a workflow, or the runner does not know what it uses. */
export function parseWorkflow(text: string): WorkflowDefinition {
  const definition = workflow.parse(parse(text));
  for (const [id, { needs }] of Object.entries(definition.jobs)) {
    const unknown = needs.find((need) => definition.jobs[need] === undefined || need === id);
    if (unknown !== undefined) throw new Error(`job ${id} needs ${unknown}, which is no other job`);
  }
  return definition;
}

/** The inputs of `workflow_dispatch`, or null when the workflow has no such trigger. */
export function dispatchInputs({ on }: WorkflowDefinition): JsonObject | null {
  const isListed = on === 'workflow_dispatch' || (Array.isArray(on) && on.includes('workflow_dispatch'));
  if (isListed) return {};
  if (!isObject(on) || !('workflow_dispatch' in on)) return null;
  return asObject(asObject(on.workflow_dispatch).inputs);
}

export type CheckedInputs =
  | { readonly kind: 'accepted'; readonly inputs: JsonObject }
  | { readonly kind: 'refused'; readonly message: string };

/** GitHub's checks on the inputs of a dispatch. Inputs arrive as text; only booleans and numbers get a type. */
export function checkInputs(declared: JsonObject, given: JsonObject): CheckedInputs {
  const unexpected = Object.keys(given).filter((name) => !(name in declared));
  if (unexpected.length > 0) {
    return { kind: 'refused', message: `Unexpected inputs provided: ${JSON.stringify(unexpected)}` };
  }
  const inputs: Record<string, Json> = {};
  for (const [name, declaration] of Object.entries(declared)) {
    const { required, type, options } = asObject(declaration);
    const value = given[name] ?? asObject(declaration).default;
    if (value === undefined || (value === '' && required === true)) {
      if (required === true) return { kind: 'refused', message: `Required input '${name}' not provided` };
      inputs[name] = type === 'boolean' ? false : '';
      continue;
    }
    const typed = typedInput(String(type ?? 'string'), String(value), options);
    if (typed === null) {
      return {
        kind: 'refused',
        message: `Provided value '${value}' for input '${name}' not in the list of allowed values`,
      };
    }
    inputs[name] = typed;
  }
  return { kind: 'accepted', inputs };
}

function typedInput(type: string, text: string, options: Json | undefined): Json {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : null;
  if (type === 'number') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : null;
  if (type === 'choice') return Array.isArray(options) && options.map(String).includes(text) ? text : null;
  return text;
}
