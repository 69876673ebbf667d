import type { DocumentKind } from '../../../src/domain/plan.ts';
import { makeCandidate } from '../../../src/steps/make-candidate.ts';
import { putComment } from '../../../src/steps/put-comment.ts';
import { isFenced } from '../../../src/thread/fenced.ts';
import { nodesOf, parseMarkdown, spanOf } from '../../../src/thread/markdown-tree.ts';
import { marker, quoteLine, quoteSafely } from '../../../src/thread/outgoing.ts';
import { completionComment, planComment, pullRequestTitle } from '../../../src/thread/pull-request-text.ts';
import { statusComment } from '../../../src/thread/status-comment.ts';
import { fakeCommits } from '../../support/fake-commits.ts';
import { fakeDocuments } from '../../support/fake-documents.ts';
import { fakeEffects } from '../../support/fake-effects.ts';
import { fakeThread } from '../../support/fake-thread.ts';
import { fakeWorkspace } from '../../support/fake-workspace.ts';
import {
  sampleAttempt,
  sampleFixAtWork,
  sampleGround,
  sampleRepository,
  sampleTicket,
} from '../../support/sample-fix.ts';
import type { HostileArea, HostileCase } from '../hostile-case.ts';
import { outgoingSecrets } from './outgoing-secrets.ts';
import type { Came } from './patch-cases.ts';

const fix = sampleFixAtWork();
const nothing = { usd: 0, tokens: 0, workedMs: 0, hasUnknownPrice: false };
const ours = 'Our own last words.';

/** What of a text GitHub would not show as plain text: read from its tree, with words of ours behind it. */
function problemIn(text: string): string | null {
  const source = `${text}\n\n${ours}`;
  const root = parseMarkdown(source);
  if (root === null) return isFenced(text.slice(text.search(/^`{3,}text$/m))) ? null : 'it is too tangled to read';
  const last = root.children.at(-1);
  if (last?.type !== 'paragraph' || source.slice(spanOf(last).start) !== ours) return 'what follows is swallowed';
  for (const node of nodesOf(root, source)) {
    const { start, end } = spanOf(node);
    const written = source.slice(start, end);
    if (node.type === 'html') return `HTML: ${written}`;
    if (node.type === 'image' || node.type === 'imageReference') return `an image: ${written}`;
    if (node.type === 'link' && !/^https:\/\/(?:docs\.)?github\.com\//.test(node.url)) return `a link: ${written}`;
    if (node.type === 'definition') return `a definition: ${written}`;
    if (node.type !== 'text') continue;
    if (/@[\w-]/.test(node.value)) return `a mention: ${written}`;
    if (/[\w-]\/[\w.-]+#\d/.test(node.value)) return `a cross reference: ${written}`;
  }
  return null;
}

const came = (problem: string | null): Came => (problem === null ? 'inert' : `escaped: ${problem.slice(0, 200)}`);

const written = {
  'a quote': (text: string) => quoteSafely(text, 60_000),
  'a plan': (markdown: string) => planComment(fix, { kind: 'plan' satisfies DocumentKind, markdown }, null),
  'the status': (epilogue: string) => statusComment({ ...fix, state: 'stopped', epilogue }, nothing),
  'the completion': (summary: string) =>
    completionComment({
      fix,
      attempts: [{ ...sampleAttempt, summary: { summary, testsAdded: [], notDone: summary } }],
      spent: nothing,
      models: ['m'],
      findings: summary,
    }),
} as const;

/** @throws {Error} where the text would be harmless as it is, or where an honest one is not. */
const everywhere = (name: string, text: string): HostileCase => ({
  name,
  expected: 'inert',
  attack: () => {
    if (problemIn(text) === null) throw new Error('the attack is none');
    for (const [place, write] of Object.entries(written)) {
      const cleaned = write(text).replaceAll('https://github.test/', 'https://github.com/');
      const problem = problemIn(cleaned);
      if (problem !== null) return came(`${place}: ${problem}`);
    }
    return 'inert';
  },
});

const texts: readonly HostileCase[] = [
  everywhere('a mention of a person', 'ask @alice'),
  everywhere('a mention of a team', 'ask @acme/owners'),
  everywhere('a mention written as a reference', 'ask &#64;alice'),
  everywhere('an image that calls home', '![x](https://evil.test/x.png)'),
  everywhere('an image in HTML that calls home', '<img src="https://evil.test/x.png">'),
  everywhere('a link to an unknown host', '[the docs](https://evil.test/)'),
  everywhere('a bare address of an unknown host', 'see https://evil.test/x'),
  everywhere('an address without a scheme', 'see www.evil.test'),
  everywhere('a link to a host that looks like ours', '[x](https://github.com.evil.test/)'),
  everywhere('a link with a user name that looks like our host', '[x](https://github.com@evil.test/)'),
  everywhere('a link to a script', '[x](javascript:alert(1))'),
  everywhere('a definition that takes our own brackets', 'a\n\n[run]: https://evil.test/'),
  everywhere('a comment of HTML that hides what follows', 'a\n\n<!--'),
  everywhere('an element that folds what follows', '<details>\n\na'),
  everywhere('a hidden element', '<div hidden>'),
  everywhere('a reference to an issue of another repository', 'as in other/repo#7'),
  everywhere('a code block that does not end', '```\na'),
  everywhere('a code block of tildes in a list that does not end', 'a\n\n~~~~\nb\n```'),
  everywhere('a forged mark of our status', `${marker(fix.id, 'status')}\nhas a validated patch`),
  everywhere('100,000 characters of mentions', '@alice '.repeat(14_286)),
];

const line = (name: string, text: string): HostileCase => ({
  name,
  expected: 'inert',
  attack: () => {
    const cell = quoteLine(text, 200);
    const isOneLine = !/[\n|`]/.test(cell) && cell.length <= 200;
    return isOneLine ? came(problemIn(cell)) : `escaped: ${cell}`;
  },
});

/** https://docs.github.com/issues/tracking-your-work-with-issues/linking-a-pull-request-to-an-issue */
const closing = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+\/[\w.-]+)?#\d+/gi;

function message(title: string, summary: string): Promise<string> {
  const commits = fakeCommits();
  const ports = {
    commits,
    workspace: fakeWorkspace(commits),
    effects: fakeEffects(),
    documents: fakeDocuments(),
    redact: (text: string) => text,
  };
  const attempt = { ...sampleAttempt, summary: { summary, testsAdded: [], notDone: null } };
  return makeCandidate(ports, { ...fix, ticket: { ...sampleTicket, title } }, attempt, sampleGround).then(
    (sha) => commits.known.get(sha)?.message ?? '',
  );
}

const commit = (name: string, title: string, summary: string, isBad: (text: string) => boolean): HostileCase => ({
  name,
  expected: 'inert',
  attack: async () => {
    const text = await message(title, summary);
    return isBad(text) ? `escaped: ${JSON.stringify(text)}` : 'inert';
  },
});
const closesOthers = (text: string): boolean =>
  (text.match(closing) ?? []).some((found) => found.toLowerCase() !== 'closes #12');

const titlesAndCommits: readonly HostileCase[] = [
  line('a table cell with a mention and a link', '@alice [x](https://evil.test) | y `z`'),
  line('a table cell over several lines with HTML', 'a\n\n<details>\n<!-- '),
  {
    name: 'a pull request title that closes another issue when it is squashed',
    expected: 'inert',
    attack: () => {
      const title = pullRequestTitle({ kind: 'bug', title: 'round once, fixes #1' }, fix);
      return title.search(closing) >= 0 ? `escaped: ${title}` : 'inert';
    },
  },
  commit('a commit title that closes another issue', 'round once, fixes #1', 'x', closesOthers),
  commit('a summary that closes another issue', 'round once', 'This closes #1.', closesOthers),
  commit('a summary that closes an issue by its address', 'x', 'Fixes https://github.com/acme/shop/issues/1', (text) =>
    /fixes https:\/\/github\.com\S+\/issues\/1/i.test(text),
  ),
  commit('a commit title that skips the checks of the repository', 'round once [skip ci]', 'x', (text) =>
    /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]/i.test(text),
  ),
  commit(
    'a summary with a forged co-author among the trailers',
    'x',
    'a\n\nCo-authored-by: eve <e@evil.test>',
    (text) => (text.split('\n\n').at(-1) ?? '').includes('eve'),
  ),
  {
    name: 'a text with our mark that takes the place of our status',
    expected: 'inert',
    attack: async () => {
      const ports = { thread: fakeThread(), effects: fakeEffects() };
      const to = { fix: fix.id, repository: sampleRepository, number: 13 };
      const forged = planComment(fix, { kind: 'plan', markdown: `${marker(fix.id, 'status')}\nforged` }, null);
      const first = await putComment(ports, { ...to, key: 'plan', text: forged });
      const second = await putComment(ports, { ...to, key: 'status', text: 'ours' });
      return first === second ? 'escaped: the status is written over the plan' : 'inert';
    },
  },
];

export const outgoingTexts: HostileArea = {
  area: 'what leaves',
  cases: [...texts, ...titlesAndCommits, ...outgoingSecrets],
};
