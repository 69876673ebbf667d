import { randomBytes } from 'node:crypto';
import { ForgeError } from '../../domain/faults.ts';
import type { Sha } from '../../domain/ids.ts';
import type { PullRequest } from '../../domain/pull-request.ts';
import { runTitle, sandboxProtocol } from '../../domain/sandbox-protocol.ts';
import type { Job, Run } from '../../ports/sandbox.ts';
import { type Lab, NotAsked } from './lab.ts';

/** What experiments have in common, made in the same ways as a fix makes it. */

/** The branch: the default branch's head and one empty commit. */
export const branchOf = (lab: Lab): Promise<{ tip: Sha }> =>
  lab.once('the branch', async ({ adapters: { commits, sandbox }, github, repository, head, branch, id }) => {
    const { tree } = await commits.describe(repository, head);
    const tip = await commits.create(repository, { message: `ai-fix doctor ${id}`, tree, parents: [head] });
    lab.willMake(`the branch ${branch}`, () => commits.deleteRef(repository, `refs/heads/${branch}`));
    lab.willMake(`runs of ${tip}`, async () => {
      for (const { id: run } of await github.runsOf(repository, tip)) await sandbox.cancel(repository, run);
    });
    await setNewRef(lab, `refs/heads/${branch}`, tip);
    return { tip };
  });

export const pullRequestOf = (lab: Lab): Promise<PullRequest> =>
  lab.once('the pull request', async ({ adapters: { pullRequests }, repository, branch, defaultBranch }) => {
    await branchOf(lab);
    lab.willMake(`the pull request of ${branch}`, async () => {
      for (const { number } of await pullRequests.ofBranch(repository, branch))
        await pullRequests.close(repository, number);
    });
    const body = 'An experiment of `ai-fix doctor --live`; it closes by itself.';
    const wanted = { title: 'ai-fix doctor', body, branch, baseBranch: defaultBranch };
    const draft = await pullRequests.open(repository, { ...wanted, isDraft: true });
    if (draft.kind === 'opened') return draft.pullRequest;
    const plain = await pullRequests.open(repository, { ...wanted, isDraft: false });
    if (plain.kind === 'opened') return plain.pullRequest;
    throw new ForgeError('GitHub refused a plain pull request as a draft', { isRetryable: false });
  });

export interface Candidate {
  readonly sha: Sha;
  /** What the tree travelled in. */
  readonly carrier: Sha;
  readonly ref: string;
}

/** A commit with one more file, under a ref that is no branch. */
export const candidateOf = (lab: Lab): Promise<Candidate> =>
  lab.once('the candidate', async ({ adapters: { commits, workspace }, repository, head, id }) => {
    const { tip } = await branchOf(lab);
    const ref = `refs/ai-fix/doctor-${id}/1`;
    const text = `Made by ai-fix doctor, ${id}\n`;
    await workspace.open(repository, head);
    await workspace.open(repository, tip);
    const overlay = { 'ai-fix-doctor.txt': { kind: 'write', text, mode: '100644' } } as const;
    const { tree, carrier } = await workspace.build(repository, head, overlay, tip);
    lab.willMake(`the ref ${ref}`, () => commits.deleteRef(repository, ref));
    await workspace.push(repository, carrier, ref);
    const sha = await commits.create(repository, { message: `ai-fix doctor ${id}: candidate`, tree, parents: [tip] });
    const answer = await commits.setRef(repository, ref, sha, 'force');
    if (answer !== 'set') throw refusedRef(ref, answer);
    return { sha, carrier, ref };
  });

export interface Validation {
  /** As the dispatch answered it. */
  readonly toldId: number | null;
  readonly title: string;
  readonly run: Run;
}

export const validationOf = (lab: Lab): Promise<Validation> =>
  lab.once('the validation run', async ({ adapters: { sandbox }, github, repository, policy, branch, head, pace }) => {
    const { sandboxWorkflow: workflow } = lab;
    if (workflow.kind !== 'usable') {
      const state = workflow.kind === 'missing' ? `${workflow.path} is missing` : workflow.reason;
      throw new NotAsked(`${state}; npx ai-fix init writes it, then merge it into ${lab.defaultBranch}`);
    }
    const { sha } = await candidateOf(lab);
    const nonce = randomBytes(16).toString('hex');
    const title = runTitle(nonce, sha);
    const find = () => sandbox.find(repository, policy.sandboxWorkflow, branch, title);
    lab.willMake(`runs on ${branch}`, async () => {
      for (const { id } of await find()) await sandbox.cancel(repository, id);
    });
    lab.willMake(`caches of ${branch}`, async () => {
      const caches = await github.caches(repository);
      for (const { id } of caches.filter(({ ref }) => ref === `refs/heads/${branch}`))
        await github.deleteCache(repository, id);
    });
    const answer = await sandbox.dispatch(repository, policy.sandboxWorkflow, branch, {
      protocol: sandboxProtocol,
      mode: 'validate',
      checks: JSON.stringify(workflow.checks.slice(0, 1)),
      sha,
      base_sha: head,
      nonce,
    });
    if (answer.kind === 'refused')
      throw new ForgeError(`GitHub refused the dispatch: ${answer.reason}`, { isRetryable: false });
    const { runId } = answer;
    const look = async () => (runId === null ? ((await find())[0] ?? null) : sandbox.inspect(repository, runId));
    const run = await lab.until(pace.pushRunMs, look);
    if (run === null) throw new ForgeError('GitHub took the dispatch, yet no run of it shows', { isRetryable: false });
    return { toldId: runId, title, run };
  });

/** The same run at its end, with its jobs. */
export const endedRunOf = (lab: Lab): Promise<{ run: Run; jobs: readonly Job[] }> =>
  lab.once('the ended run', async ({ adapters: { sandbox }, repository, pace }) => {
    const { run } = await validationOf(lab);
    const ended = await lab.until(pace.runMs, async () => {
      const now = await sandbox.inspect(repository, run.id);
      return now?.status === 'completed' ? now : null;
    });
    if (ended === null)
      throw new NotAsked(`the run has not ended within ${pace.runMs / 60_000} minutes: are there runners?`);
    const jobs = await sandbox.jobs(repository, run.id);
    if (jobs.length === 0) throw new NotAsked(`the run ended as ${ended.conclusion} before any job began`);
    return { run: ended, jobs };
  });

async function setNewRef({ adapters, repository }: Lab, ref: string, commit: Sha): Promise<void> {
  const answer = await adapters.commits.setRef(repository, ref, commit, 'create');
  if (answer !== 'set') throw refusedRef(ref, answer);
}

const refusedRef = (ref: string, answer: string): ForgeError =>
  new ForgeError(`GitHub refused ${ref}: ${answer}`, { isRetryable: false });
