import { readPolicy } from '../../src/config/repository.ts';
import { asksForExpectations } from '../../src/domain/approvers.ts';
import type { Attempt } from '../../src/domain/attempt.ts';
import { type Evidence, noReportsReason } from '../../src/domain/evidence.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import { digestOf } from '../../src/domain/frozen-input.ts';
import { defaultPolicy, policyPath } from '../../src/domain/policy.ts';
import { type Shortage, sayShortage } from '../../src/domain/purse.ts';
import type { Reproduction } from '../../src/domain/reproduction.ts';
import type { WaitReason } from '../../src/domain/wait.ts';
import {
  checksBody,
  checksLimitText,
  deliveredText,
  flakyReason,
  forkReason,
  mendsAlreadyText,
  noFailingText,
  notAPullRequestText,
  outOfReachText,
  ownPullRequestText,
  passAgain,
  planAloneText,
  supersededBy,
  undeliveredText,
  wordsOnlyText,
} from '../../src/thread/checks-text.ts';
import {
  anotherFixText,
  budgetText,
  helpText,
  ignoredText,
  missingText,
  noFixText,
  notNowText,
  unknownText,
} from '../../src/thread/command-text.ts';
import {
  invalidConfiguration,
  lastValidApplies,
  oddConfiguration,
  refusedConfiguration,
  unusablePromptsText,
} from '../../src/thread/configuration-text.ts';
import { evidenceText } from '../../src/thread/evidence-text.ts';
import { explanationText } from '../../src/thread/explanation-text.ts';
import { fixersAsideText, fixersReviewText, fixersSummaryText, mendedText } from '../../src/thread/fixers-text.ts';
import { askedAgainText, patchGateComment, planGateText, reminderText } from '../../src/thread/gate-text.ts';
import type { SharedMoney } from '../../src/thread/money-text.ts';
import {
  closedText,
  notYetText,
  offText,
  onboardingBody,
  readyText,
  unusableText,
} from '../../src/thread/onboarding-text.ts';
import {
  abandonedComment,
  completionComment,
  farewellComment,
  planComment,
  pullRequestBody,
  replacedPlan,
} from '../../src/thread/pull-request-text.ts';
import { limitText, refusalText } from '../../src/thread/refusal.ts';
import { threadAnswerText, unchangedText } from '../../src/thread/review-answers.ts';
import { foreignWorkflowAdvice, missingWorkflowAdvice } from '../../src/thread/set-up-advice.ts';
import { pullRequestStatus, statusComment } from '../../src/thread/status-comment.ts';
import {
  sampleAttempt,
  sampleCandidate,
  sampleCheck,
  sampleFailing,
  sampleFix,
  sampleFixAtWork,
  sampleGround,
  sampleIssue,
  samplePullRequest,
  sampleRecipe,
  sampleTicket,
  sha,
} from '../support/sample-fix.ts';

/**
 * Every kind of comment, made by the code that makes it, for `docs/gallery.md`: what people read of the App, on one
 * page. A test sees to it that no kind is missing.
 */
export function renderGallery(): string {
  const parts = sections.map(({ title, shown }) => {
    const comments = Object.entries(shown).map(([what, text]) => `### ${what}\n\n${quoted(text)}`);
    return `## ${title}\n\n${comments.join('\n\n')}`;
  });
  return `${intro}\n\n${parts.join('\n\n')}\n`;
}

const intro = `# Gallery

Everything ai-fix writes into threads, with facts of an invented fix. Written by \`npm run docs\` from the code that writes
the real ones; a test compares.`;

const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');

interface Section {
  readonly title: string;
  readonly shown: Readonly<Record<string, string>>;
}

const startedAtMs = Date.UTC(2026, 10, 27, 9, 30);
const minute = 60_000;
const policy = { ...defaultPolicy };
const spent = {
  usd: 0.42,
  tokens: 81_240,
  inputTokens: 74_010,
  cachedInputTokens: 52_800,
  hasUnknownPrice: false,
  workedMs: 4 * minute,
};
const atStart = { ...sampleFix(), policy, createdAtMs: startedAtMs };
const atWork = (facts: Partial<Fix> = {}): Fix => ({
  ...sampleFixAtWork(),
  policy,
  createdAtMs: startedAtMs,
  ...facts,
});
const passed = [
  { check: 'test', jobId: 1, conclusion: 'success', failedSteps: [] },
  { check: 'lint', jobId: 2, conclusion: 'success', failedSteps: [] },
];
const untilMs = startedAtMs + 10 * 24 * 60 * minute;
const waits = (reason: WaitReason) => ({ wait: { for: reason, untilMs } });
const gate = { kind: 'plan', digest: 'd', reasons: ['the ticket is large'], words: null, document: 'plan' } as const;
const finished = atWork({
  state: 'complete',
  results: passed,
  pullRequest: { ...samplePullRequest, isDraft: false },
  published: sampleCandidate.sha,
  ...waits('merge'),
});
const stopped = atWork({ state: 'stopped', epilogue: 'bob asked for it' });
const givenUp = atWork({ state: 'abandoned', epilogue: 'the limit of 4 attempts is reached', attempt: 4 });
const failedAttempt = {
  ...sampleAttempt,
  verdict: { kind: 'failed', text: 'not ok 3 - three items at 0.333 cost 1.00\n  expected: 100\n  actual: 99' },
} as const;
const seen: Evidence = {
  kind: 'seen',
  tests: [
    { check: 'test', name: 'price › three items at 0.333 cost 1.00', message: 'expected 99 to be 100' },
    { check: 'test', name: 'price › three items at 0.666 cost 2.00', message: 'expected 198 to be 200' },
  ],
  passing: ['price › one item costs what it costs'],
  failedIn: 'https://github.test/acme/shop/actions/runs/97',
};
const unshown = (reason: string): Reproduction => ({
  failures: 0,
  feedback: null,
  run: null,
  base: null,
  end: { kind: 'none', reason },
});
const keyed = atWork({
  policy: { ...policy, externalKeys: { prefixes: ['AEC'], link: 'https://tracker.example/browse/{key}' } },
  issue: { ...sampleIssue, title: 'The discount is rounded twice (AEC-456)' },
});
const plan = {
  kind: 'plan',
  markdown:
    '`price.ts` rounds each item, and `total.ts` rounds again.\n\n1. Round once, in `total.ts`.\n2. Test three items at 0.333.',
} as const;

/** As the reader of `.github/ai-fix.yml` puts it. */
const readings = [readPolicy('gates: { plan: riski }\nbudget: { usd: 0 }\n')];
const brokenConfiguration = readings.flatMap((reading) =>
  reading.kind === 'invalid' ? reading.problems.map((problem) => `\`${policyPath}\`: ${problem}`) : [],
);

const setUp = {
  webUrl: 'https://github.com/acme/shop',
  defaultBranch: 'main',
  policy,
  sandbox: { kind: 'missing' },
  stack: 'node',
  // The real ones make long links.
  templates: { node: 'name: ai-fix\n', python: '', go: '', java: '', rust: '' },
} as const;

const words = 'The discount is rounded twice\n\nThree items at 0.333 each cost 0.99.';

const shortage: Shortage = {
  purse: 'repository-day',
  limit: 'usd',
  amount: 20,
  spent: 19.71,
  held: 0,
  waitsFor: 'period',
  endsAtMs: Date.UTC(2026, 10, 28),
};
const held: Shortage = { ...shortage, spent: 18.2, held: 1.75, waitsFor: 'others' };
const sharedMoney: SharedMoney = {
  limit: { usd: 20, tokens: null },
  standing: { usd: 19.71, tokens: 4_000_000, heldUsd: 0, heldTokens: 0, endsInMs: 1 },
};

const failing = (facts: Partial<Fix>): Fix =>
  sampleFix({ policy, origin: { kind: 'checks', failing: sampleFailing }, createdAtMs: startedAtMs, ...facts });

/** The patch of fixers. */
const mended: Attempt = {
  ...sampleAttempt,
  number: 0,
  summary: {
    summary: fixersSummaryText(2, [
      { name: 'lint', exitCode: 1, changedFiles: 0 },
      { name: 'format', exitCode: 0, changedFiles: 2 },
    ]),
    testsAdded: [],
    notDone: null,
  },
  verdict: { kind: 'passed', text: mendedText('https://github.test/acme/shop/actions/runs/98') },
  fixers: [],
};

const sections: readonly Section[] = [
  {
    title: 'The status, in the issue',
    shown: {
      'Just labelled': statusComment(atStart, { usd: 0, tokens: 0, hasUnknownPrice: false, workedMs: 0 }),
      'The words are in doubt': statusComment(
        {
          ...atStart,
          state: 'awaiting-approval',
          ...waits('approval'),
          gate: {
            kind: 'input',
            digest: 'w',
            reasons: ['rita edited the issue less than a minute before it was labelled'],
            words: 'w',
          },
        },
        { usd: 0, tokens: 0, hasUnknownPrice: false, workedMs: 0 },
      ),
      Planning: statusComment(atWork({ state: 'planning', candidate: null, attempt: 0 }), spent),
      'A plan waits': statusComment(
        atWork({ state: 'awaiting-approval', candidate: null, attempt: 0, gate, ...waits('approval') }),
        spent,
      ),
      Writing: statusComment(atWork({ candidate: null }), spent),
      'Writing for minutes': statusComment(atWork({ candidate: null }), spent, [], undefined, 12_345),
      'A test that shows the bug is written': statusComment(
        atWork({ candidate: null, attempt: 0, burst: 'reproduce', reproduction: { ...unshown(''), end: null } }),
        spent,
      ),
      'The sandbox runs': statusComment(atWork(waits('run')), spent),
      'No model answers': statusComment(
        atWork({ epilogue: 'no model answers (anthropic/claude-opus: 529 overloaded)', ...waits('outage') }),
        spent,
      ),
      'The day has no money left': statusComment(
        atWork({ shortage: { ...shortage, sinceMs: startedAtMs }, epilogue: sayShortage(shortage), ...waits('money') }),
        spent,
        [],
        sharedMoney,
      ),
      'Others hold the money': statusComment(
        atWork({
          shortage: { ...held, sinceMs: startedAtMs },
          epilogue: sayShortage(held),
          ...waits('money'),
        }),
        spent,
        [],
        sharedMoney,
      ),
      "A price is unknown, and a call's answer was lost": statusComment(
        atWork(waits('run')),
        { ...spent, hasUnknownPrice: true, unpricedReplies: 2, possible: { calls: 1, usd: 0.4, tokens: 20_000 } },
        [],
        sharedMoney,
      ),
      'A key is refused, and another model answers': statusComment(atWork({ candidate: null }), spent, [
        {
          modelId: 'anthropic/claude-sonnet-5',
          state: 'open',
          openedAtMs: startedAtMs,
          answeredAgainAtMs: null,
          probeInMs: 5 * minute,
          failures: 1,
          fault: 'unauthorized',
          reason: 'anthropic/claude-sonnet-5: 401 invalid x-api-key',
          inFlight: 0,
          queued: 0,
        },
      ]),
      'A second model reviews': statusComment(atWork({ state: 'review', results: passed }), spent),
      'A patch waits': statusComment(
        atWork({ state: 'awaiting-approval', results: passed, gate: { ...gate, kind: 'patch' }, ...waits('approval') }),
        spent,
      ),
      Complete: statusComment(finished, spent),
      Merged: statusComment(atWork({ ...finished, state: 'archived', epilogue: 'bob merged the pull request' }), spent),
      Stopped: statusComment(stopped, spent),
      'Given up': statusComment(givenUp, spent),
      Expired: statusComment(atWork({ state: 'expired', epilogue: 'nobody approved it in 14 days' }), spent),
    },
  },
  {
    title: 'The pull request',
    shown: {
      'Its text': pullRequestBody(sampleFix(), {
        text: words,
        digest: digestOf(words),
        leftOut: ['1 HTML comment'],
      }),
      'Its status': pullRequestStatus(finished, spent),
      'A plan that goes on by itself': planComment(atWork(), plan, null),
      'A plan that waits': planComment(
        atWork(),
        plan,
        planGateText(atWork({ candidate: null }), 'the ticket is large'),
      ),
      'A plan with a key, and a template that cannot be used': planComment(
        keyed,
        plan,
        null,
        'The template `.ai/templates/plan.md` of this repository is not used: it is no UTF-8 text.',
      ),
      'A plan that a newer one replaced': replacedPlan(`<!-- ai-fix -->\n${planComment(atWork(), plan, null)}`) ?? '',
      'Somebody edited what was shown': askedAgainText(
        atWork({
          gate: {
            ...gate,
            reasons: ['rita edited the issue after it was labelled; the work goes by the words of before'],
          },
        }),
      ),
      'The one reminder': reminderText(atWork({ gate })),
      'A patch that a person has to allow': patchGateComment({
        fix: atWork({ results: passed }),
        reasons: ['`package.json`: it is a manifest', '`test/price.test.ts`: an assertion that stood there is gone'],
        diff: '--- a/package.json\n+++ b/package.json\n@@ -3 +3 @@\n-  "version": "1.0.0"\n+  "version": "1.0.1"\n',
        isCut: false,
        whyTestsChange: 'The issue asks for cents in place of fractions.',
      }),
      'A patch that the reviewer model sends back once too often': patchGateComment({
        fix: atWork({ results: passed }),
        reasons: ['`the review`: the reviewer model would send it back again, after 2 times'],
        diff: '--- a/src/price.ts\n+++ b/src/price.ts\n@@ -1 +1 @@\n-export const cents = 98;\n+export const cents = 99;\n',
        isCut: false,
        whyTestsChange: null,
        objections: '- missing-case: `src/price.ts:12`: a discount of nothing is still rounded.',
      }),
      'Ready for review': completionComment({
        fix: finished,
        attempts: [
          failedAttempt,
          {
            ...sampleAttempt,
            number: 2,
            verdict: { kind: 'passed', text: 'All 42 tests that passed without the patch ran and passed with it.' },
            evidence: seen,
          },
        ],
        spent,
        models: ['anthropic/claude-sonnet-5', 'openai/gpt-6-sol'],
        documents: { folder: '.ai/workflow/AEC-456', whyNot: null },
        findings: '- `src/price.ts:12`: the name `cents` would say more than `value`.',
      }),
      'No test can be written for the bug': evidenceText(
        atWork({ reproduction: unshown('the receipt is printed by a device that the sandbox does not have') }),
        { evidence: { kind: 'none', reason: 'the patch adds no tests that could be run without its change' } },
      ),
      'No test was seen failing': evidenceText(
        atWork({ reproduction: unshown('in 2 tries no test was seen failing on the base') }),
        undefined,
      ),
      'The tests pass without the change as well': evidenceText(atWork(), {
        evidence: { kind: 'unproven', passing: ['price › adds'], failedIn: sampleCandidate.runUrl },
      }),
      'No check keeps a test report': evidenceText(atWork(), {
        evidence: { kind: 'none', reason: noReportsReason },
      }),
      'Evidence is turned off': evidenceText(
        atWork({ policy: { ...policy, evidence: { testFirst: 'off' } } }),
        undefined,
      ),
      'New tests of a feature': evidenceText(atWork({ ticket: { ...sampleTicket, kind: 'feature' } }), {
        evidence: seen,
      }),
      'Given up': abandonedComment({ fix: givenUp, attempts: [failedAttempt], spent, isPublished: false }),
      'Closed because nobody answered': farewellComment(
        atWork({ state: 'expired', epilogue: 'nobody merged or closed the pull request in 30 days' }),
      ),
      'A review thread that was acted on': threadAnswerText(
        { thread: 'T1', isDone: true, text: 'The operands are the other way round now.' },
        sampleCandidate.sha,
      ),
      'An order that led to no change': unchangedText({
        summary: 'Nothing was changed.',
        notDone: 'The name is part of the public contract, so renaming it would break callers.',
      }),
      'A review thread that was not': threadAnswerText(
        { thread: 'T2', isDone: false, text: 'Floats are not what the issue is about.' },
        null,
      ),
    },
  },
  {
    title: 'Answers to commands',
    shown: {
      '/ai-fix help': helpText('ai-fix'),
      '/ai-fix aprove': unknownText({ kind: 'unknown', said: 'aprove', nearest: 'approve' }),
      '/ai-fix approve, but rename it': unknownText({
        kind: 'unknown',
        said: 'approve, but rename it',
        nearest: 'approve',
      }),
      '/ai-fix reject': missingText('reject', '') ?? '',
      '/ai-fix revise': missingText('revise', '') ?? '',
      '/ai-fix approve, where nothing waits': notNowText('approve', atWork()),
      '/ai-fix rebase, before there is a patch': notNowText('rebase', atWork({ state: 'planning' })),
      '/ai-fix retry, while it works': notNowText('retry', atWork()),
      '/ai-fix resume, after a merge': notNowText('resume', atWork({ state: 'archived' })),
      '/ai-fix resume, while a newer fix runs': anotherFixText,
      '/ai-fix stop, where nothing runs': notNowText('stop', stopped),
      '/ai-fix budget $10': budgetText({ ...policy.budget, usd: 10 }, atWork()),
      '/ai-fix budget $10, while it waits for another limit': budgetText(
        { ...policy.budget, usd: 10 },
        atWork({ shortage: { ...shortage, sinceMs: startedAtMs }, ...waits('money') }),
      ),
      '/ai-fix budget attempts 6, after it gave up': budgetText({ ...policy.budget, attempts: 6 }, givenUp),
      '/ai-fix ignore': ignoredText,
      '/ai-fix explain': explanationText(
        finished,
        [
          { event: { type: 'labelled', issue: sampleIssue, by: 'alice' }, atMs: startedAtMs },
          {
            event: { type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest },
            atMs: startedAtMs + minute,
          },
          { event: { type: 'planned', digest: 'd', waitsBecause: null }, atMs: startedAtMs + 2 * minute },
          { event: { type: 'attempt-started', attempt: 1 }, atMs: startedAtMs + 2 * minute },
          {
            event: { type: 'budget-changed', by: 'alice', budget: { usd: 7.5, attempts: 6 } },
            atMs: startedAtMs + 3 * minute,
          },
          { event: { type: 'patched', attempt: 1, asks: [] }, atMs: startedAtMs + 4 * minute },
          {
            event: { type: 'validation-started', attempt: 1, ground: sampleGround, candidate: sampleCandidate },
            atMs: startedAtMs + 4 * minute,
          },
          {
            event: { type: 'judged', attempt: 1, verdict: 'passed', results: passed, reason: '', feedback: '' },
            atMs: startedAtMs + 9 * minute,
          },
          { event: { type: 'reviewed', attempt: 1, opinion: 'accept', feedback: '' }, atMs: startedAtMs + 10 * minute },
          { event: { type: 'proposed', sha: sha('c') }, atMs: startedAtMs + 10 * minute },
        ],
        { spent, models: ['openai/gpt-6-sol'], nowMs: startedAtMs + 75 * minute },
      ),
      'A command where there is no fix': noFixText('ai-fix'),
      'Somebody who may not': refusalText('rita', 'command', 'that takes write access to this repository'),
      'Too many fixes within an hour': limitText('repository', 20, 'ai-fix'),
    },
  },
  {
    title: 'Failing checks',
    shown: {
      'The status while others are still running': statusComment(failing({ ...waits('checks') }), spent),
      'The status while the failing ones run once more': statusComment(
        failing({ ...waits('checks'), recheck: { runs: [{ id: 7, attempt: 1 }], atMs: startedAtMs } }),
        spent,
      ),
      "The status while the repository's own fixers work": statusComment(
        failing({ burst: 'mend', recipe: sampleRecipe, ...waits('run') }),
        { usd: 0, tokens: 0, hasUnknownPrice: false, workedMs: 0 },
      ),
      'Fixers mended it': completionComment({
        fix: failing({ state: 'complete', results: passed, candidate: sampleCandidate }),
        attempts: [mended],
        spent: { usd: 0, tokens: 0, hasUnknownPrice: false, workedMs: 0 },
        models: [],
        findings: '',
      }),
      'The status once their patch passes': statusComment(
        failing({ state: 'review', burst: 'propose', attempt: 0, recipe: sampleRecipe, results: passed }),
        { usd: 0, tokens: 0, hasUnknownPrice: false, workedMs: 0 },
      ),
      'Fixers that write expectations anew': fixersSummaryText(1, [
        { name: 'snapshots', exitCode: 0, changedFiles: 1 },
      ]),
      'A person is asked about those': patchGateComment({
        fix: failing({ state: 'awaiting-approval', attempt: 0, recipe: sampleRecipe }),
        reasons: asksForExpectations(['snapshots']).map(({ path, why }) => `\`${path}\`: ${why}`),
        diff: '-exports[`cart 1`] = `"$2.00"`;\n+exports[`cart 1`] = `"$2.50"`;\n',
        isCut: false,
        whyTestsChange: null,
        isUnreviewed: true,
      }),
      'What is said of their review, where commits go on the branch': fixersReviewText(true),
      'Fixers mended nothing': fixersAsideText(
        ['lint', 'format'],
        'the checks fail with what they changed',
        sampleCandidate.runUrl,
      ),
      'They were flaky': statusComment(failing({ state: 'archived', epilogue: flakyReason(['unit']) }), spent),
      'A newer commit': statusComment(failing({ state: 'stopped', epilogue: supersededBy(sha('e')) }), spent),
      'They pass again': statusComment(failing({ state: 'stopped', epilogue: passAgain(sha('e')) }), spent),
      'The text of the pull request': pullRequestBody(failing({}), null),
      'What the models read, as the pull request shows it': checksBody(
        sampleFailing,
        [
          {
            failure: { check: { ...sampleCheck, name: 'unit', conclusion: 'failure' }, run: null },
            failedSteps: ['Run tests'],
            annotations: [{ path: 'src/price.ts', line: 7, level: 'failure', message: 'expected 1.00, got 0.99' }],
            log: 'not ok 3 - three items cost one\nexpected 1.00, got 0.99',
          },
        ],
        ['slow'],
        5_000,
      ),
      'A patch that can only be told': wordsOnlyText({
        because: forkReason(31),
        summary: 'The discount is rounded once, at the end.',
        notDone: null,
        diff: '--- a/src/price.ts\n+++ b/src/price.ts\n@@ -1 +1 @@\n-round(round(x))\n+round(x)',
        isCut: false,
        plan: '',
      }),
      'A plan that nobody can approve': planAloneText('the ticket is large', '# plan\nRound once, at the end.'),
      'The fault lies in .github': outOfReachText({ why: 'the job asks for a runner that is gone', diff: null }),
      'The commit is on the branch': deliveredText('main', sha('c')),
      'The commit is not let onto the branch': undeliveredText('main'),
      '/ai-fix fix-checks, where nothing fails': noFailingText(0),
      '/ai-fix fix-checks, while checks run': noFailingText(2),
      '/ai-fix fix-checks, in an issue': notAPullRequestText,
      "/ai-fix fix-checks, in a pull request of ai-fix's own": ownPullRequestText,
      '/ai-fix fix-checks, where a pull request waits already': mendsAlreadyText(13),
      'Too many within a day': checksLimitText(3),
    },
  },
  {
    title: 'Setting up',
    shown: {
      'The onboarding pull request': onboardingBody(setUp),
      'After its merge': readyText({ ...setUp, sandbox: { kind: 'usable' } }),
      'After its merge, with a file that cannot be used': unusableText(brokenConfiguration),
      'After it was closed': closedText(),
      'The check of a push with a model that nobody knows': oddConfiguration([
        '`openai/gpt-6-soll is a name that the price registry does not know; its price and context are unknown. Did you mean openai/gpt-6-sol?`',
      ]),
      'The check of a push that breaks the configuration': invalidConfiguration(brokenConfiguration),
      'The line of a fix that starts all the same': lastValidApplies(brokenConfiguration[0] ?? ''),
      "Prompts in the repository's own words, of which one cannot be used": unusablePromptsText([
        '`.ai/prompts/coder.md`: found no prompt of that name; allowed: `code.md`, `debug.md`, …; did you mean `code.md`?',
      ]),
      'A label where no configuration was ever valid': refusedConfiguration(brokenConfiguration),
      'A label before the merge': notYetText(3, null),
      'A label where ai-fix is off': offText(3),
      'The sandbox workflow is missing': missingWorkflowAdvice(
        { repositoryUrl: 'https://github.com/acme/shop', branch: 'main', workflow: 'ai-fix-sandbox.yml' },
        'name: ai-fix sandbox\n',
      ),
      'The sandbox workflow cannot be used': foreignWorkflowAdvice('main', 'it has no input `nonce`'),
    },
  },
];
