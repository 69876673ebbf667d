import { sayLimit } from './budget.ts';
import type { Ask, EventOf, EventType, FixEvent, WaitReason } from './event.ts';
import { type Fix, type Gate, isOver } from './fix-facts.ts';
import type { Patience } from './policy.ts';
import { sayShortage } from './purse.ts';
import { overOutages, rememberOutage, rememberWaking } from './remember-outage.ts';
import { calledIn, judgeRecipe, recipePatched, rememberRecipe } from './remember-recipe.ts';
import { notReproduced, rememberReproduction, testAnew } from './remember-reproduction.ts';
import { limits } from './turning-points.ts';

/** What did not happen in time, as the last comment says it. */
const missed: Partial<Record<WaitReason, (patience: Patience) => string>> = {
  approval: ({ approvalDays }) => `nobody approved it in ${approvalDays} days`,
  merge: ({ staleDays }) => `nobody merged or closed the pull request in ${staleDays} days`,
};

/** What may happen between two outages of one burst, or two lacks of money; anything else means that it got through. */
const keepsOutages: readonly EventType[] = [
  'outage',
  'money-short',
  'deadline-passed',
  'budget-changed',
  'attempt-started',
  'reproduction-begun',
];

/** The facts an event adds, whatever comes next. */
export function remember(before: Fix, event: FixEvent): Fix {
  const fix = keepsOutages.includes(event.type) ? before : overOutages(before);
  switch (event.type) {
    case 'refused':
      return { ...halted(fix), epilogue: event.reason, advice: event.message };
    case 'opened':
      return {
        ...fix,
        ticket: event.ticket,
        ground: event.ground,
        pullRequest: event.pullRequest,
        keepsReports: event.keepsReports ?? false,
      };
    case 'checks-failed':
      return { ...fix, origin: { kind: 'checks', failing: event.failing } };
    case 'checks-repeated':
      return { ...fix, recheck: event.recheck };
    case 'checks-diagnosed':
      return {
        ...fix,
        issue: event.issue,
        recipe: event.recipe === undefined ? null : { ...event.recipe, ...untried },
      };
    case 'recipe-dispatched':
    case 'recipe-fruitless':
      return rememberRecipe(fix, event);
    case 'checks-recovered':
    case 'told':
      return { ...fix, epilogue: event.reason };
    case 'opened-for-words':
      return { ...fix, ticket: event.ticket, ground: event.ground, wordsBecause: event.because };
    case 'delivered':
      return { ...published(fix, event), epilogue: `the validated commit is on \`${event.branch}\`` };
    case 'planned':
      return { ...fix, planDigest: event.digest, isPlanPartial: event.isPartial ?? false, ...planGate(fix, event) };
    case 'asked':
      return { ...fix, gate: gateOf(fix, event), isReminded: false };
    case 'words-changed':
      return { ...fix, gate: fix.gate === null ? null : { ...fix.gate, ...voidBy(event) } };
    case 'reproduction-begun':
      return { ...fix, reproduction: fix.reproduction ?? notReproduced };
    case 'reproduction-dispatched':
    case 'reproduced':
    case 'reproduction-failed':
    case 'reproduction-void':
    case 'unreproducible':
      return rememberReproduction(fix, event);
    case 'attempt-started':
      return { ...fix, attempt: Math.max(fix.attempt, event.attempt) };
    case 'attempt-failed':
      return judgeRecipe({ ...fix, ground: event.ground, feedback: event.feedback, soFar: null }, event);
    case 'patched': {
      const patched = { ...fix, voidRuns: 0, asks: event.asks, chosenChecks: event.checks ?? null, soFar: null };
      return recipePatched(patched, event.attempt);
    }
    case 'validation-started':
      return { ...fix, ground: event.ground, candidate: event.candidate, results: [] };
    case 'judged':
      return judgeRecipe(judged(fix, event), event);
    case 'partly-passed':
      return {
        ...fix,
        results: event.results,
        // What the patch was sent back for is not settled by some of the checks.
        soFar: event.word,
        partialPasses: fix.partialPasses + 1,
        // The attempt goes on under another number; it is not spent, within bounds.
        attemptsBefore: fix.attemptsBefore + (fix.partialPasses < limits.partial ? 1 : 0),
      };
    case 'reviewed':
      return judgeRecipe(reviewed(fix, event), event);
    case 'proposed':
      return published(fix, event);
    case 'pull-request-closed':
      return { ...halted(fix), epilogue: `${event.by} ${event.isMerged ? 'merged' : 'closed'} the pull request` };
    case 'stop-requested':
    case 'faulted':
      return { ...halted(fix), epilogue: event.reason };
    case 'budget-reached':
      return { ...halted(fix), epilogue: saidLimit(fix, event) };
    case 'outage':
      return { ...rememberOutage(halted(fix), event), recipe: calledIn(fix, event) };
    case 'money-short': {
      const sinceMs = fix.shortage?.sinceMs ?? event.atMs;
      return { ...halted(fix), shortage: { ...event.shortage, sinceMs }, epilogue: sayShortage(event.shortage) };
    }
    case 'approved':
      return openGate(fix, event);
    case 'deadline-passed':
      return {
        ...rememberWaking(halted(fix), event),
        epilogue: missed[event.waitingFor]?.(fix.policy.patience) ?? fix.epilogue,
      };
    case 'rejected':
      return rejected(fix, event);
    case 'plan-asked':
      return planAnew({ ...fix, planNotes: withNote(fix, event.notes), settledDocuments: [], feedback: null });
    case 'revision-asked':
      return asked(fix, `${event.by} asks for this change of the patch:\n\n${event.what}`);
    case 'revision-begun':
      return {
        ...anew(fix),
        ground: event.ground,
        revision: event.feedback,
        feedback: null,
        threads: event.threads,
        hasOrders: event.hasOrders ?? false,
        reviewers: event.reviewers ?? [],
        orders: [],
        pendingReviews: without(fix, event.reviews),
      };
    case 'review-submitted':
      return { ...fix, pendingReviews: [...new Set([...fix.pendingReviews, event.review])].slice(-maxPending) };
    case 'left-alone':
      return {
        ...fix,
        pendingReviews: without(fix, event.reviews ?? []),
        threads: [],
        hasOrders: false,
        revision: null,
      };
    case 'rebase-asked':
      return {
        ...fix,
        moves: 0,
        ...(fix.gate?.kind === 'patch' ? { gate: null } : {}),
        ...(fix.state === 'complete' ? countAnew(fix) : {}),
      };
    case 'moved':
      return { ...fix, ground: event.ground, moves: fix.moves + 1, gate: null, voidRuns: 0 };
    case 'reopened':
      return {
        ...fix,
        ground: event.ground,
        pullRequest: event.pullRequest,
        // Its runs were cancelled.
        reproduction: fix.reproduction === null ? null : { ...fix.reproduction, run: null, base: null },
        recipe: fix.recipe === null ? null : { ...fix.recipe, run: null },
      };
    case 'reminded':
      return { ...fix, isReminded: true };
    case 'retry-asked':
      return {
        ...resumed(fix),
        attemptsBefore: Math.max(fix.attemptsBefore, fix.attempt + 1 - fix.policy.budget.attempts),
      };
    case 'resume-asked':
      return resumed(fix);
    case 'budget-changed':
      return { ...fix, policy: { ...fix.policy, budget: { ...fix.policy.budget, ...event.budget } } };
    case 'labelled':
    case 'checks-changed':
    case 'checks-pending':
    case 'run-finished':
    case 'still-running':
    case 'farewell-said':
      return fix;
  }
}

/** Of the fixers, before anybody ran them. */
const untried = { run: null, end: null } as const;

const judged = (fix: Fix, event: EventOf<'judged'>): Fix => ({
  ...fix,
  results: event.results,
  asks: [...fix.asks, ...(event.asks ?? [])],
  feedback: event.verdict === 'failed' ? event.feedback : fix.feedback,
  unproven: fix.unproven + (event.isUnproven === true ? 1 : 0),
  voidRuns: event.verdict === 'void' ? fix.voidRuns + 1 : fix.voidRuns,
  epilogue: event.verdict === 'void' ? event.reason : fix.epilogue,
  halted: fix.burst,
});

/** A patch that is sent back once too often goes to a person all the same, with the objections. */
function reviewed(fix: Fix, { opinion, feedback }: EventOf<'reviewed'>): Fix {
  const sendBacks = fix.sendBacks + (opinion === 'send-back' ? 1 : 0);
  if (opinion === 'accept') return { ...fix, feedback, epilogue: null };
  if (opinion === 'send-back' && sendBacks > limits.sendBacks)
    return {
      ...fix,
      feedback,
      sendBacks,
      epilogue: null,
      asks: [...fix.asks.filter(({ path }) => path !== dispute.path), dispute],
    };
  const epilogue = `the reviewer model did not accept the patch: ${feedback}`;
  // A patch that the reviewer refused is no place to go on from.
  return { ...fix, feedback, sendBacks, epilogue, halted: 'attempt' };
}

const dispute: Ask = {
  path: 'the review',
  why: `the reviewer model would send it back again, after ${limits.sendBacks} times`,
};

/** Whether the reviewer model still objects to the patch: then only a person may say that it is good enough. */
export const isDisputed = ({ gate, asks }: Pick<Fix, 'gate' | 'asks'>): boolean =>
  gate?.kind === 'patch' && asks.some(({ path }) => path === dispute.path);

const without = ({ pendingReviews }: Fix, taken: readonly number[]): readonly number[] =>
  pendingReviews.filter((review) => !taken.includes(review));

const maxPending = 50;
const maxNotes = 8;

/** Where it would go on, should somebody resume it. What says farewell is no place to go on from. */
function halted(fix: Fix): Fix {
  if (fix.burst === 'conclude' || fix.burst === 'reopen') return fix;
  // However it came to be complete: there it goes on.
  return { ...fix, halted: fix.state === 'complete' ? 'propose' : fix.burst };
}

const withNote = ({ planNotes }: Fix, note: string | null): readonly string[] =>
  note === null ? planNotes : [...planNotes, note].slice(-maxNotes);

/** What was spent of attempts before an order counts no more; money and tokens do. */
const countAnew = ({ attempt }: Fix) => ({
  attemptsBefore: attempt,
  sendBacks: 0,
  voidRuns: 0,
  unproven: 0,
  partialPasses: 0,
  soFar: null,
});

/** A person ordered further work: its attempts count from here, and what is under way is not gone on with. */
const anew = (fix: Fix): Fix => ({
  ...fix,
  round: fix.round + 1,
  ...countAnew(fix),
  moves: 0,
  gate: null,
  isReminded: false,
});

/** The test that comes first followed the plan of before, so it comes anew too, or is not spoken of any more. */
const planAnew = (fix: Fix): Fix => ({ ...anew(fix), reproduction: testAnew(fix) });

/** Before there is code it is the plan that changes; after the proposal the burst that gathers says what to do. */
function asked(fix: Fix, feedback: string): Fix {
  if (fix.state === 'complete' || fix.burst === 'revise')
    return { ...fix, orders: [...fix.orders, feedback].slice(-maxNotes), sentBackTo: 'gathering' };
  if (fix.state === 'planning' || fix.gate?.kind === 'plan')
    return planAnew({ ...fix, planNotes: withNote(fix, feedback), sentBackTo: 'plan' });
  return changed(fix, feedback);
}

function rejected(fix: Fix, { by, why }: EventOf<'rejected'>): Fix {
  switch (fix.gate?.kind) {
    case undefined:
      return fix;
    case 'input':
      return { ...fix, gate: null, epilogue: `${by} does not want these words: ${why}` };
    case 'plan':
      return planAnew({ ...fix, planNotes: withNote(fix, `${by} rejected the plan: ${why}`), sentBackTo: 'plan' });
    case 'patch':
      return changed(fix, `${by} rejected the patch: ${why}`);
  }
}

/** The patch is to be changed; what was ordered before and is not offered yet still holds. */
const changed = (fix: Fix, order: string): Fix => ({
  ...anew(fix),
  // Before the first attempt the order is the test's too.
  reproduction: fix.attempt === 0 ? testAnew(fix) : fix.reproduction,
  revision: [fix.revision, order].filter((text) => text !== null).join('\n\n'),
  hasOrders: true,
  sentBackTo: 'patch',
  feedback: null,
});

function published(fix: Fix, { sha }: EventOf<'proposed' | 'delivered'>): Fix {
  const { pullRequest, ground } = fix;
  return {
    ...fix,
    pullRequest: pullRequest === null ? null : { ...pullRequest, isDraft: false },
    ground: ground === null ? null : { ...ground, tip: sha, merges: null },
    published: sha,
    gate: null,
    threads: [],
    hasOrders: false,
    reviewers: [],
    revision: null,
    moves: 0,
    epilogue: null,
  };
}

const resumed = (fix: Fix): Fix => ({
  ...fix,
  lives: fix.lives + (isOver(fix.state) ? 1 : 0),
  // A patch that a person was asked about comes back to that person: its review is not fought out again.
  sendBacks: fix.gate?.kind === 'patch' ? fix.sendBacks : 0,
  voidRuns: 0,
  outages: 0,
  shortage: null,
  moves: 0,
  isReminded: false,
  epilogue: null,
  advice: null,
});

/** Money that is kept for those after a role is not spent, and a patch that passed is worth a larger budget. */
function saidLimit({ state, policy }: Fix, { limit, isShare = false }: EventOf<'budget-reached'>): string {
  const kept = isShare ? ', but for the part that is kept for the work after this' : '';
  const passed = state === 'review' ? '; the patch passed the checks, but could not be reviewed any more' : '';
  return `${sayLimit(limit, policy.budget)} is reached${kept}${passed}`;
}

function planGate(
  { settledDocuments }: Fix,
  event: EventOf<'planned'>,
): Pick<Fix, 'gate' | 'isReminded' | 'settledDocuments'> {
  const { digest, waitsBecause, words = null, shownIn = null, document = 'plan', settles = [] } = event;
  if (waitsBecause === null)
    return { gate: null, isReminded: false, settledDocuments: [...settledDocuments, ...settles] };
  const gate: Gate = { kind: 'plan', digest, reasons: [waitsBecause], words, shownIn, document, settles };
  return { gate, isReminded: false, settledDocuments };
}

const voidBy = ({ words, reason }: EventOf<'words-changed'>): Partial<Gate> => ({
  isVoid: true,
  words,
  reasons: [reason],
});

/** A gate that is asked about again keeps the document it waits for. */
function gateOf(fix: Fix, { gate: kind, digest, reasons, words, shownIn = null }: EventOf<'asked'>): Gate {
  const { document, settles = [] } = fix.gate ?? {};
  const ofPlan = kind === 'plan' && document !== undefined ? { document, settles } : {};
  return { kind, digest, reasons, words, shownIn, ...ofPlan };
}

/** An approval of something else than what the gate shows opens nothing. */
function openGate(fix: Fix, { by, digest }: EventOf<'approved'>): Fix {
  const { gate } = fix;
  if (gate === null || gate.isVoid === true || gate.digest !== digest) return fix;
  const approvals = [...fix.approvals, { gate: gate.kind, digest, by }];
  const settledDocuments = [...fix.settledDocuments, ...(gate.settles ?? [])];
  return {
    ...fix,
    approvals,
    settledDocuments,
    gate: null,
    isReminded: false,
    confirmedWords: gate.words ?? fix.confirmedWords,
  };
}
