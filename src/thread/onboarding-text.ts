import { type Policy, policyPath } from '../domain/policy.ts';
import { type Stack, stacks } from '../domain/stack.ts';
import { folded, quoteInSentence, quoteLine, withoutStop } from './outgoing.ts';
import { restOfWorkflow, restOfWorkflows, workflowLink } from './set-up-advice.ts';

/** Everything the App writes about being set up in a repository. Pure: facts in, Markdown out. */

export const onboardingTitle = 'Configure ai-fix';

/** What there is of a set-up. */
export interface SetUp {
  readonly webUrl: string;
  readonly defaultBranch: string;
  readonly policy: Pick<Policy, 'label' | 'budget' | 'sandboxWorkflow'>;
  readonly sandbox:
    | { readonly kind: 'usable'; readonly fixers?: readonly string[] }
    | { readonly kind: 'missing' }
    | { readonly kind: 'foreign'; readonly reason: string };
  /** Null where the files at the root tell none. */
  readonly stack: Stack | null;
  /** A sandbox workflow for each. */
  readonly templates: Readonly<Record<Stack, string>>;
}

const asCode = (text: string): string => `\`${quoteLine(text, 200)}\``;

export function onboardingBody(setUp: SetUp): string {
  const { label, budget } = setUp.policy;
  return [
    `Merging this turns ai-fix on in this repository. Until then it does nothing here. The file holds no setting that must be changed.`,
    `**After the merge**, somebody with write access labels an issue ${asCode(label)}. ai-fix writes a plan and a patch in a draft pull request, runs your checks on the patch in a workflow that you own, has a second model review it, and takes the pull request out of draft once the checks pass.`,
    '**It never** merges, changes a workflow, runs code of this repository outside that workflow, or starts without such a label.',
    `**Cost**: a fix ends at $${budget.usd}, ${budget.attempts} attempts or ${budget.minutes} minutes of the models' work, whichever comes first; \`budget\` in the file changes that. The runs use this repository's Actions minutes.`,
    `**To leave ai-fix off**, close this pull request; none is opened again. To turn it on later, add ${asCode(policyPath)} to ${asCode(setUp.defaultBranch)}, or restore the branch and reopen this.`,
    `### Still to be done\n\n${stillToBeDone(setUp)}`,
  ].join('\n\n');
}

function stillToBeDone(setUp: SetUp): string {
  const path = asCode(`.github/workflows/${setUp.policy.sandboxWorkflow}`);
  switch (setUp.sandbox.kind) {
    case 'usable':
      return `Nothing: ${path} is there.${setUp.sandbox.fixers?.length === 0 ? ' It names no fixers; with some, failing formatters, linters and lockfiles are mended without a model (docs/fixers.md of ai-fix).' : ''}`;
    case 'foreign':
      return `${path} is there, but ai-fix cannot use it: ${quoteInSentence(withoutStop(setUp.sandbox.reason), 500)}. docs/sandbox-workflow.md of ai-fix says what it must look like.`;
    case 'missing':
      return missing(path, setUp);
  }
}

function missing(path: string, { webUrl, defaultBranch, stack, templates, policy }: SetUp): string {
  const place = { repositoryUrl: webUrl, branch: defaultBranch, workflow: policy.sandboxWorkflow };
  const link = (one: Stack) =>
    `[the new file for ${stackNames[one]}, filled in](${workflowLink(place, templates[one])})`;
  const where = `Adapt the commands of its checks and merge it into ${asCode(defaultBranch)}.`;
  const why = `${path}, the only place where patches run. ai-fix may not write workflows, so it is added under your own name`;
  if (stack !== null)
    return [`${why}: open ${link(stack)}. ${where}`, restOfWorkflow(place, templates[stack])]
      .filter(Boolean)
      .join('\n\n');
  const list = stacks.map((one) => `- ${link(one)}`).join('\n');
  return `${why}. ${where}\n\n${folded('Open one of these', list)}\n\n${restOfWorkflows(stacks)}`;
}

const stackNames: Readonly<Record<Stack, string>> = {
  node: 'Node',
  python: 'Python',
  go: 'Go',
  java: 'Java',
  rust: 'Rust',
};

/** Said once, after the merge. */
export function readyText(setUp: SetUp): string {
  const { label } = setUp.policy;
  return setUp.sandbox.kind === 'usable'
    ? `ai-fix is ready: label an issue ${asCode(label)}.`
    : `ai-fix is on. Before it can work, one thing is missing.\n\n${stillToBeDone(setUp)}\n\nThen label an issue ${asCode(label)}.`;
}

/** Said once, after the merge of a file that cannot be used. */
export const unusableText = (problems: readonly string[]): string =>
  `${asCode(policyPath)} cannot be used:\n\n${problems.map((problem) => `- ${problem}`).join('\n')}\n\nai-fix starts nothing before it is mended.`;

/** Said once, after somebody closed it unmerged. */
export const closedText = (): string =>
  `ai-fix stays off here and will not ask again. To turn it on later, add ${asCode(policyPath)} to the default branch (it may be empty), or restore the branch and reopen this pull request.`;

/** The reply to a label while the pull request is open, or still to be opened. */
export const notYetText = (pullRequest: number | null, note: string | null): string =>
  pullRequest === null
    ? `ai-fix is not set up in this repository yet${note === null ? '' : `: ${quoteInSentence(note, 500)}`}. It starts once ${asCode(policyPath)} is on the default branch (it may be empty). Then label this issue again.`
    : `ai-fix starts nothing here before #${pullRequest} is merged, which adds ${asCode(policyPath)}. Then label this issue again.`;

/** The reply to a label where somebody closed the pull request. */
export const offText = (pullRequest: number | null): string =>
  `ai-fix is off in this repository${pullRequest === null ? '' : `, because #${pullRequest} was closed`}. To turn it on, add ${asCode(policyPath)} to the default branch (it may be empty). Then label this issue again.`;
