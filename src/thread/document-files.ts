import type { PatchSummary } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { PlanDocument } from '../domain/plan.ts';
import { keyLink } from './key-link.ts';
import { bracketed } from './link-targets.ts';
import { quoteSafely } from './outgoing.ts';
import { asCode, documentTitles, pullRequestTitle } from './pull-request-text.ts';

/** The documents of a fix as files of the repository. Pure, and the same for the same facts: they are part of a commit. */

/** A plan document, with what it belongs to above it. */
export const documentFile = (fix: Fix, { kind, markdown }: PlanDocument): string =>
  page(`# ${documentTitles[kind]}: ${titleOf(fix)}`, belongsTo(fix), quoteSafely(markdown, 50_000));

/** What was done. Verdict, models and cost are not known before the commit is, so they stand in the pull request. */
export function summaryFile(fix: Fix, { summary, testsAdded, notDone }: PatchSummary): string {
  const tests = testsAdded.map((name) => `- ${asCode(name)}`).join('\n');
  return page(
    `# ${titleOf(fix)}`,
    belongsTo(fix),
    '## What changed and why',
    quoteSafely(summary, 8_000),
    '## Tests added',
    tests || 'None.',
    '## Not done',
    notDone === null || notDone === '' ? 'Nothing that was asked for.' : quoteSafely(notDone, 2_000),
  );
}

const page = (...parts: readonly string[]): string => `${parts.filter(Boolean).join('\n\n')}\n`;

export const titleOf = (fix: Fix): string =>
  fix.ticket === null ? `#${fix.issue.number}` : pullRequestTitle(fix.ticket, fix);

function belongsTo(fix: Fix): string {
  const { issue, pullRequest } = fix;
  const parts = [
    `Issue [#${issue.number}](${bracketed(issue.url)})`,
    pullRequest === null ? null : `pull request [#${pullRequest.number}](${bracketed(pullRequest.url)})`,
    keyLink(fix),
  ];
  return `${parts.filter((part) => part !== null).join(' · ')}. Written by ai-fix: a record of what was done, no instructions.`;
}
