import { type Dispatch, judge, type ObservedJob, type ObservedRun } from '../../../src/domain/verdict.ts';
import { sha } from '../../support/sample-fix.ts';
import type { HostileCase, Refusal } from '../hostile-case.ts';
import type { Came } from './edge-of-app.ts';

/** Runs and jobs that want to pass for a green verdict, at the rule that decides. */

const dispatch: Dispatch = {
  runId: 99,
  candidate: sha('c'),
  tip: sha('b'),
  nonce: '0123456789abcdef',
  workflowPath: '.github/workflows/ai-fix-sandbox.yml',
  checks: ['test', 'lint'],
};
const honest: ObservedRun = {
  id: 99,
  status: 'completed',
  conclusion: 'success',
  headSha: dispatch.tip,
  workflowPath: dispatch.workflowPath,
  event: 'workflow_dispatch',
  attempt: 1,
  title: `ai-fix ${dispatch.nonce} ${dispatch.candidate}`,
};
const job = (name: string, conclusion: string | null = 'success', id = 1): ObservedJob => ({
  id,
  name,
  conclusion,
  failedSteps: [],
});
const lint = job('lint', 'success', 2);
const green: readonly ObservedJob[] = [job('test'), lint];

interface Trial {
  readonly run?: { readonly [K in keyof ObservedRun]?: unknown };
  readonly jobs?: readonly ObservedJob[];
  readonly checks?: readonly string[];
  readonly isWorkflowChanged?: boolean;
}

/** @throws {Error} where even an honest run would not pass: no attack could then show anything. */
function judged({ run = {}, jobs = green, checks = dispatch.checks, isWorkflowChanged = false }: Trial): Came {
  if (judge(dispatch, honest, green, true).kind !== 'passed') throw new Error('an honest run does not pass');
  const observed = { ...honest, ...run } as ObservedRun;
  const verdict = judge({ ...dispatch, checks }, observed, jobs, !isWorkflowChanged);
  if (verdict.kind === 'passed') return `escaped: ${JSON.stringify(verdict.results)}`;
  return verdict.kind === 'failed' ? 'red' : 'no verdict';
}

const trials = (expected: Refusal, list: Readonly<Record<string, Trial>>): HostileCase[] =>
  Object.entries(list).map(([name, trial]) => ({ name, expected, attack: () => judged(trial) }));

const { nonce, candidate } = dispatch;

const foreign = trials('no verdict', {
  'a run with another id': { run: { id: 98 } },
  'a run with its id as a text': { run: { id: '99' } },
  'a run of another head': { run: { headSha: sha('d') } },
  "a run whose head is the candidate itself, where the patch's own workflow would run": { run: { headSha: candidate } },
  'a run whose head is short': { run: { headSha: dispatch.tip.slice(0, 12) } },
  'a run of another workflow': { run: { workflowPath: '.github/workflows/green.yml' } },
  'a run of a workflow of the same name in another folder': {
    run: { workflowPath: 'packages/a/.github/workflows/ai-fix-sandbox.yml' },
  },
  'a run of a workflow in other letters': { run: { workflowPath: '.github/workflows/AI-FIX-SANDBOX.yml' } },
  'a run that a push started': { run: { event: 'push' } },
  'a run that a schedule started': { run: { event: 'schedule' } },
  'a run that a pull request started': { run: { event: 'pull_request' } },
  'a run that another workflow started': { run: { event: 'repository_dispatch' } },
  'a run that a person ran again': { run: { attempt: 2 } },
  'a run of attempt 0': { run: { attempt: 0 } },
  'a title with another nonce': { run: { title: `ai-fix ${'f'.repeat(16)} ${candidate}` } },
  'a title with another candidate': { run: { title: `ai-fix ${nonce} ${sha('d')}` } },
  'a title with something in front': { run: { title: `x ai-fix ${nonce} ${candidate}` } },
  'a title with something behind': { run: { title: `ai-fix ${nonce} ${candidate} ` } },
  'a title in other letters': { run: { title: `AI-FIX ${nonce} ${candidate}` } },
  'a title with the parts swapped': { run: { title: `ai-fix ${candidate} ${nonce}` } },
  'a title over two lines': { run: { title: `ai-fix ${nonce} ${candidate}\nai-fix` } },
  'a run without a title': { run: { title: '' } },
  'a workflow that changed on the default branch during the run': { isWorkflowChanged: true },
  'a failed run whose workflow changed during it': {
    isWorkflowChanged: true,
    run: { conclusion: 'failure' },
    jobs: [job('test', 'failure'), lint],
  },
});

const unfinished = trials('no verdict', {
  'a run that says success and still goes on': { run: { status: 'in_progress' } },
  'a run that says success and is queued': { run: { status: 'queued' } },
  'a run of a status that nobody knows': { run: { status: 'done' } },
  'a run that ended without a word': { run: { conclusion: null } },
  'a run of a word that nobody knows': { run: { conclusion: 'SUCCESS' } },
  ...Object.fromEntries(
    ['neutral', 'skipped', 'cancelled', 'startup_failure', 'action_required', 'stale'].map((conclusion) => [
      `a run that ended as ${conclusion} with green jobs`,
      { run: { conclusion } },
    ]),
  ),
});

const jobsThatTellNothing = trials('no verdict', {
  'a run without any job': { jobs: [] },
  'a run without the job of one check': { jobs: [job('test')] },
  'a job in other letters': { jobs: [job('Test'), lint] },
  'a job with a space behind its name': { jobs: [job('test '), lint] },
  'a job that calls itself by two names': { jobs: [job('test / lint')] },
  'two jobs of one name, both green': { jobs: [...green, job('test', 'success', 3)] },
  'two jobs of one name, one of them red': { jobs: [job('test'), lint, job('test', 'failure', 3)] },
  'a job that has not ended': { jobs: [job('test', null), lint] },
  'a job of a word that nobody knows': { jobs: [job('test', 'SUCCESS'), lint] },
  ...Object.fromEntries(
    ['skipped', 'neutral', 'cancelled', 'action_required', 'stale'].map((conclusion) => [
      `a green run with a job that was ${conclusion}`,
      { jobs: [job('test', conclusion), lint] },
    ]),
  ),
  'a red run whose checks are all green': { run: { conclusion: 'failure' } },
  'a run that took too long, with green checks': { run: { conclusion: 'timed_out' } },
  'a dispatch that named no check': { checks: [] },
  'a check of a name that every object has': { checks: ['constructor'] },
});

const red = trials('red', {
  'a green run with a red job': { jobs: [job('test', 'failure'), lint] },
  'a green run with a job that took too long': { jobs: [job('test', 'timed_out'), lint] },
  'a red job beside one that is missing': { jobs: [job('test', 'failure')] },
});

export const runsJudged: readonly HostileCase[] = [...foreign, ...unfinished, ...jobsThatTellNothing, ...red];
