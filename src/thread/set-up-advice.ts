import { fenced, folded, withoutStop } from './outgoing.ts';
import { withoutFixers } from './without-fixers.ts';

/** What a person is told when a repository cannot be worked on yet, with the shortest way to mend it. */

/** Opens GitHub's new-file page with the template filled in, under the admin's own name: the App may not write workflows. */
export function newWorkflowLink(repositoryUrl: string, branch: string, workflow: string, template: string): string {
  const query = new URLSearchParams({ filename: `.github/workflows/${workflow}`, value: template });
  return `${repositoryUrl}/new/${asPath(branch)}?${query.toString()}`;
}

/** Git takes brackets and quotes in the name of a branch; in Markdown one of them would end the link. */
const asPath = (branch: string): string =>
  branch
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`))
    .join('/');

/** GitHub answers 414 to much longer addresses; the template's fixers and comments are dropped rather than the link. */
const maxLinkLength = 7_500;
const maxFileLength = 20_000;

/** Where the new file goes. */
export interface WorkflowPlace {
  readonly repositoryUrl: string;
  readonly branch: string;
  readonly workflow: string;
}

const fullLink = ({ repositoryUrl, branch, workflow }: WorkflowPlace, template: string): string =>
  newWorkflowLink(repositoryUrl, branch, workflow, template);

const isShort = (link: string): boolean => link.length <= maxLinkLength;

/** Opens GitHub's new-file page, filled in, as far as that goes into an address. */
export function workflowLink(place: WorkflowPlace, template: string): string {
  const full = fullLink(place, template);
  return isShort(full) ? full : fullLink(place, withoutFixers(template).replaceAll(/^\s*#.*\n/gm, ''));
}

const leftOut =
  'fixers (which mend what a formatter, a linter or a package tool can, without a model) and all comments';

/** What the link leaves out, and how to have all of it; empty where it holds the whole file. */
export function restOfWorkflow(place: WorkflowPlace, template: string): string {
  if (isShort(fullLink(place, template))) return '';
  const whole = `[Open the new file, empty](${fullLink(place, '')}), and paste this:\n\n${fenced(template, 'yaml', maxFileLength)}`;
  return `What it fills in leaves out ${leftOut}, for an address does not hold them.\n\n${folded('The whole file, to paste', whole)}`;
}

/** The same where it is not known which of several files it is to be. */
export const restOfWorkflows = (stacks: readonly string[]): string =>
  `They leave out ${leftOut}, for an address does not hold them; \`npx ai-fix init --stack ${stacks.join('|')}\` in a clone writes the whole file.`;

export function missingWorkflowAdvice(place: WorkflowPlace, template: string): string {
  const { branch, workflow } = place;
  const link = workflowLink(place, template);
  return [
    `This repository has no \`.github/workflows/${workflow}\`. ai-fix runs code only in that workflow, and only somebody who may change workflows can add it:`,
    `1. [Open the new file, filled in](${link}), adapt the commands of the checks, and merge it into \`${branch}\`.`,
    '2. Label this issue again.',
    restOfWorkflow(place, template),
  ]
    .filter(Boolean)
    .join('\n\n');
}

export function foreignWorkflowAdvice(branch: string, reason: string): string {
  return [
    `ai-fix cannot use the workflow that stands on \`${branch}\`: ${withoutStop(reason)}.`,
    'Mend it as docs/sandbox-workflow.md of ai-fix says, then label this issue again.',
  ].join('\n\n');
}
