import type { Budget, BudgetLimit } from './budget.ts';
import type { Candidate, SideRun } from './candidate.ts';
import type { FailingCommit, Recheck } from './failing-checks.ts';
import type { Ask, GateKind } from './gate.ts';
import type { Ground } from './ground.ts';
import type { Sha } from './ids.ts';
import type { DocumentKind } from './plan.ts';
import type { PullRequest, ReviewThread } from './pull-request.ts';
import type { Shortage } from './purse.ts';
import type { WantedRecipe } from './recipe.ts';
import type { Reproduced } from './reproduction.ts';
import type { IssueSnapshot, Ticket } from './ticket.ts';
import type { CheckResult } from './verdict.ts';
import type { Outage, WaitReason } from './wait.ts';

/**
 * Everything that can happen to a fix. The log of these is the fix; its row is only their fold.
 *
 * People cause `labelled`, `approved`, `rejected`, the `…-asked`, `…-requested`, `budget-changed`, `review-submitted`,
 * `words-changed` and `pull-request-closed`; GitHub and the clock `run-finished` and `deadline-passed`. All the others
 * are how bursts end.
 */
export type FixEvent =
  | { readonly type: 'labelled'; readonly issue: IssueSnapshot; readonly by: string }
  /** The first event of a fix that is for failing checks. */
  | { readonly type: 'checks-failed'; readonly failing: FailingCommit }
  /** Something of the commit's checks ended. */
  | { readonly type: 'checks-changed' }
  /** Some are not over yet. */
  | { readonly type: 'checks-pending'; readonly againInMs: number }
  /** The failing ones were started once more, to rule out chance. */
  | { readonly type: 'checks-repeated'; readonly recheck: Recheck; readonly againInMs: number }
  /** They fail for a reason. `issue` holds what the models read of it. */
  | {
      readonly type: 'checks-diagnosed';
      readonly issue: IssueSnapshot;
      /** The fixers that may mend it without a model; left out where there are none. */
      readonly recipe?: WantedRecipe;
    }
  /** The fixers run in the sandbox, on the base. */
  | {
      readonly type: 'recipe-dispatched';
      readonly ground: Ground;
      readonly run: SideRun;
      /** Those that the workflow still has; left out by older versions. */
      readonly fixers?: readonly string[];
    }
  /** Nothing came of them; `reason` is told to people. Their patch, where one came, is `patched` like any other. */
  | { readonly type: 'recipe-fruitless'; readonly reason: string }
  /** There is nothing to mend; `reason` says why. */
  | { readonly type: 'checks-recovered'; readonly reason: string }
  /** The repository or the issue cannot be worked on; `message` tells the person what to do. */
  | { readonly type: 'refused'; readonly reason: string; readonly message: string }
  | {
      readonly type: 'opened';
      readonly ticket: Ticket;
      readonly ground: Ground;
      readonly pullRequest: PullRequest;
      /** Whether the sandbox workflow keeps test reports. */
      readonly keepsReports?: boolean;
    }
  /** What comes out can only be told, not pushed: there is neither a branch nor a pull request of ours. */
  | { readonly type: 'opened-for-words'; readonly ticket: Ticket; readonly ground: Ground; readonly because: string }
  /** Plan and patch were told to people, who do the rest. */
  | { readonly type: 'told'; readonly reason: string }
  /** The validated commit went onto the failing branch itself. */
  | { readonly type: 'delivered'; readonly sha: Sha; readonly branch: string }
  | {
      readonly type: 'planned';
      readonly digest: string;
      readonly waitsBecause: string | null;
      /** The document at whose gate it waits; left out where it is the plan's. */
      readonly document?: DocumentKind;
      /** All that need no decision once this gate is open. */
      readonly settles?: readonly DocumentKind[];
      /** Whether documents are still to be written or decided about then. */
      readonly isPartial?: boolean;
      readonly words?: string | null;
      readonly shownIn?: number | null;
    }
  | { readonly type: 'approved'; readonly by: string; readonly digest: string }
  /** A person does not want what the gate shows; the work goes back with their reason. */
  | { readonly type: 'rejected'; readonly by: string; readonly why: string }
  | { readonly type: 'plan-asked'; readonly by: string; readonly notes: string | null }
  | { readonly type: 'revision-asked'; readonly by: string; readonly what: string }
  | { readonly type: 'rebase-asked'; readonly by: string }
  | { readonly type: 'retry-asked'; readonly by: string }
  | { readonly type: 'resume-asked'; readonly by: string }
  | { readonly type: 'budget-changed'; readonly by: string; readonly budget: Partial<Budget> }
  /** A review with something to act on; `revision-begun` says what of it was taken up. */
  | { readonly type: 'review-submitted'; readonly review: number; readonly by: string }
  /** What a person was asked about changed meanwhile, in the issue (`words` names it now) or where it was shown. */
  | { readonly type: 'words-changed'; readonly reason: string; readonly words: string | null }
  /** A gate closed, or closed anew, and a person was asked. An approval has to carry this digest. */
  | {
      readonly type: 'asked';
      readonly gate: GateKind;
      readonly digest: string;
      readonly reasons: readonly string[];
      /** Names the issue's words as they stood when the person was asked. */
      readonly words: string | null;
      /** The comment that shows the question, where it is one of its own. */
      readonly shownIn?: number | null;
    }
  /** A test is being written that is to fail on the base. */
  | { readonly type: 'reproduction-begun'; readonly number: number }
  /** The test is in the sandbox, on the base; `base` is the run of the base alone, where nobody measured it yet. */
  | {
      readonly type: 'reproduction-dispatched';
      readonly ground: Ground;
      readonly run: SideRun;
      readonly base: SideRun | null;
    }
  /** It was seen failing there. */
  | { readonly type: 'reproduced'; readonly reproduced: Reproduced }
  /** It was not, for the reason that goes to whoever writes the next one. */
  | { readonly type: 'reproduction-failed'; readonly ground: Ground; readonly feedback: string }
  /** The run gave no verdict. */
  | { readonly type: 'reproduction-void'; readonly reason: string }
  /** No test can be written or seen; `reason` is told to people. */
  | { readonly type: 'unreproducible'; readonly reason: string }
  | { readonly type: 'attempt-started'; readonly attempt: number }
  /** The writer finished a patch that the policy allows. It lies in the attempt's row. */
  | {
      readonly type: 'patched';
      readonly attempt: number;
      readonly asks: readonly Ask[];
      /** The checks whose word the writer wants first; left out where it is finished. */
      readonly checks?: readonly string[];
    }
  /** The attempt ended without a patch that can be validated; `feedback` goes to the next one. */
  | { readonly type: 'attempt-failed'; readonly attempt: number; readonly ground: Ground; readonly feedback: string }
  | {
      readonly type: 'validation-started';
      readonly attempt: number;
      readonly ground: Ground;
      readonly candidate: Candidate;
    }
  | { readonly type: 'run-finished'; readonly runId: number }
  | {
      readonly type: 'judged';
      readonly attempt: number;
      readonly verdict: 'passed' | 'failed' | 'void';
      readonly results: readonly CheckResult[];
      readonly reason: string;
      readonly feedback: string;
      /** What the verdict adds to what a person has to look at. */
      readonly asks?: readonly Ask[];
      /** The checks are green, but no test shows that it is the patch's doing. */
      readonly isUnproven?: boolean;
    }
  /** The checks that the writer chose passed. That is no success: the others did not run. */
  | {
      readonly type: 'partly-passed';
      readonly attempt: number;
      readonly results: readonly CheckResult[];
      readonly word: string;
    }
  /** Somebody said the run had ended, GitHub says it has not. */
  | { readonly type: 'still-running'; readonly remainingMs: number }
  | {
      readonly type: 'reviewed';
      readonly attempt: number;
      readonly opinion: 'accept' | 'send-back' | 'veto';
      readonly feedback: string;
    }
  | { readonly type: 'proposed'; readonly sha: Sha }
  /** What people want changed is gathered, and the ground is what stands on the branch now. */
  | {
      readonly type: 'revision-begun';
      readonly ground: Ground;
      readonly feedback: string;
      readonly threads: readonly ReviewThread[];
      readonly reviews: readonly number[];
      /** Whether it has more to it than threads to answer. */
      readonly hasOrders?: boolean;
      /** People to be asked for another look once it is offered. */
      readonly reviewers?: readonly string[];
    }
  /** There was nothing to revise or to rebase; `note` says so to people, where somebody has to know. */
  | { readonly type: 'left-alone'; readonly note: string | null; readonly reviews?: readonly number[] }
  /** The branch moved under the patch, which still fits there: it is validated anew. */
  | { readonly type: 'moved'; readonly ground: Ground }
  /** A stopped fix has its branch and pull request again. */
  | { readonly type: 'reopened'; readonly ground: Ground; readonly pullRequest: PullRequest }
  | { readonly type: 'reminded' }
  | { readonly type: 'pull-request-closed'; readonly isMerged: boolean; readonly by: string }
  | { readonly type: 'stop-requested'; readonly by: string; readonly reason: string }
  /** `isShare`: what is left is kept for those who work after this role. */
  | { readonly type: 'budget-reached'; readonly limit: BudgetLimit; readonly isShare?: boolean }
  /** Something outside does not answer, and time mends that: the fix waits and runs the same burst again. */
  | {
      readonly type: 'outage';
      readonly of: Outage;
      /** Of the chain that nobody answered for, where models are away. */
      readonly models?: readonly string[];
      readonly reason: string;
      readonly retryInMs: number;
    }
  /** A purse that fixes share has too little for the next call: the fix waits and runs the same burst again. */
  | { readonly type: 'money-short'; readonly shortage: Shortage; readonly atMs: number; readonly retryInMs: number }
  /** Something broke that trying again does not mend, or trying again leads nowhere. */
  | {
      readonly type: 'faulted';
      readonly reason: string;
      /** Models came to nothing, or none can be asked; left out where it is anything else. */
      readonly of?: 'models';
    }
  /** `isEarly`: what was waited for seems to be over before its time. */
  | { readonly type: 'deadline-passed'; readonly waitingFor: WaitReason; readonly isEarly?: boolean }
  | { readonly type: 'farewell-said' };

export type EventType = FixEvent['type'];
export type EventOf<T extends EventType> = Extract<FixEvent, { type: T }>;
