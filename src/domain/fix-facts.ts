import type {
  Ask,
  Candidate,
  GateKind,
  Ground,
  Outage,
  PullRequest,
  ReviewThread,
  SideRun,
  WaitReason,
} from './event.ts';
import type { Reproduced } from './evidence.ts';
import { type Origin, type Recheck, subjectOf } from './failing-checks.ts';
import type { FixId, RepositoryRef, Sha } from './ids.ts';
import type { DocumentKind } from './plan.ts';
import { type Policy, revivePolicy } from './policy.ts';
import type { Shortage } from './purse.ts';
import type { WantedRecipe } from './recipe.ts';
import type { IssueSnapshot, Ticket } from './ticket.ts';
import type { CheckResult } from './verdict.ts';

/** What there is to know of a fix; `fix.ts` tells what happens to it. */

export const fixStates = [
  'created',
  'planning',
  'awaiting-approval',
  'approved',
  'in-progress',
  'review',
  'complete',
  'archived',
  'stopped',
  'abandoned',
  'expired',
] as const;
export type FixState = (typeof fixStates)[number];

export const burstKinds = [
  'diagnose',
  'open',
  'mend',
  'harvest',
  'plan',
  'ask-again',
  'remind',
  'reproduce',
  'observe',
  'attempt',
  'validate',
  'judge',
  'review',
  'propose',
  'tell',
  'revise',
  'rebase',
  'reopen',
  'conclude',
] as const;
export type BurstKind = (typeof burstKinds)[number];

/** What the events so far add up to. Small: texts, patches and turns lie in their own rows. */
export interface Fix {
  readonly id: FixId;
  readonly repository: RepositoryRef;
  readonly origin: Origin;
  /** What the models read. Of failing checks: the pull request's number, or 0 where there is none, and what fails. */
  readonly issue: IssueSnapshot;
  readonly requester: string;
  /** GitHub's number of the requester, by which a co-author is recognised. */
  readonly requesterId?: number;
  readonly policy: Policy;
  /** What was wrong with the configuration when the fix began, so that the last valid one applies. */
  readonly policyProblem?: string;
  readonly createdAtMs: number;
  readonly state: FixState;
  readonly wait: Wait | null;
  /** The newest burst the story asked for; after an outage the same one runs again. */
  readonly burst: BurstKind | null;
  readonly ticket: Ticket | null;
  readonly ground: Ground | null;
  readonly pullRequest: PullRequest | null;
  /** Failing runs that were started once more. */
  readonly recheck: Recheck | null;
  /** The fixers that may mend failing checks without a model; null where there are none. */
  readonly recipe: Recipe | null;
  /** Why what comes out can only be told, not pushed; null where it can be pushed. */
  readonly wordsBecause: string | null;
  readonly planDigest: string | null;
  /** Plan documents are still to be written or decided about behind the gate. */
  readonly isPlanPartial: boolean;
  /** Documents that need no decision any more; a new plan begins without any. */
  readonly settledDocuments: readonly DocumentKind[];
  /** The gate at which it waits. */
  readonly gate: Gate | null;
  /** Gates that a person opened, oldest first. */
  readonly approvals: readonly Approval[];
  /** The issue's words of now that a person has seen and let be, by digest. */
  readonly confirmedWords: string | null;
  /** What a person has to allow in the newest patch. */
  readonly asks: readonly Ask[];
  /** What people said against the plan so far, oldest first; the architect reads it. */
  readonly planNotes: readonly string[];
  /** Plans and revisions that were ordered anew. What an older round began is not gone on with. */
  readonly round: number;
  /** Attempts begun so far; the newest one's number. */
  readonly attempt: number;
  /** Attempts that do not count against the budget any more, since a person ordered further work after them. */
  readonly attemptsBefore: number;
  /** Where the newest order of a person sends the work. */
  readonly sentBackTo: 'plan' | 'patch' | 'gathering' | null;
  /** What people asked to have changed of the patch, until it is offered again. */
  readonly revision: string | null;
  /** What the last attempt, verdict or review taught; the next attempt starts from it. */
  readonly feedback: string | null;
  /** Whether the sandbox workflow kept test reports when the fix began. */
  readonly keepsReports: boolean;
  /** The test that comes before the patch; null before anybody began one. */
  readonly reproduction: Reproduction | null;
  /** Times that a green patch was sent back because no test showed its doing. */
  readonly unproven: number;
  /** The checks that the writer wants to hear first; null where it wants all of them. */
  readonly chosenChecks: readonly string[] | null;
  /** Times that chosen checks passed since the newest order. */
  readonly partialPasses: number;
  /** What the chosen checks said, for the writer who goes on. */
  readonly soFar: string | null;
  readonly candidate: Candidate | null;
  readonly results: readonly CheckResult[];
  /** The newest commit of ours on the branch; before there is one the branch holds no code. */
  readonly published: Sha | null;
  /** Reviews that nobody has looked at yet, by GitHub's number. */
  readonly pendingReviews: readonly number[];
  /** Changes that people ordered of the finished patch and nobody has taken up yet. */
  readonly orders: readonly string[];
  /** Whether the revision under way has more to it than threads to answer. */
  readonly hasOrders: boolean;
  /** What the revision under way has to answer. */
  readonly threads: readonly ReviewThread[];
  /** Who asked for changes, and is asked to look again. */
  readonly reviewers: readonly string[];
  /** Validation runs in a row that gave no verdict. */
  readonly voidRuns: number;
  readonly sendBacks: number;
  /** Times in a row that a burst met an outage. */
  readonly outages: number;
  /** Who was away the last time; rows of older versions do not tell. */
  readonly outageOf?: Outage;
  /** Of the chain that nobody answered for then. */
  readonly outageModels?: readonly string[];
  /** The pause before was cut short, so an outage that follows counts nothing and is waited for in full. */
  readonly isWokenEarly?: boolean;
  /** Why the next call is not paid for, and since when; null once one was. */
  readonly shortage: (Shortage & { readonly sinceMs: number }) | null;
  /** Times that the branch moved under a validated patch. */
  readonly moves: number;
  /** The burst at which it was stopped or given up, from which it resumes. */
  readonly halted: BurstKind | null;
  /** How often it was resumed. What its ends deleted has another name each time. */
  readonly lives: number;
  /** Whether the gate's one reminder was sent. */
  readonly isReminded: boolean;
  /** Why it rests, for the last comment. */
  readonly epilogue: string | null;
  /** What a person can do about it, when there is something. */
  readonly advice: string | null;
}

/** How far the fixers are. They run once. */
export interface Recipe extends WantedRecipe {
  /** What is waited for, or was. */
  readonly run: SideRun | null;
  readonly end: RecipeEnd | null;
}

/** `none`: nothing of them is used; `reason` is a sentence without its full stop. */
export type RecipeEnd = { readonly kind: 'patched' } | { readonly kind: 'none'; readonly reason: string };

/** How far the test is that comes before the patch. */
export interface Reproduction {
  /** The number of the newest one that an order of a person made void. */
  readonly earlier?: number;
  /** Tries that came to nothing. */
  readonly failures: number;
  /** Why the newest of them did. */
  readonly feedback: string | null;
  /** What is waited for. */
  readonly run: SideRun | null;
  readonly base: SideRun | null;
  readonly end: ReproductionEnd | null;
}

/** The number of the tests that are written, run or were seen failing. */
export const reproductionNumber = ({ reproduction }: Pick<Fix, 'reproduction'>): number =>
  (reproduction?.earlier ?? 0) + (reproduction?.failures ?? 0) + 1;

/** `none`: there is no failing test; `reason` is a sentence without its full stop. */
export type ReproductionEnd =
  | ({ readonly kind: 'reproduced' } & Reproduced)
  | { readonly kind: 'none'; readonly reason: string };

export interface Wait {
  readonly for: WaitReason;
  readonly untilMs: number;
}

/** An approval has to carry the digest: whoever approves, approves exactly what was shown. */
export interface Gate {
  readonly kind: GateKind;
  readonly digest: string;
  readonly reasons: readonly string[];
  readonly words: string | null;
  /** The comment that shows it. GitHub counts comments upwards: one with a smaller number cannot mean this gate. */
  readonly shownIn?: number | null;
  /** The plan document that it waits for. */
  readonly document?: DocumentKind;
  /** The documents that its opening settles. */
  readonly settles?: readonly DocumentKind[];
  /** What was shown has changed since: nobody can approve it until it is shown anew. */
  readonly isVoid?: boolean;
}

export interface Approval {
  readonly gate: GateKind;
  readonly digest: string;
  readonly by: string;
}

const unwritten = {
  origin: { kind: 'issue' },
  state: 'created',
  wait: null,
  burst: null,
  ticket: null,
  ground: null,
  pullRequest: null,
  recheck: null,
  recipe: null,
  wordsBecause: null,
  planDigest: null,
  isPlanPartial: false,
  settledDocuments: [],
  gate: null,
  approvals: [],
  confirmedWords: null,
  asks: [],
  planNotes: [],
  round: 0,
  attempt: 0,
  attemptsBefore: 0,
  sentBackTo: null,
  revision: null,
  feedback: null,
  keepsReports: false,
  reproduction: null,
  unproven: 0,
  chosenChecks: null,
  partialPasses: 0,
  soFar: null,
  candidate: null,
  results: [],
  published: null,
  pendingReviews: [],
  orders: [],
  hasOrders: false,
  threads: [],
  reviewers: [],
  voidRuns: 0,
  sendBacks: 0,
  outages: 0,
  shortage: null,
  moves: 0,
  halted: null,
  lives: 0,
  isReminded: false,
  epilogue: null,
  advice: null,
} as const satisfies Partial<Fix>;

export const beginFix = (
  start: Pick<
    Fix,
    'id' | 'repository' | 'issue' | 'requester' | 'requesterId' | 'policy' | 'policyProblem' | 'createdAtMs'
  > &
    Partial<Pick<Fix, 'origin'>>,
): Fix => ({ ...unwritten, ...start });

/** The issue or pull request in which people follow a fix, and the only place where one is chosen; null before there is one. */
export const threadOf = ({
  origin,
  issue,
  pullRequest,
}: Pick<Fix, 'origin' | 'issue' | 'pullRequest'>): number | null =>
  origin.kind === 'issue' ? issue.number : (origin.failing.pullRequest ?? pullRequest?.number ?? null);

export const subjectOfFix = ({ origin, issue }: Pick<Fix, 'origin' | 'issue'>): string =>
  subjectOf(origin, issue.number);

/** A fix as an earlier version wrote it: what that one did not know yet has its first value. */
export function reviveFix(stored: Fix): Fix {
  const fix: Fix = { ...unwritten, ...stored, policy: revivePolicy(stored.policy), ...publishedOf(stored) };
  const isOlderGate = fix.state === 'awaiting-approval' && fix.gate === null && fix.planDigest !== null;
  return isOlderGate && fix.planDigest !== null
    ? { ...fix, gate: { kind: 'plan', digest: fix.planDigest, reasons: [], words: null } }
    : fix;
}

/** An earlier version did not note what it had published: in `complete` that is the newest candidate. */
function publishedOf({ published, state, candidate, ground }: Fix): Partial<Fix> {
  if (published !== undefined || state !== 'complete' || candidate === null || ground === null) return {};
  return { published: candidate.sha, ground: { ...ground, tip: candidate.sha } };
}

/** States in which it is somebody's turn, or nobody's any more. */
export const isResting = (state: FixState): boolean =>
  state === 'awaiting-approval' || state === 'complete' || isOver(state);

/** States in which nothing more is expected; the same issue may then start a new fix. */
export const isOver = (state: FixState): boolean =>
  state === 'archived' || state === 'stopped' || state === 'abandoned' || state === 'expired';
