import type { Candidate } from './candidate.ts';
import { type Origin, type Recheck, subjectOf } from './failing-checks.ts';
import type { Approval, Ask, Gate } from './gate.ts';
import type { Ground } from './ground.ts';
import type { FixId, RepositoryRef, Sha } from './ids.ts';
import type { DocumentKind } from './plan.ts';
import type { Policy } from './policy.ts';
import type { PullRequest, ReviewThread } from './pull-request.ts';
import type { Shortage } from './purse.ts';
import type { Recipe } from './recipe.ts';
import type { Reproduction } from './reproduction.ts';
import type { IssueSnapshot, Ticket } from './ticket.ts';
import type { CheckResult } from './verdict.ts';
import type { Outage, Wait } from './wait.ts';

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

/** The issue or pull request in which people follow a fix, and the only place where one is chosen; null before there is one. */
export const threadOf = ({
  origin,
  issue,
  pullRequest,
}: Pick<Fix, 'origin' | 'issue' | 'pullRequest'>): number | null =>
  origin.kind === 'issue' ? issue.number : (origin.failing.pullRequest ?? pullRequest?.number ?? null);

export const subjectOfFix = ({ origin, issue }: Pick<Fix, 'origin' | 'issue'>): string =>
  subjectOf(origin, issue.number);

/** States in which it is somebody's turn, or nobody's any more. */
export const isResting = (state: FixState): boolean =>
  state === 'awaiting-approval' || state === 'complete' || isOver(state);

/** States in which nothing more is expected; the same issue may then start a new fix. */
export const isOver = (state: FixState): boolean =>
  state === 'archived' || state === 'stopped' || state === 'abandoned' || state === 'expired';
