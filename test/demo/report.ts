import type { Fix } from '../../src/domain/fix-facts.ts';
import type { App } from '../../src/index.ts';
import type { GitHub } from '../stand-in/github.ts';

/** Everything there is to see once the fix rests: plan, diff, verdicts, pull request, cost. */
export async function report(app: App, github: GitHub, repository: string, fix: Fix): Promise<string> {
  const { ports } = app;
  const [documents, attempts, spent, models] = await Promise.all([
    ports.documents.list(fix.id),
    ports.attempts.all(fix.id),
    ports.turns.spending(fix.id),
    ports.turns.models(fix.id),
  ]);
  const sections = [
    ...documents.map((document) => section(`The plan: ${document.kind}`, document.markdown)),
    section('The diff on the branch', await diffOf(github, repository, fix)),
    ...attempts.map((attempt) =>
      section(
        `Attempt ${attempt.number}: ${attempt.verdict?.kind ?? 'no verdict'}`,
        `${attempt.summary?.summary ?? ''}\n\n${attempt.verdict?.text ?? ''}`.trim(),
      ),
    ),
    section(`Issue #${fix.issue.number}`, threadOf(github, repository, fix.issue.number)),
    ...(fix.pullRequest === null
      ? []
      : [
          section(
            pullRequestLine(github, repository, fix.pullRequest.number),
            threadOf(github, repository, fix.pullRequest.number, /plan-/),
          ),
        ]),
    section(
      'The cost',
      `${spent.hasUnknownPrice ? 'at least ' : ''}$${spent.usd.toFixed(4)} for ${spent.tokens.toLocaleString('en-US')} tokens (${models.join(', ') || 'no model was asked'})`,
    ),
  ];
  return sections.join('\n\n');
}

const section = (title: string, text: string): string =>
  `──── ${title} ${'─'.repeat(Math.max(3, 90 - title.length))}\n${text}`;

async function diffOf(github: GitHub, repository: string, fix: Fix): Promise<string> {
  if (fix.ground === null) return '(there is no branch)';
  const { base, branch } = fix.ground;
  const text = await github.git(repository, 'diff', base, `refs/heads/${branch}`);
  return text.trim() === '' ? '(none: no validated patch came out)' : text.trimEnd();
}

/** The plan is shown in its own sections, so comments that match `without` are left out here. */
function threadOf(github: GitHub, repository: string, number: number, without?: RegExp): string {
  const comments = github
    .comments(repository, number)
    .filter(({ body }) => without?.test(body.slice(0, body.indexOf('\n'))) !== true);
  return comments.map(({ author, body }) => `[${author}]\n${body.replace(/^<!-- .* -->\n/, '')}`).join('\n\n');
}

function pullRequestLine(github: GitHub, repository: string, number: number): string {
  const found = github.pullRequests(repository).find((candidate) => candidate.number === number);
  return `Pull request #${number}${found?.draft === true ? ' (draft)' : ''}: ${found?.title ?? ''}`;
}
