import { spawn } from 'node:child_process';
import { parse } from 'yaml';
import { z } from 'zod';

const workflowSchema = z.object({
  jobs: z.object({
    check: z.object({ steps: z.array(z.object({ name: z.string().optional(), run: z.string().optional() })) }),
  }),
});

export interface EndedStep {
  readonly code: number | null;
  /** Standard output and error, as they came. */
  readonly output: string;
}

/**
 * Runs one `run:` step of a sandbox workflow in a folder, as Actions does with `shell: bash`. No sandbox: for our own
 * templates and samples alone. Of this process's environment it sees PATH and HOME.
 */
export async function runWorkflowStep(
  workflow: string,
  stepName: string,
  at: { folder: string; env: Readonly<Record<string, string>> },
): Promise<EndedStep> {
  const step = workflowSchema.parse(parse(workflow)).jobs.check.steps.find(({ name }) => name === stepName);
  if (step?.run === undefined) throw new TypeError(`the workflow has no step ${stepName} with a script`);
  const { PATH = '', HOME = at.folder } = process.env;
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
    cwd: at.folder,
    env: { PATH, HOME, ...at.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(60_000),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
