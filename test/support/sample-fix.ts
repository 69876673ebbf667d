import type { Attempt } from '../../src/domain/attempt.ts';
import { beginFix } from '../../src/domain/begin-fix.ts';
import type { Candidate } from '../../src/domain/candidate.ts';
import type { FixEvent } from '../../src/domain/event.ts';
import type { CommitCheck, FailingCommit } from '../../src/domain/failing-checks.ts';
import { advance } from '../../src/domain/fix.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { Ground } from '../../src/domain/ground.ts';
import { asSha, type FixId, type Sha } from '../../src/domain/ids.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { PullRequest } from '../../src/domain/pull-request.ts';
import type { Recipe } from '../../src/domain/recipe.ts';
import type { IssueSnapshot, Ticket } from '../../src/domain/ticket.ts';

/** Facts of an ordinary fix, for tests that need one and do not care. Every SHA is one digit, forty times. */

export const sha = (digit: string): Sha => asSha(digit.repeat(40));

export const sampleRepository = { installationId: 7, owner: 'acme', name: 'shop' } as const;

export const sampleIssue: IssueSnapshot = {
  number: 12,
  title: 'The discount is rounded twice',
  body: 'Three items at 0.333 each cost 0.99.',
  author: 'alice',
  url: 'https://github.test/acme/shop/issues/12',
};

export const sampleFailing: FailingCommit = {
  branch: 'main',
  sha: sha('f'),
  pullRequest: null,
  isFork: false,
  orderedBy: null,
  author: { login: 'bob', id: 5 },
};

export const sampleCheck: CommitCheck = {
  id: 1,
  name: 'unit',
  app: 'github-actions',
  state: 'failed',
  conclusion: 'failure',
  url: 'https://github.test/acme/shop/actions/runs/10/job/1',
  said: '',
  annotations: 0,
  suite: 1,
};

export const sampleTicket: Ticket = {
  kind: 'bug',
  complexity: 'small',
  urgency: 'normal',
  value: 'normal',
  title: 'Round the discount once',
  reason: 'One place rounds what another rounds again.',
};

export const sampleGround: Ground = {
  base: sha('a'),
  tip: sha('b'),
  branch: 'ai-fix/12-round-the-discount-once',
  baseBranch: 'main',
};

export const samplePullRequest: PullRequest = {
  number: 13,
  nodeId: 'PR_13',
  isDraft: true,
  url: 'https://github.test/acme/shop/pull/13',
};

export const sampleCandidate: Candidate = {
  sha: sha('c'),
  runId: 99,
  runUrl: 'https://github.test/acme/shop/actions/runs/99',
  dispatchedAtMs: 1_000,
};

export const sampleAttempt: Attempt = {
  number: 1,
  status: 'written',
  base: sampleGround.base,
  overlay: { 'src/price.ts': { kind: 'write', text: 'export const cents = 99;\n', mode: '100644' } },
  summary: { summary: 'The discount is rounded once, at the end.', testsAdded: ['rounds once'], notDone: null },
  candidate: sampleCandidate.sha,
  verdict: null,
};

/** The run of tests that come before the patch. */
export const sampleTestsRun = { tree: 'tests', ...sampleCandidate, sha: sha('e'), runId: 77, dispatch: 1 } as const;

/** The run of fixers, and fixers that were not run yet. */
export const sampleRecipeRun = { tree: 'recipe', ...sampleCandidate, sha: sha('a'), runId: 55, dispatch: 1 } as const;
export const sampleRecipe: Recipe = { fixers: ['lint', 'format'], isFirst: true, run: null, end: null };

/** A fix just begun, with other facts where the test says so. */
export const sampleFix = (facts: Partial<Fix> = {}): Fix => ({
  ...beginFix({
    id: 'f-12-sample01' as FixId,
    repository: sampleRepository,
    issue: sampleIssue,
    requester: 'alice',
    policy: defaultPolicy,
    createdAtMs: 1_000,
  }),
  ...facts,
});

/** A fix with everything a burst of the later states finds. */
export const sampleFixAtWork = (facts: Partial<Fix> = {}): Fix =>
  sampleFix({
    state: 'in-progress',
    ticket: sampleTicket,
    ground: sampleGround,
    pullRequest: samplePullRequest,
    planDigest: 'digest',
    attempt: 1,
    candidate: sampleCandidate,
    ...facts,
  });

/** The fix once all this has happened; what means nothing to it is passed over. */
export const lived = (fix: Fix, ...events: readonly FixEvent[]): Fix =>
  events.reduce((sum, happened) => advance(sum, happened, 2_000)?.fix ?? sum, fix);
