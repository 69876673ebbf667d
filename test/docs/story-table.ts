import { beginFix } from '../../src/domain/begin-fix.ts';
import type { EventType, FixEvent } from '../../src/domain/event.ts';
import { story } from '../../src/domain/fix.ts';
import { type Fix, fixStates } from '../../src/domain/fix-facts.ts';
import { asSha, type FixId } from '../../src/domain/ids.ts';
import { limits, type Next } from '../../src/domain/next.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { remember } from '../../src/domain/remember.ts';
import type { WaitReason } from '../../src/domain/wait.ts';

/**
 * The story as a Markdown table, found by asking the code: every event is put to every state in a few telling
 * variants of the facts, and what comes out stands in the table.
 */
export function renderStory(): string {
  const rows = fixStates.flatMap((state) => eventTypes.flatMap((type) => rowOf(state, type)));
  return ['| in state | on event | goes to | and starts |', '|---|---|---|---|', ...rows].join('\n');
}

function rowOf(state: Fix['state'], type: EventType): string[] {
  const decide = story[state][type] as ((fix: Fix, event: FixEvent) => Next | null) | undefined;
  if (decide === undefined) return [];
  const nexts = variantsOf(type).flatMap((event) => facts(state).map((fix) => decide(remember(fix, event), event)));
  const told = [...new Set(nexts.filter((next) => next !== null).map(describe))];
  return told.map((next) => `| \`${state}\` | \`${type}\` | ${next} |`);
}

function describe(next: Next): string {
  const waits =
    next.keepsWait === true ? 'keeps waiting' : next.wait === undefined ? '–' : `waits for ${next.wait.for}`;
  const then = next.burst === undefined ? waits : `\`${next.burst}\``;
  return `\`${next.state}\` | ${then}`;
}

const sha = asSha('a'.repeat(40));
const ground = { base: sha, tip: sha, branch: 'ai-fix/1-x', baseBranch: 'main' };
const failing = { branch: 'main', sha, pullRequest: null, isFork: false, orderedBy: null, author: null };
const candidate = { sha, runId: 7, runUrl: '', dispatchedAtMs: 0 };
const testsRun = { tree: 'tests', ...candidate, dispatch: 1 } as const;
const recipeRun = { tree: 'recipe', ...candidate, dispatch: 1 } as const;
const recipe = { fixers: ['format'], isFirst: true, run: recipeRun, end: null } as const;
const bug = { kind: 'bug', complexity: 'small', urgency: 'low', value: 'low', title: 'ttt', reason: '' } as const;
const reproduction = { failures: 0, feedback: null, run: null, base: null, end: null };

/** The burst that last ran when a fix is in a state: what an outage there runs again. */
const burstOf: Readonly<Record<Fix['state'], Fix['burst']>> = {
  created: 'open',
  planning: 'plan',
  'awaiting-approval': 'plan',
  approved: 'attempt',
  'in-progress': 'attempt',
  review: 'review',
  complete: 'propose',
  archived: 'conclude',
  stopped: 'conclude',
  abandoned: 'conclude',
  expired: 'conclude',
};

/** Fresh and at every limit, in each kind of wait. */
function facts(state: Fix['state']): Fix[] {
  const issue = { number: 1, title: 't', body: '', author: 'a', url: '' };
  const repository = { installationId: 1, owner: 'o', name: 'r' };
  const fix = beginFix({
    id: 'f-1' as FixId,
    repository,
    issue,
    requester: 'a',
    policy: defaultPolicy,
    createdAtMs: 0,
  });
  const pullRequest = { number: 2, nodeId: 'n', isDraft: true, url: '' };
  const fresh: Fix = { ...fix, state, burst: burstOf[state], planDigest: 'd', ground, candidate, pullRequest };
  const spent = {
    voidRuns: limits.voidRuns,
    sendBacks: limits.sendBacks + 1,
    outages: limits.outages + 1,
    moves: limits.moves + 1,
    isReminded: true,
  };
  return waits.flatMap((wait) =>
    [
      fresh,
      { ...fresh, ticket: bug, keepsReports: true },
      { ...fresh, ticket: bug, keepsReports: true, reproduction: { ...reproduction, run: testsRun } },
      { ...fresh, ticket: bug, keepsReports: true, reproduction: { ...reproduction, failures: 1 }, ...spent },
      { ...fresh, recipe, candidate: null },
      { ...fresh, recipe: { ...recipe, isFirst: false, run: null } },
      { ...fresh, ...spent, recipe: { ...recipe, end: { kind: 'patched' as const } } },
      { ...fresh, ...spent },
      { ...fresh, ground: null, pullRequest: null, candidate: null },
      { ...fresh, wordsBecause: 'w', pullRequest: null },
      { ...fresh, isPlanPartial: true, published: sha },
      { ...fresh, published: sha, pendingReviews: [1] },
      ...halts.map((halted) => ({ ...fresh, halted, published: sha })),
      ...gates.flatMap((gate) => [
        { ...fresh, gate },
        { ...fresh, gate, ticket: bug, keepsReports: true },
        { ...fresh, gate, isPlanPartial: true },
        { ...fresh, gate, recipe: { ...recipe, end: { kind: 'patched' as const } } },
        { ...fresh, gate, ground: null, pullRequest: null },
      ]),
    ].map((one) => ({
      ...one,
      wait: { for: wait, untilMs: 1 },
    })),
  );
}

const halts = ['harvest', 'attempt', 'judge', 'propose', 'revise', 'rebase'] as const;

const gates = (['input', 'plan', 'patch'] as const).map((kind) => ({ kind, digest: 'd', reasons: [], words: null }));

const waits: readonly WaitReason[] = ['approval', 'run', 'outage', 'money', 'merge', 'checks'];

const examples: { readonly [T in EventType]: readonly Extract<FixEvent, { type: T }>[] } = {
  labelled: [{ type: 'labelled', issue: { number: 1, title: 't', body: '', author: 'a', url: '' }, by: 'a' }],
  'checks-failed': [{ type: 'checks-failed', failing }],
  'checks-changed': [{ type: 'checks-changed' }],
  'checks-pending': [{ type: 'checks-pending', againInMs: 1 }],
  'checks-repeated': [{ type: 'checks-repeated', recheck: { runs: [], atMs: 0 }, againInMs: 1 }],
  'checks-diagnosed': [{ type: 'checks-diagnosed', issue: { number: 1, title: 't', body: '', author: 'a', url: '' } }],
  'recipe-dispatched': [{ type: 'recipe-dispatched', ground, run: recipeRun }],
  'recipe-fruitless': [{ type: 'recipe-fruitless', reason: 'r' }],
  'checks-recovered': [{ type: 'checks-recovered', reason: 'r' }],
  refused: [{ type: 'refused', reason: 'r', message: 'm' }],
  opened: [
    {
      type: 'opened',
      ticket: bug,
      ground,
      pullRequest: { number: 2, nodeId: 'n', isDraft: true, url: '' },
    },
  ],
  'opened-for-words': [
    {
      type: 'opened-for-words',
      ticket: bug,
      ground,
      because: 'w',
    },
  ],
  told: [{ type: 'told', reason: 'r' }],
  planned: [
    { type: 'planned', digest: 'd', waitsBecause: null },
    { type: 'planned', digest: 'd', waitsBecause: 'the ticket is large' },
  ],
  approved: [{ type: 'approved', by: 'a', digest: 'd' }],
  'reproduction-begun': [{ type: 'reproduction-begun', number: 1 }],
  'reproduction-dispatched': [{ type: 'reproduction-dispatched', ground, run: testsRun, base: null }],
  reproduced: [{ type: 'reproduced', reproduced: { tests: [], runUrl: '', digest: 'd', base: sha } }],
  'reproduction-failed': [{ type: 'reproduction-failed', ground, feedback: '' }],
  'reproduction-void': [{ type: 'reproduction-void', reason: 'r' }],
  unreproducible: [{ type: 'unreproducible', reason: 'r' }],
  'partly-passed': [{ type: 'partly-passed', attempt: 1, results: [], word: '' }],
  'attempt-started': [{ type: 'attempt-started', attempt: 1 }],
  rejected: [{ type: 'rejected', by: 'a', why: 'w' }],
  'plan-asked': [{ type: 'plan-asked', by: 'a', notes: null }],
  'revision-asked': [{ type: 'revision-asked', by: 'a', what: 'w' }],
  'rebase-asked': [{ type: 'rebase-asked', by: 'a' }],
  'retry-asked': [{ type: 'retry-asked', by: 'a' }],
  'resume-asked': [{ type: 'resume-asked', by: 'a' }],
  'budget-changed': [{ type: 'budget-changed', by: 'a', budget: { usd: 1 } }],
  'review-submitted': [{ type: 'review-submitted', review: 1, by: 'a' }],
  'words-changed': [{ type: 'words-changed', reason: 'r', words: 'w' }],
  'revision-begun': [{ type: 'revision-begun', ground, feedback: '', threads: [], reviews: [] }],
  'left-alone': [{ type: 'left-alone', note: null }],
  moved: [{ type: 'moved', ground }],
  reopened: [{ type: 'reopened', ground, pullRequest: { number: 2, nodeId: 'n', isDraft: true, url: '' } }],
  reminded: [{ type: 'reminded' }],
  asked: [{ type: 'asked', gate: 'patch', digest: 'd', reasons: ['r'], words: null }],
  patched: [{ type: 'patched', attempt: 1, asks: [] }],
  'attempt-failed': [0, 1].map((attempt) => ({ type: 'attempt-failed', attempt, ground, feedback: '' })),
  'validation-started': [{ type: 'validation-started', attempt: 1, ground, candidate }],
  'run-finished': [{ type: 'run-finished', runId: 7 }],
  'still-running': [{ type: 'still-running', remainingMs: 1 }],
  judged: (['passed', 'failed', 'void'] as const).flatMap((verdict) =>
    [0, 1].map((attempt) => ({ type: 'judged', attempt, verdict, results: [], reason: '', feedback: '' }) as const),
  ),
  reviewed: (['accept', 'send-back', 'veto'] as const).flatMap((opinion) =>
    [0, 1].map((attempt) => ({ type: 'reviewed', attempt, opinion, feedback: '' }) as const),
  ),
  proposed: [{ type: 'proposed', sha }],
  delivered: [{ type: 'delivered', sha, branch: 'main' }],
  'pull-request-closed': [
    { type: 'pull-request-closed', isMerged: true, by: 'a' },
    { type: 'pull-request-closed', isMerged: false, by: 'a' },
  ],
  'stop-requested': [{ type: 'stop-requested', by: 'a', reason: '' }],
  'budget-reached': [{ type: 'budget-reached', limit: 'usd' }],
  'money-short': [
    {
      type: 'money-short',
      shortage: {
        purse: 'repository-day',
        limit: 'usd',
        amount: 1,
        spent: 1,
        held: 0,
        waitsFor: 'period',
        endsAtMs: 1,
      },
      atMs: 0,
      retryInMs: 1,
    },
  ],
  outage: (['github', 'models'] as const).map((of) => ({ type: 'outage', of, reason: '', retryInMs: 1 })),
  faulted: [
    { type: 'faulted', reason: '' },
    { type: 'faulted', reason: '', of: 'models' },
  ],
  'deadline-passed': waits.map((waitingFor) => ({ type: 'deadline-passed', waitingFor })),
  'farewell-said': [{ type: 'farewell-said' }],
};
const eventTypes = Object.keys(examples) as EventType[];
const variantsOf = (type: EventType): readonly FixEvent[] => examples[type];
