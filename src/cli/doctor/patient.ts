import type { openRepositories } from '../../adapters.ts';
import type { AppManifest } from '../../config/app-manifest.ts';
import type { Settings } from '../../config/environment.ts';
import { ForgeError } from '../../domain/faults.ts';
import type { GitHubApp } from '../../github/github-app.ts';
import type { GitHubSetUp } from '../../github/github-set-up.ts';
import { type Finding, fail } from './finding.ts';

/** All that the checks look at. Nothing of it was asked yet. */
export interface Patient {
  readonly settings: Settings;
  readonly manifest: AppManifest;
  readonly app: GitHubApp;
  readonly setUp: GitHubSetUp;
  readonly repositories: ReturnType<typeof openRepositories>['repositories'];
  readonly policyOf: ReturnType<typeof openRepositories>['policyOf'];
  /** Null where no repository was named. */
  readonly repository: { readonly owner: string; readonly name: string } | null;
  readonly asksModels: boolean;
  readonly deadlineMs: number;
}

export interface Check {
  readonly name: string;
  /** May throw: that is then what was found. */
  run(patient: Patient): Promise<readonly Finding[]>;
}

/** A check that broke is a finding as well: the others go on. */
export async function runCheck(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check.run(patient);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return [fail(check.name, said, mendOf(error))];
  }
}

function mendOf(error: unknown): string {
  if (!(error instanceof ForgeError)) return 'If the line above does not say it, it is a bug of ai-fix: report it.';
  return error.isRetryable
    ? 'Try again. If it stays: can this machine reach GitHub (proxy, firewall, GHE_HOST), and is GitHub itself well?'
    : 'Do what GitHub says in the line above.';
}

/** @throws {Error} when the work takes longer; it goes on, unheeded, until the process ends. */
export async function within<T>(deadlineMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${deadlineMs / 1000} s`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
