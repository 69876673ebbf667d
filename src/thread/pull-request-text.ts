import { type Attempt, isUnreviewed } from '../domain/attempt.ts';
import type { Spending } from '../domain/budget.ts';
import { externalKey } from '../domain/external-key.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { FrozenInput } from '../domain/frozen-input.ts';
import { fillPattern } from '../domain/naming.ts';
import type { PlanDocument } from '../domain/plan.ts';
import type { Ticket } from '../domain/ticket.ts';
import { evidenceText } from './evidence-text.ts';
import { fixersReviewText } from './fixers-text.ts';
import { keyLink } from './key-link.ts';
import { spentText } from './money-text.ts';
import { fenced, folded, quoteInSentence, quoteLine, quoteSafely, withoutSkips } from './outgoing.ts';
import { whyAbandoned } from './status-comment.ts';

/** Everything the App writes into the pull request, apart from the status. Pure: facts in, Markdown out. */

const commitTypes = { bug: 'fix', feature: 'feat', chore: 'chore', question: 'docs' } as const;

/** What the words below need to know of a fix. */
type Named = Pick<Fix, 'policy' | 'issue'>;
type Purposed = Named & Pick<Fix, 'origin'>;

/** GitHub takes 256 characters. */
const maxTitleLength = 250;

/** By the repository's pattern, which is that of Conventional Commits by default; the candidate's commit carries it too. */
export function pullRequestTitle(
  { kind, title }: Pick<Ticket, 'kind' | 'title'>,
  { policy: { pullRequests, externalKeys }, issue }: Named,
): string {
  const text = quoteSafely(title.replaceAll(/\s+/g, ' '), 120);
  const goesOn = pullRequests.title.includes('{type}') && /^[A-Z][a-z]/.test(text);
  const key = externalKey(externalKeys, issue);
  const filled = fillPattern(pullRequests.title, {
    type: commitTypes[kind],
    title: goesOn ? text.charAt(0).toLowerCase() + text.slice(1) : text,
    // Failing checks of a branch have none.
    ...(issue.number === 0 || issue.isLocal === true ? {} : { number: String(issue.number) }),
    ...(key === null ? {} : { key }),
  });
  const line = withoutSkips(filled.replaceAll(/\s+/g, ' ').trim() || text);
  return line.slice(0, maxTitleLength).toWellFormed().trimEnd();
}

/** The line by which a merge closes the issue, or is only linked with it; empty where there is none. */
export function closingLine({ policy: { pullRequests }, issue, origin }: Purposed): string {
  if (origin.kind === 'checks') return origin.failing.pullRequest === null ? '' : `For #${origin.failing.pullRequest}`;
  if (issue.isLocal === true) return '';
  return `${pullRequests.closing === 'none' ? 'For' : pullRequests.closing} #${issue.number}`;
}

export function pullRequestBody(fix: Purposed & Pick<Fix, 'requester'>, input: FrozenInput | null): string {
  return [
    purposeOf(fix),
    'ai-fix writes this pull request. Until it leaves draft it holds no code: patches are validated apart from the branch, and only one that passed the checks comes here. The plan, the evidence and the cost follow as comments.',
    input === null ? '' : frozenText(input),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function purposeOf(fix: Purposed & Pick<Fix, 'requester'>): string {
  const { origin, issue, requester } = fix;
  if (origin.kind === 'issue') {
    const key = keyLink(fix);
    return `${closingLine(fix)}${key === null ? '' : ` (${key})`}, on the order of ${quoteLine(requester, 60)}.`;
  }
  const { branch, sha, pullRequest, orderedBy } = origin.failing;
  const failing = `[checks of ${quoteLine(branch, 100)} fail at ${sha.slice(0, 7)}](${issue.url})`;
  const order = orderedBy === null ? 'as `.github/ai-fix.yml` asks for' : `on the order of ${quoteLine(orderedBy, 60)}`;
  return `${pullRequest === null ? 'Because the' : `For #${pullRequest}, whose`} ${failing}, ${order}.`;
}

/** Whoever approves can see exactly what the models saw. GitHub caps the body, the words are capped before. */
const frozenText = ({ text, digest, leftOut }: FrozenInput): string =>
  folded(
    'What the models read',
    [
      fenced(text, 'text', 55_000),
      leftOut.length === 0 ? '' : `Left out: ${quoteInSentence(leftOut.join('; '), 2_000)}.`,
      `SHA-256 \`${digest}\`. Later edits and comments do not change it.`,
    ]
      .filter(Boolean)
      .join('\n\n'),
  );

export const documentTitles = { requirements: 'Requirements', design: 'Design', plan: 'Plan' } as const;

/** @param note What else is to be said of it, in words of ours. */
export function planComment(fix: Named, document: PlanDocument, gate: string | null, note = ''): string {
  const key = keyLink(fix);
  // Headlines of the document stand below ours.
  const text = lowered(quoteSafely(document.markdown, 50_000));
  const heading = `## ${documentTitles[document.kind]}${key === null ? '' : ` · ${key}`}`;
  return [heading, text, note, gate === null ? '' : `---\n${gate}`].filter(Boolean).join('\n\n');
}

/** A posted plan comment folded away, its hidden first line kept; null where it is folded already. */
export function replacedPlan(posted: string): string | null {
  const lineEnd = posted.indexOf('\n');
  const [mark, text] = [posted.slice(0, lineEnd), posted.slice(lineEnd + 1)];
  if (text.startsWith('<details>')) return null;
  return `${mark}\n${folded('An earlier plan; a newer one took its place', text)}`;
}

/** Two levels down, but for what only looks like a headline inside a code fence. */
function lowered(markdown: string): string {
  let isCode = false;
  const lines = markdown.split('\n').map((line) => {
    if (/^ {0,3}(```|~~~)/.test(line)) isCode = !isCode;
    return isCode ? line : line.replace(/^#{1,4}(?= )/, (hashes) => `##${hashes}`);
  });
  return lines.join('\n');
}

export interface Completion {
  readonly fix: Fix;
  readonly attempts: readonly Attempt[];
  readonly spent: Spending;
  readonly models: readonly string[];
  readonly findings: string;
  /** Where the documents lie in the commit, or why they don't although the repository wants them. */
  readonly documents?: { readonly folder: string | null; readonly whyNot: string | null };
}

export function completionComment({ fix, attempts, spent, models, findings, documents }: Completion): string {
  const last = attempts.at(-1)?.summary;
  const failed = attempts.filter(({ verdict, fixers }) => verdict?.kind === 'failed' && fixers === undefined).length;
  return [
    '## Ready for review',
    quoteSafely(last?.summary ?? '', 4_000),
    checksText(fix, last?.testsAdded ?? [], failed),
    evidenceText(fix, attempts.at(-1)),
    comparisonOf(attempts.at(-1)),
    reviewText(fix, attempts.at(-1), findings),
    last?.notDone ? `**Not done:** ${quoteInSentence(last.notDone, 1_000)}.` : '',
    documents === undefined ? '' : placeOfDocuments(documents),
    `Cost ${spentText(spent)}. ${models.length === 0 ? 'No model was asked.' : `Models: ${models.map((model) => `\`${model}\``).join(', ')}.`}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

function reviewText({ policy }: Fix, attempt: Attempt | undefined, findings: string): string {
  if (attempt !== undefined && isUnreviewed(attempt))
    return fixersReviewText(policy.triggers.failingChecks.delivery === 'commit');
  const said = quoteSafely(findings, 4_000);
  if (attempt?.review?.verdict === 'send-back')
    return `The reviewer model would have sent it back once more; a person allowed it all the same:\n\n${said}`;
  return findings === ''
    ? 'The reviewer model accepted it without remarks.'
    : `The reviewer model accepted it:\n\n${said}`;
}

function checksText(fix: Fix, testsAdded: readonly string[], failedBefore: number): string {
  const rows = fix.results.map((result) => `| ${result.check} | ${result.conclusion} |`);
  const table = ['| Check | Conclusion |', '|---|---|', ...rows].join('\n');
  const run = `Commit \`${fix.candidate?.sha.slice(0, 12) ?? ''}\` was validated in [this run](${fix.candidate?.runUrl ?? ''}), and that very commit is on the branch.`;
  const tests = testsAdded.length === 0 ? 'No test was added.' : `Tests added: ${testsAdded.map(asCode).join(', ')}.`;
  const before =
    failedBefore === 0 ? '' : ` ${failedBefore} earlier attempt${failedBefore === 1 ? '' : 's'} did not pass.`;
  return `${table}\n\n${run} ${tests}${before}`;
}

function placeOfDocuments({ folder, whyNot }: NonNullable<Completion['documents']>): string {
  if (whyNot !== null) return `The documents are not part of the commit: ${whyNot}.`;
  return folder === null ? '' : `The commit carries the documents of this fix, in \`${folder}/\`.`;
}

/** What the verdict said beyond the checks' own conclusions. */
const comparisonOf = (attempt: Attempt | undefined): string =>
  attempt?.verdict?.kind === 'passed' ? attempt.verdict.text : '';

export const asCode = (name: string): string => `\`${name.replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``;

/** What the attempts of an abandoned fix may take of its comment, all together. */
const maxTriedLength = 50_000;

/** The honest end: what was tried, what the checks said, what it cost. */
export function abandonedComment({
  fix,
  attempts,
  spent,
  isPublished,
}: Pick<Completion, 'fix' | 'attempts' | 'spent'> & { readonly isPublished: boolean }): string {
  const share = Math.min(2_000, Math.floor(maxTriedLength / (4 * Math.max(1, attempts.length))));
  const tried = attempts.map((attempt) =>
    folded(
      `${attempt.fixers === undefined ? `Attempt ${attempt.number}` : 'The fixers'}: ${verdictText(attempt)}`,
      [
        quoteSafely(attempt.summary?.summary ?? 'It ended without a patch.', share),
        attempt.verdict === null ? '' : fenced(attempt.verdict.text, 'text', 3 * share),
      ]
        .filter(Boolean)
        .join('\n\n'),
    ),
  );
  return [
    '## ai-fix gave up',
    `${capitalized(whyAbandoned(fix))}. ${isPublished ? 'A validated commit is on the branch.' : 'No code was put on the branch.'}`,
    tried.length === 0 ? 'No attempt was made.' : tried.join('\n'),
    `Cost ${spentText(spent)}.`,
  ].join('\n\n');
}

function verdictText({ verdict, begunFrom }: Attempt): string {
  const anew = begunFrom === undefined ? '' : ', begun anew with a simpler plan';
  if (verdict === null) return `no verdict${anew}`;
  const { kind, failed = 0 } = verdict;
  return `${kind}${failed === 0 ? '' : `, ${failed} failure${failed === 1 ? '' : 's'}`}${anew}`;
}

export const farewellComment = (fix: Fix): string =>
  `ai-fix closes this, because ${quoteInSentence(fix.epilogue ?? 'nobody answered in time', 300)}. Nothing is lost: \`/ai-fix resume\` opens it again, where it was.`;

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
