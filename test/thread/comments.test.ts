import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.ts';
import { type Fix, type FixState, fixStates } from '../../src/domain/fix-facts.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { readSandboxWorkflow } from '../../src/steps/read-sandbox-workflow.ts';
import { maxCommentLength } from '../../src/thread/outgoing.ts';
import {
  abandonedComment,
  completionComment,
  planComment,
  pullRequestBody,
  pullRequestTitle,
} from '../../src/thread/pull-request-text.ts';
import { missingWorkflowAdvice, newWorkflowLink } from '../../src/thread/set-up-advice.ts';
import { statusComment } from '../../src/thread/status-comment.ts';
import {
  sampleAttempt,
  sampleFix,
  sampleFixAtWork,
  sampleIssue,
  sampleRecipe,
  sampleTicket,
} from '../support/sample-fix.ts';

const spent = { usd: 1.234, tokens: 12_345, hasUnknownPrice: false, workedMs: 60_000 };
const wellOtherwise = {
  state: 'open',
  openedAtMs: 0,
  answeredAgainAtMs: null,
  probeInMs: 0,
  failures: 1,
  reason: 'sk-1234 is refused',
  inFlight: 0,
  queued: 0,
} as const;
const passed = [{ check: 'test', jobId: 1, conclusion: 'success', failedSteps: [] }];

describe('the status comment', () => {
  const factsOf: Readonly<Record<FixState, Partial<Fix>>> = {
    created: {},
    planning: {},
    'awaiting-approval': {},
    approved: {},
    'in-progress': { wait: { for: 'run', untilMs: 0 } },
    review: { results: passed },
    complete: { results: passed },
    archived: { epilogue: 'bob merged the pull request' },
    stopped: { epilogue: 'bob removed the label' },
    abandoned: { epilogue: 'the money limit of $5.00 is reached' },
    expired: {},
  };

  it.each(fixStates)('in %s names the state, the pull request, the cost and the run', (state) => {
    const text = statusComment(sampleFixAtWork({ state, ...factsOf[state] }), spent);

    expect(text).toContain(`\`${state}\``);
    expect(text).toContain('#13');
    expect(text).toContain('$1.23 of $5.00');
    expect(text).toContain('12,345 tokens');
    expect(text).toContain('https://github.test/acme/shop/actions/runs/99');
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it.each(['created', 'planning', 'awaiting-approval', 'approved', 'in-progress', 'review'] as const)(
    'in %s says how to stop',
    (state) => {
      const text = statusComment(sampleFixAtWork({ state }), spent);

      expect(text).toContain('`/ai-fix stop`');
    },
  );

  it.each([
    ['archived', 'bob merged the pull request'],
    ['stopped', 'bob removed the label'],
    ['abandoned', 'the money limit of $5.00 is reached'],
  ] as const)('in %s says why', (state, reason) => {
    const text = statusComment(sampleFixAtWork({ state, ...factsOf[state] }), spent);

    expect(text).toContain(reason);
  });

  it('that waits for an outage to end says which it is and when it tries again', () => {
    const wait = { for: 'outage', untilMs: Date.UTC(2026, 10, 21, 9, 30) } as const;

    const text = statusComment(sampleFixAtWork({ wait, epilogue: 'openai/gpt: 429 slow down' }), spent);

    expect(text).toContain('openai/gpt: 429 slow down');
    expect(text).toContain('2026-11-21 09:30 UTC');
  });

  it.each([
    ['review', {}, 'a second model reviews it'],
    ['propose', {}, 'was reviewed'],
    ['propose', { attempt: 0, recipe: sampleRecipe }, 'no model reviews that'],
    ['review', { wait: { for: 'outage', untilMs: 0 }, epilogue: 'none answers' }, 'none answers'],
  ] as const)('of a patch that passes speaks of a review only where there is one: %s %j', (burst, facts, words) => {
    const text = statusComment(sampleFixAtWork({ state: 'review', burst, ...facts }), spent);

    expect(text).toContain(words);
    expect(text.includes('model reviews it')).toBe(words.includes('model reviews it'));
  });

  it('says what the admin has to mend while it goes on, and no more once it is over', () => {
    const unwell = [
      { modelId: 'openai/gpt-6-sol', fault: 'unauthorized' as const },
      { modelId: 'anthropic/claude-sonnet-5', fault: 'overloaded' as const },
    ].map((facts) => ({ ...facts, ...wellOtherwise }));

    const atWork = statusComment(sampleFixAtWork(), spent, unwell);
    const over = statusComment(sampleFixAtWork({ state: 'archived' }), spent, unwell);

    expect(atWork).toContain('openai/gpt-6-sol: its key is refused: set another one.');
    expect(atWork).not.toContain('claude-sonnet-5');
    expect(over).not.toContain('its key is refused');
  });

  it('that waits for an approval says how to give it', () => {
    expect(statusComment(sampleFixAtWork({ state: 'awaiting-approval' }), spent)).toContain('`/ai-fix approve`');
  });

  it('of a refused repository says what to do about it', () => {
    const text = statusComment(
      sampleFixAtWork({ state: 'stopped', epilogue: 'empty', advice: 'Push a commit.' }),
      spent,
    );

    expect(text).toContain('Push a commit.');
  });

  it('calls a cost with an unknown price a lower bound', () => {
    const text = statusComment(sampleFixAtWork(), { ...spent, hasUnknownPrice: true });

    expect(text).toContain('at least $1.23');
  });

  it('shows each check that did not succeed with its conclusion', () => {
    const results = [...passed, { check: 'lint', jobId: 2, conclusion: 'timed_out', failedSteps: [] }];

    const text = statusComment(sampleFixAtWork({ results }), spent);

    expect(text).toMatch(/test ✅, lint ❌ timed_out/);
  });

  it('pings nobody with a reason that strangers worded', () => {
    const texts = fixStates.map((state) =>
      statusComment(sampleFixAtWork({ state, epilogue: 'ask @everyone <!-- x' }), spent),
    );

    expect(texts.filter((text) => /@everyone|<!--/.test(text))).toEqual([]);
  });
});

const huge = `@everyone \`\`\`\n${'x'.repeat(100_000)}`;
const hugeAttempt = (number: number): Attempt => ({
  ...sampleAttempt,
  number,
  summary: { summary: huge, testsAdded: Array.from({ length: 50 }, () => 't\n\n@everyone'.repeat(20)), notDone: huge },
  verdict: { kind: 'failed', text: huge },
});
const attempts = Array.from({ length: 20 }, (_, index) => hugeAttempt(index + 1));

describe('the comment that offers the patch', () => {
  const facts = {
    fix: sampleFixAtWork({ results: passed }),
    attempts: [sampleAttempt],
    spent,
    models: ['openai/gpt-6-sol'],
    findings: '',
  };

  it('has the evidence: checks, commit, run, tests, cost and models', () => {
    const text = completionComment(facts);

    for (const fact of [
      '| test | success |',
      'cccccccccccc',
      'actions/runs/99',
      '`rounds once`',
      '$1.23',
      '`openai/gpt-6-sol`',
    ])
      expect(text).toContain(fact);
  });

  it('counts the attempts that did not pass', () => {
    const failed = { ...sampleAttempt, verdict: { kind: 'failed', text: '' } } as const;

    expect(completionComment({ ...facts, attempts: [failed, failed, sampleAttempt] })).toContain('2 earlier attempts');
    expect(completionComment({ ...facts, attempts: [failed, sampleAttempt] })).toContain('1 earlier attempt did');
  });

  it('says what was left out and what the reviewer remarked', () => {
    const attempt = { ...sampleAttempt, summary: { summary: 'Done.', testsAdded: [], notDone: 'The other currency' } };

    const text = completionComment({ ...facts, attempts: [attempt], findings: '- `a.ts`: a typo' });

    expect(text).toContain('The other currency');
    expect(text).toContain('a typo');
    expect(text).toContain('No test was added');
  });

  it('fits into a comment, whatever the models wrote, and pings nobody', () => {
    const text = completionComment({ ...facts, attempts, findings: huge });

    expect(text.length).toBeLessThan(maxCommentLength - 200);
    expect(text.replaceAll(/`[^`\n]+`/g, '')).not.toContain('@everyone');
    expect(text).toContain('Cost $1.23');
  });
});

describe('the comment that gives up', () => {
  const fix = sampleFixAtWork({ state: 'abandoned', epilogue: 'the limit of 4 attempts is reached' });

  it('says why, what was tried with the verdicts, and the cost', () => {
    const failed = { ...sampleAttempt, verdict: { kind: 'failed', text: 'expected 99, got 98' } } as const;

    const text = abandonedComment({ fix, attempts: [failed], spent, isPublished: false });

    for (const fact of ['The limit of 4 attempts is reached', 'Attempt 1: failed', 'expected 99, got 98', '$1.23'])
      expect(text).toContain(fact);
  });

  it('says so when nothing was tried', () => {
    const text = abandonedComment({ fix, attempts: [], spent, isPublished: false });

    expect(text).toContain('No attempt was made');
    expect(text).toContain('No code was put on the branch');
  });

  it('says so when the branch holds a validated commit all the same', () => {
    const text = abandonedComment({ fix, attempts: [sampleAttempt], spent, isPublished: true });

    expect(text).toContain('validated commit is on the branch');
  });

  it('fits into a comment with all its attempts, whatever the models wrote', () => {
    const text = abandonedComment({ fix, attempts, spent, isPublished: false });

    expect(text.length).toBeLessThan(maxCommentLength - 200);
    expect(text.match(/<details>/g)).toHaveLength(20);
    expect(text.match(/<\/details>/g)).toHaveLength(20);
    expect(text).toMatch(/Cost \$1\.23[^\n]*$/);
  });
});

describe('the pull request', () => {
  it.each([
    ['bug', 'fix: round the discount once'],
    ['feature', 'feat: round the discount once'],
    ['chore', 'chore: round the discount once'],
  ] as const)('of a %s has a conventional title', (kind, title) => {
    expect(pullRequestTitle({ ...sampleTicket, kind }, sampleFix())).toBe(title);
  });

  it('has a title of one line that pings nobody', () => {
    const title = pullRequestTitle({ ...sampleTicket, title: 'Fix\n\n@everyone <!-- x -->' }, sampleFix());

    expect(title).toMatch(/^fix: \S.*$/);
    expect(title).not.toMatch(/@everyone|<!--/);
  });

  it('has a title by the pattern of the repository, which skips no checks and is one line', () => {
    const titled = (title: string, issueTitle = 'AEC-9 sum') =>
      pullRequestTitle(sampleTicket, {
        policy: {
          ...defaultPolicy,
          pullRequests: { ...defaultPolicy.pullRequests, title },
          externalKeys: { prefixes: ['AEC'], link: null },
        },
        issue: { ...sampleIssue, title: issueTitle },
      });

    expect(titled('[{key}] {title} (#{number})')).toBe('[AEC-9] Round the discount once (#12)');
    expect(titled('[{key}] {title} (#{number})', 'no key')).toBe('Round the discount once (#12)');
    expect(titled('[skip ci]\n{title}')).not.toMatch(/\[skip ci\]|\n/);
    expect(titled(`${'x'.repeat(190)} {title} {title} {title}`).length).toBeLessThan(256);
  });

  it.each([
    ['Fixes', /^Fixes #12 \(/],
    ['Resolves', /^Resolves #12 \(/],
    ['none', /^For #12 \(/],
  ] as const)('with %s for its word begins so, with the link of the key as the admin wrote it', (closing, begin) => {
    const policy = {
      ...defaultPolicy,
      pullRequests: { ...defaultPolicy.pullRequests, closing },
      externalKeys: { prefixes: ['AEC'], link: 'https://tracker.test/browse/{key}?a=1&b=2' },
    };

    const body = pullRequestBody(sampleFix({ policy, issue: { ...sampleIssue, title: 'AEC-9' } }), null);

    expect(body).toMatch(begin);
    expect(body).toContain('([AEC-9](<https://tracker.test/browse/AEC-9?a=1&amp;b=2>)), on the order of alice.');
  });

  it('closes its issue', () => {
    expect(pullRequestBody(sampleFix(), null)).toMatch(/^Closes #12\b/);
  });

  it('has the gate after a plan, also when the plan leaves a code block open', () => {
    const text = planComment(sampleFix(), { kind: 'plan', markdown: '# Plan\n\n```ts\nconst a = 1;' }, 'THE GATE');

    expect(text).toMatch(/^## Plan\n[\s\S]*const a = 1;\n```\n\n---\nTHE GATE$/);
  });
});

describe('the link to a new sandbox workflow', () => {
  const template = readFileSync(new URL('../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8');

  it('decodes to the template, letter by letter', () => {
    const odd = 'a: "b & c = d # e + f % g"\n\t🙂 [x](y) `z`\n';

    const url = new URL(newWorkflowLink('https://github.test/acme/shop', 'release/1.x', 'ai-fix-sandbox.yml', odd));

    expect(decodeURIComponent(url.pathname)).toBe('/acme/shop/new/release/1.x');
    expect(url.searchParams.get('filename')).toBe('.github/workflows/ai-fix-sandbox.yml');
    expect(url.searchParams.get('value')).toBe(odd);
  });

  it('in the advice holds a workflow that ai-fix can use, and is short enough for GitHub', () => {
    const place = { repositoryUrl: 'https://github.test/acme/shop', branch: 'main', workflow: 'ai-fix-sandbox.yml' };

    const advice = missingWorkflowAdvice(place, template);

    const link = /\]\((\S+)\)/.exec(advice)?.[1] ?? '';
    const value = new URL(link).searchParams.get('value') ?? '';
    const path = '.github/workflows/ai-fix-sandbox.yml';
    // What fixers need does not go into an address as well.
    expect(readSandboxWorkflow(value, path)).toEqual({ ...readSandboxWorkflow(template, path), fixers: [] });
    expect(readSandboxWorkflow(value, path).ok).toBe(true);
    expect(link.length).toBeLessThan(8_000);
    expect(advice).toContain(template);
  });
});
