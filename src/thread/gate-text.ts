import type { Fix } from '../domain/fix-facts.ts';
import { fenced, folded, quoteInSentence, quoteLine, quoteSafely } from './outgoing.ts';

/** What a person reads at a gate, and how they open it. */

const howToDecide = (fix: Fix): string =>
  `Somebody who may approve here opens the gate with a comment \`/ai-fix approve\`; \`/ai-fix reject <why>\` sends it back, \`/ai-fix stop\` ends it.${
    fix.policy.who.selfApproval ? '' : ` ${quoteLine(fix.requester, 60)}, who ordered it, may not.`
  }`;

const maxReasons = 30;

export interface PatchQuestion {
  readonly fix: Fix;
  readonly reasons: readonly string[];
  readonly diff: string;
  readonly isCut: boolean;
  readonly whyTestsChange: string | null;
  /** Fixers made it, and no model has read it. */
  readonly isUnreviewed?: boolean;
  /** What the reviewer model would still send it back for. */
  readonly objections?: string | null;
  /** Where ai-fix's documents lie in the commit; they are left out of the diff. */
  readonly documents?: string | null;
}

export function patchGateComment({
  fix,
  reasons,
  diff,
  isCut,
  whyTestsChange,
  isUnreviewed = false,
  objections = null,
  documents = null,
}: PatchQuestion): string {
  const more = reasons.length - maxReasons;
  const list = [
    ...reasons.slice(0, maxReasons).map((reason) => `- ${quoteInSentence(reason, 500)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
  const run =
    fix.candidate === null
      ? ''
      : ` Commit \`${fix.candidate.sha.slice(0, 12)}\` passed the checks in [this run](${fix.candidate.runUrl}).`;
  return [
    '## A person has to decide',
    `The patch is validated${isUnreviewed ? ", and no model has read it: the repository's own fixers made it. It" : ' and reviewed, but it'} does not go on the branch by itself, because:\n\n${list.join('\n')}`,
    whyTestsChange === null ? '' : `The writer's reason: ${quoteInSentence(whyTestsChange, 1_000)}.`,
    objections === null ? '' : `The reviewer model still finds:\n\n${quoteSafely(objections, 6_000)}`,
    folded(
      'The patch',
      `${fenced(diff, 'diff', 42_000)}${isCut ? `\n\nThe rest is cut: [the whole commit](${commitUrl(fix)}).` : ''}`,
    ),
    documents === null
      ? ''
      : `[The whole commit](${commitUrl(fix)}) also holds the documents of this fix, in \`${documents}/\`.`,
    `${howToDecide(fix)}${run}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** GitHub shows every commit it holds, on a branch or not. */
const commitUrl = ({ pullRequest, candidate }: Fix): string =>
  `${(pullRequest?.url ?? '').replace(/\/pull\/\d+$/, '')}/commit/${candidate?.sha ?? ''}`;

export const planGateText = (fix: Fix, reason: string): string =>
  `**The work waits for an approval**, because ${quoteInSentence(reason, 1_000)}. ${howToDecide(fix)}`;

/** The words in doubt, as the models would read them; the question stands in the status comment of the issue. */
export const inputGateText = (fix: Fix, visibleWords: string): string =>
  [
    `To go on with the words below, comment \`/ai-fix approve\`. To take the issue as it stands now, take the label \`${fix.policy.label}\` off and put it on again.`,
    folded('The words as they were labelled', fenced(visibleWords, 'text', 20_000)),
  ].join('\n\n');

/** Nobody has decided yet. People who follow the thread are told by the comment itself, so it names nobody. */
export function reminderText(fix: Fix): string {
  const { approvalDays, reminderDays } = fix.policy.patience;
  const left = approvalDays - reminderDays;
  const what = fix.gate?.kind === 'plan' ? `The ${fix.gate.document ?? 'plan'} above` : 'This';
  return `${what} still waits for \`/ai-fix approve\` or \`/ai-fix reject <why>\`. Without either it is closed in ${left} day${left === 1 ? '' : 's'}; nothing is lost then, \`/ai-fix resume\` goes on.`;
}

/** The question once more, after something of it was changed. */
export const askedAgainText = (fix: Fix): string =>
  [
    `**Approvals from before do not count any more**, because ${quoteInSentence((fix.gate?.reasons ?? []).join('; '), 1_000)}.`,
    fix.gate?.kind === 'input'
      ? `To go on with the words as they were labelled, comment \`/ai-fix approve\`. To take the issue as it stands now, take the label \`${fix.policy.label}\` off and put it on again.`
      : `The work goes by the words as they were labelled; the pull request shows them. ${howToDecide(fix)}`,
  ].join('\n\n');
