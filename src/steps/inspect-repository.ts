import type { Fix } from '../domain/fix-facts.ts';
import { type Doubt, doubtAbout, type IssueNow } from '../domain/frozen-input.ts';
import type { Sha } from '../domain/ids.ts';
import { detectStack } from '../domain/stack.ts';
import type { Ports } from '../ports/ports.ts';
import type { RepositoryFacts } from '../ports/repositories.ts';
import { foreignWorkflowAdvice, missingWorkflowAdvice } from '../thread/set-up-advice.ts';
import { readSandboxWorkflow } from './read-sandbox-workflow.ts';
import { starterWorkflow } from './starter-workflow.ts';

export type Inspection =
  | {
      readonly kind: 'ready';
      readonly base: Sha;
      readonly baseBranch: string;
      /** Why what comes out cannot be pushed; null where it can. */
      readonly wordsBecause: string | null;
    }
  /** The words that were frozen are in doubt: a person has to confirm them. */
  | { readonly kind: 'doubted'; readonly doubt: Doubt }
  | Refusal;

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: string;
  readonly message: string;
}

/** Establishes that there is something to work on and a sandbox to run it in, or says what to do about it. */
export async function inspectRepository(
  { repositories, commits }: Pick<Ports, 'repositories' | 'commits'>,
  fix: Fix,
): Promise<Inspection> {
  const { repository, issue, policy } = fix;
  const facts = await repositories.facts(repository);
  if (facts.isArchived)
    return refused(
      'the repository is archived',
      'An archived repository takes no pull requests. Unarchive it, then label this issue again.',
    );
  if (facts.head === null)
    return refused(
      'the repository is empty',
      'There is no commit to start from. Push one, then label this issue again.',
    );
  const now = await repositories.issue(repository, issue.number);
  if (now === null)
    return refused('the issue is gone', 'It was deleted, or moved to another repository. Label it where it is now.');
  if (!now.isOpen) return refused('the issue is closed', 'Open it again and label it, if it still needs a fix.');
  // Webhooks overtake one another: the label may be gone before the word that it came.
  // Whoever resumed it meant it, label or not.
  if (!now.labels.includes(policy.label) && fix.lives === 0)
    return refused('the label was taken back', `Label the issue \`${policy.label}\` again to start anew.`);

  const refusal = await sandboxRefusal(repositories, fix, { ...facts, head: facts.head });
  if (refusal !== null) return refusal;
  const start = await startOf({ repositories, commits }, fix, { ...facts, head: facts.head });
  if (start.kind === 'refused') return start;
  const doubt = unconfirmedDoubt(fix, now);
  return doubt === null ? start : { kind: 'doubted', doubt };
}

/** What is missing of the sandbox workflow on the default branch, with the way to mend it; null where nothing is. */
export async function sandboxRefusal(
  repositories: Ports['repositories'],
  fix: Fix,
  facts: RepositoryFacts & { readonly head: Sha },
): Promise<Refusal | null> {
  const found = await readSandbox(repositories, fix, facts.head);
  if (found.kind === 'missing') {
    const place = { repository: fix.repository, commit: facts.head };
    const rootFiles = await repositories.rootFiles(place.repository, place.commit);
    const template = await starterWorkflow(repositories, { ...place, rootFiles }, detectStack(rootFiles) ?? 'node');
    const where = { repositoryUrl: facts.webUrl, branch: facts.defaultBranch, workflow: fix.policy.sandboxWorkflow };
    const advice = missingWorkflowAdvice(where, template);
    return refused('the repository has no sandbox workflow', advice);
  }
  if (found.kind === 'foreign') {
    const advice = foreignWorkflowAdvice(facts.defaultBranch, found.reason);
    return refused('the sandbox workflow is not one ai-fix can use', advice);
  }
  return null;
}

/** Looks at the words on GitHub once more. Failing checks have none that anybody could edit. */
export async function doubtNow({ repositories }: Pick<Ports, 'repositories'>, fix: Fix): Promise<Doubt | null> {
  if (fix.origin.kind === 'checks') return null;
  const now = await repositories.issue(fix.repository, fix.issue.number);
  return now === null ? null : unconfirmedDoubt(fix, now);
}

/**
 * The commit to start from: the tip of the default branch, or of the branch that is configured. There the workflows
 * must be those of the default branch, because GitHub lets the App make no branch with others.
 */
async function startOf(
  { repositories, commits }: Pick<Ports, 'repositories' | 'commits'>,
  { repository, policy }: Fix,
  { head, defaultBranch }: { readonly head: Sha; readonly defaultBranch: string },
): Promise<Exclude<Inspection, { kind: 'doubted' }>> {
  const baseBranch = policy.branches.base ?? defaultBranch;
  if (baseBranch === defaultBranch) return { kind: 'ready', base: head, baseBranch, wordsBecause: null };
  const name = inCode(baseBranch);
  const base = await commits.tipOf(repository, `refs/heads/${baseBranch}`);
  if (base === null)
    return refused(
      `the branch ${name} does not exist`,
      `\`branches.base\` in \`.github/ai-fix.yml\` names ${name}, which this repository does not have. Push that branch or name another one, then label this issue again.`,
    );
  const [there, here] = await Promise.all(
    [head, base].map((commit) => repositories.folder(repository, '.github/workflows', commit)),
  );
  if (there === here) return { kind: 'ready', base, baseBranch, wordsBecause: null };
  return refused(
    `the workflows of ${name} are not those of ${inCode(defaultBranch)}`,
    `GitHub lets ai-fix make no branch whose \`.github/workflows\` differs from the default branch's. Bring that folder of ${inCode(defaultBranch)} to ${name}, then label this issue again.`,
  );
}

/** Git takes marks of code in the name of a branch. */
const inCode = (branch: string): string => `\`${branch.replaceAll('`', "'")}\``;

/** Why somebody has to confirm the frozen words, unless somebody did while these very words stood on GitHub. */
export function unconfirmedDoubt(fix: Fix, now: IssueNow): Doubt | null {
  const doubt = doubtAbout(fix.issue, now, fix.requester);
  return doubt === null || doubt.words === fix.confirmedWords ? null : doubt;
}

export type SandboxReading =
  | {
      readonly kind: 'usable';
      readonly path: string;
      readonly blob: Sha;
      readonly checks: readonly string[];
      readonly keepsReports: boolean;
      /** The fixers that it can run, in their order; none where it has no such input. */
      readonly fixers: readonly string[];
    }
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'foreign'; readonly path: string; readonly reason: string };

const maxWorkflowBytes = 256 * 1024;

/** The sandbox workflow as it stands at a commit. */
export async function readSandbox(
  repositories: Ports['repositories'],
  { repository, policy }: Pick<Fix, 'repository' | 'policy'>,
  commit: Sha,
): Promise<SandboxReading> {
  const path = `.github/workflows/${policy.sandboxWorkflow}`;
  const file = await repositories.file(repository, path, commit, maxWorkflowBytes);
  if (file === null) return { kind: 'missing', path };
  const reading = readSandboxWorkflow(file.text, path);
  if (!reading.ok) return { kind: 'foreign', path, reason: reading.reason };
  const { checks, keepsReports, fixers } = reading;
  return { kind: 'usable', path, blob: file.blob, checks, keepsReports, fixers };
}

const refused = (reason: string, message: string): Refusal => ({ kind: 'refused', reason, message });
