import type { CommitCheck, CommitChecks } from '../domain/failing-checks.ts';
import { type BaseCheck, baseLook } from './local-sandbox.ts';

const suite = 1;

/**
 * How the checks ended on the base, as a CI would have reported them. They run once here, and in a place without network:
 * what fails is counted as failing a second time, so that nobody starts it again to rule out chance.
 */
export const baseChecks = (ends: readonly BaseCheck[]): CommitChecks => ({
  checks: ends.map(
    ({ name, job, conclusion }): CommitCheck => ({
      id: job,
      name,
      app: 'github-actions',
      state: conclusion === 'success' ? 'passed' : 'failed',
      conclusion,
      url: '',
      said: '',
      annotations: 0,
      suite,
    }),
  ),
  runs: [
    {
      id: baseLook.run,
      suite,
      attempt: 2,
      event: 'push',
      workflowPath: 'the checks of this machine',
      isCompleted: true,
    },
  ],
});
