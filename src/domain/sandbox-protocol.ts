import type { Sha } from './ids.ts';

/**
 * Protocol 1 between the app and a repository's `.github/workflows/ai-fix-sandbox.yml`.
 *
 * The workflow belongs to the repository's admin; the app only dispatches it and reads what GitHub says about the run.
 * Its input `checks` carries a default: the JSON list of all check names. One job runs for each, named after the check.
 * Where it has an input `fixers`, with a list like that, it also runs those in the mode `recipe`, in a single job.
 */
export const sandboxProtocol = '1';
export const defaultSandboxWorkflow = 'ai-fix-sandbox.yml';

export interface SandboxInputs {
  readonly protocol: typeof sandboxProtocol;
  readonly mode: 'validate' | 'recipe';
  /** JSON list of check names. */
  readonly checks: string;
  /** JSON list of the fixers to run, in the mode `recipe`; only a workflow that has this input is sent it. */
  readonly fixers?: string;
  /** The commit under judgement. */
  readonly sha: Sha;
  readonly base_sha: Sha;
  /** Unguessable, once per dispatch. Stands in the run's title with the candidate's SHA. */
  readonly nonce: string;
}

/** What the run's title must be, by the workflow's `run-name`. */
export const runTitle = (nonce: string, candidate: Sha): string => `ai-fix ${nonce} ${candidate}`;
