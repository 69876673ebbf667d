import { withoutStop } from './outgoing.ts';

/** What a person is told when a repository cannot be worked on yet, with the shortest way to mend it. */

/** Opens GitHub's new-file page with the template filled in, under the admin's own name: the App may not write workflows. */
export function newWorkflowLink(repositoryUrl: string, branch: string, workflow: string, template: string): string {
  const query = new URLSearchParams({ filename: `.github/workflows/${workflow}`, value: template });
  return `${repositoryUrl}/new/${encodeURIComponent(branch)}?${query.toString()}`;
}

/** GitHub answers 414 to much longer addresses; the template's comments are dropped rather than the link. */
const maxLinkLength = 7_500;

export function missingWorkflowAdvice(
  repositoryUrl: string,
  branch: string,
  workflow: string,
  template: string,
): string {
  const full = newWorkflowLink(repositoryUrl, branch, workflow, template);
  const bare = template.replaceAll(/^\s*#.*\n/gm, '');
  const link = full.length <= maxLinkLength ? full : newWorkflowLink(repositoryUrl, branch, workflow, bare);
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
