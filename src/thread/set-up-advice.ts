import { withoutStop } from './outgoing.ts';
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

/** Opens GitHub's new-file page, filled in, as far as that goes into an address. */
export function workflowLink(repositoryUrl: string, branch: string, workflow: string, template: string): string {
  const full = newWorkflowLink(repositoryUrl, branch, workflow, template);
  const bare = withoutFixers(template).replaceAll(/^\s*#.*\n/gm, '');
  return full.length <= maxLinkLength ? full : newWorkflowLink(repositoryUrl, branch, workflow, bare);
}

export function missingWorkflowAdvice(
  repositoryUrl: string,
  branch: string,
  workflow: string,
  template: string,
): string {
  const link = workflowLink(repositoryUrl, branch, workflow, template);
  return [
    `This repository has no \`.github/workflows/${workflow}\`. ai-fix runs code only in that workflow, and only somebody who may change workflows can add it:`,
    `1. [Open the new file, filled in](${link}), adapt the commands of the checks, and merge it into \`${branch}\`.`,
    '2. Label this issue again.',
  ].join('\n\n');
}

export function foreignWorkflowAdvice(branch: string, reason: string): string {
  return [
    `ai-fix cannot use the workflow that stands on \`${branch}\`: ${withoutStop(reason)}.`,
    'Mend it as docs/sandbox-workflow.md of ai-fix says, then label this issue again.',
  ].join('\n\n');
}
