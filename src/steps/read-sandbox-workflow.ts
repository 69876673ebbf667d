import { isAlias, type ParsedNode, parseDocument, visit } from 'yaml';
import { z } from 'zod';

/**
 * What a repository's sandbox workflow promises, or why the app cannot work with it.
 *
 * `reason` is one sentence for the person who can change the file: what stands there and what is needed.
 */
export type SandboxWorkflowReading =
  | {
      readonly ok: true;
      readonly checks: readonly string[];
      /** Whether it keeps test reports, as artifacts named `junit-<check>`. */
      readonly keepsReports: boolean;
      /** The fixers that it can run in the mode `recipe`; none where it has no input of that name. */
      readonly fixers: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

const maxBytes = 64 * 1024;
const maxChecks = 50;
const neededRunName = `ai-fix \${{ inputs.nonce }} \${{ inputs.sha }}`;
const neededInputs = ['protocol', 'mode', 'checks', 'sha', 'base_sha', 'nonce'] as const;

/** The name becomes a job's name, an artifact's name and a line of bash: no letter that means something to one of them. */
const namesSchema = z
  .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$/))
  .max(maxChecks)
  .refine((names) => new Set(names.map((name) => name.toLowerCase())).size === names.length);
const checkNamesSchema = namesSchema.min(1);

const jobSchema = z.looseObject({ name: z.unknown().optional() });
const workflowSchema = z.looseObject({ on: z.unknown(), jobs: z.record(z.string(), jobSchema) });
const dispatchSchema = z.looseObject({
  workflow_dispatch: z.looseObject({ inputs: z.record(z.string(), z.unknown()) }),
});
const inputSchema = z.looseObject({
  default: z.unknown().optional(),
  required: z.unknown().optional(),
  options: z.unknown().optional(),
});

/** `JSON.parse` as a schema, so that bad JSON is an answer like any other. */
const jsonSchema = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});
const checksInputSchema = z.looseObject({ default: jsonSchema.pipe(checkNamesSchema) });
const fixersInputSchema = z.looseObject({ default: jsonSchema.pipe(namesSchema) });

type Inputs = z.infer<typeof dispatchSchema>['workflow_dispatch']['inputs'];
type Jobs = z.infer<typeof workflowSchema>['jobs'];

/**
 * Reads a file that stands where the sandbox workflow belongs, and tells one of ours from a foreign one.
 *
 * Pure, and safe on any text: nothing is resolved or expanded. It looks at what the verdict and the keys depend on
 * (docs/sandbox-workflow.md, "What the app checks"); that the checks themselves make sense is the admin's part.
 */
export function readSandboxWorkflow(text: string, path: string): SandboxWorkflowReading {
  const refused = (problem: string): SandboxWorkflowReading => ({ ok: false, reason: `${path} ${problem}` });
  const parsed = parseWorkflow(text);
  if (typeof parsed === 'string') return refused(parsed);
  const { workflow, content } = parsed;
  const inputs = dispatchSchema.safeParse(workflow.on).data?.workflow_dispatch.inputs;
  if (!inputs) return refused('has no workflow_dispatch trigger with inputs: it is not the sandbox workflow.');
  const opened = triggersProblem(workflow.on);
  if (opened) return refused(opened);
  const lack = inputsProblem(inputs);
  if (lack) return refused(lack);
  const checks = checksInputSchema.safeParse(inputs.checks).data?.default;
  if (!checks) return refused(checksProblem);
  const fixers = inputs.fixers === undefined ? [] : fixersInputSchema.safeParse(inputs.fixers).data?.default;
  if (!fixers) return refused(fixersProblem);
  const problem =
    jobNamesProblem(workflow.jobs, checks) ??
    runNameProblem(workflow['run-name']) ??
    permissionsProblem(workflow.permissions, workflow.jobs) ??
    secretsProblem(workflow.jobs, content);
  return problem ? refused(problem) : { ok: true, checks, keepsReports: keepsReports(workflow.jobs), fixers };
}

function parseWorkflow(
  text: string,
): { workflow: z.infer<typeof workflowSchema>; content: ParsedNode | null } | string {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > maxBytes) return `has ${sizeBytes} bytes; the app reads at most ${maxBytes}.`;
  const document = parseDocument(text, { logLevel: 'error' });
  const [error] = document.errors;
  if (error) return `is not valid YAML: ${error.message.split('\n', 1)[0]?.slice(0, 160)}`;
  if (hasAliases(document.contents)) return 'uses YAML aliases; write out what they stand for.';
  const workflow = workflowSchema.safeParse(document.toJS());
  if (!workflow.success) return 'is not a workflow: it needs a map with "on" and "jobs".';
  return { workflow: workflow.data, content: document.contents };
}

/** Aliases are refused, not resolved: a few lines of them expand to gigabytes. */
function hasAliases(content: ParsedNode | null): boolean {
  let found = false;
  visit(content, (_key, node) => {
    if (!isAlias(node)) return undefined;
    found = true;
    return visit.BREAK;
  });
  return found;
}

/** Strangers start these, in the name of the default branch: its token, its secrets, its caches. */
const openTriggers = ['pull_request_target', 'workflow_run', 'issue_comment', 'issues', 'discussion_comment'];

function triggersProblem(on: unknown): string | null {
  const names = Object.keys(z.record(z.string(), z.unknown()).safeParse(on).data ?? {});
  const open = names.find((name) => openTriggers.includes(name));
  return open === undefined ? null : `also starts on ${open}, which strangers cause; give that a file of its own.`;
}

function inputsProblem(inputs: Inputs): string | null {
  const missing = neededInputs.filter((name) => !(name in inputs));
  if (missing.length > 0) return `lacks the inputs ${missing.join(', ')} of protocol 1.`;
  const known: readonly string[] = neededInputs;
  for (const [name, value] of Object.entries(inputs)) {
    const input = inputSchema.safeParse(value).data;
    if (!known.includes(name) && input?.required === true && input.default === undefined) {
      return `requires the input ${quoted(name)}, which the app does not send; give it a default.`;
    }
  }
  const modes = inputSchema.safeParse(inputs.mode).data?.options;
  if (Array.isArray(modes) && !modes.includes('validate'))
    return 'does not offer "validate" among the options of mode.';
  return null;
}

const checksProblem =
  'gives the input checks no usable default: the app needs a JSON list of all check names there, ' +
  `for instance '["test", "lint"]' (up to ${maxChecks} different names of letters, digits, spaces and ._-).`;

const fixersProblem =
  'gives the input fixers no usable default: the app needs a JSON list of names there, ' +
  `for instance '["lint", "format"]', or '[]' for none (up to ${maxChecks} different names of letters, digits, spaces and ._-).`;

function jobNamesProblem(jobs: Jobs, checks: readonly string[]): string | null {
  const names = Object.entries(jobs).map(([id, job]) => (typeof job.name === 'string' ? job.name.trim() : id));
  if (names.some((name) => /^\$\{\{\s*matrix\.check\s*\}\}$/.test(name))) return null;
  const unnamed = checks.find((check) => !names.includes(check));
  if (unnamed === undefined) return null;
  return `has no job for the check ${quoted(unnamed)}: name the matrix job \${{ matrix.check }}, exactly.`;
}

function runNameProblem(runName: unknown): string | null {
  const normal =
    typeof runName === 'string' ? runName.trim().replaceAll(/\$\{\{\s*([\w.]+)\s*\}\}/g, `\${{ $1 }}`) : '';
  return normal === neededRunName
    ? null
    : `must say "run-name: ${neededRunName}", so that a run can be told from every other.`;
}

function permissionsProblem(permissions: unknown, jobs: Jobs): string | null {
  const needed = 'say "permissions: { contents: read }" and no more';
  if (!isReadOnly(permissions))
    return `grants more than it may at the top (or nothing is said, which grants more): ${needed}.`;
  for (const [id, job] of Object.entries(jobs)) {
    if ('permissions' in job && !isReadOnly(job.permissions)) {
      return `grants more than it may to the job ${quoted(id)}: ${needed}.`;
    }
  }
  return null;
}

const isReadOnly = (permissions: unknown): boolean =>
  z.strictObject({ contents: z.enum(['read', 'none']).optional() }).safeParse(permissions).success;

function secretsProblem(jobs: Jobs, content: ParsedNode | null): string | null {
  for (const [id, job] of Object.entries(jobs)) {
    const opener = ['environment', 'secrets'].find((key) => key in job);
    if (opener)
      return `gives the job ${quoted(id)} ${opener}; code that a model wrote runs there, so it may have none.`;
  }
  let reads = false;
  visit(content, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && readsSecrets(node.value)) reads = true;
    },
  });
  return reads ? 'reads secrets; code that a model wrote runs there, so it may have none.' : null;
}

/** Whether an expression inside the text names the secrets context. Actions ignores its case; quoted text is no name. */
const readsSecrets = (text: string): boolean =>
  text
    .split(`\${{`)
    .slice(1)
    .map((rest) => rest.replaceAll(/'[^']*'/g, '').split('}}', 1)[0] ?? '')
    .some((expression) => /\bsecrets\b/i.test(expression));

const uploadSchema = z.looseObject({
  uses: z.string().regex(/^actions\/upload-artifact@/),
  with: z.looseObject({ name: z.string().regex(/^junit-/) }),
});

const keepsReports = (jobs: Jobs): boolean =>
  Object.values(jobs).some(
    ({ steps }) => Array.isArray(steps) && steps.some((step) => uploadSchema.safeParse(step).success),
  );

const quoted = (name: string): string => JSON.stringify(name.slice(0, 60));
