import type { Chains } from '../domain/conversation.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { ModelHealth } from '../domain/model-health.ts';
import type { Policy } from '../domain/policy.ts';
import type { PurseLimit, PurseLimits } from '../domain/purse.ts';
import type { CheckRuns } from './check-runs.ts';
import type { Checks } from './checks.ts';
import type { Commits } from './commits.ts';
import type { Engine } from './engine.ts';
import type { History } from './history.ts';
import type { Localizer } from './localizer.ts';
import type { InstallationStore, OnboardingStore } from './onboarding-store.ts';
import type { PastIssues } from './past-issues.ts';
import type { PullRequests } from './pull-requests.ts';
import type { Purses } from './purses.ts';
import type { Reach } from './reach.ts';
import type { Repositories } from './repositories.ts';
import type { Reviews } from './reviews.ts';
import type { Roster } from './roster.ts';
import type { Sandbox } from './sandbox.ts';
import type {
  AttemptStore,
  BurstStore,
  DeliveryStore,
  DocumentStore,
  EffectStore,
  FixStore,
  IgnoredThreads,
  InputStore,
  InventoryStore,
  KnownRepositories,
  ReproductionStore,
  TurnStore,
  WriteLedger,
} from './stores.ts';
import type { Syntax } from './syntax.ts';
import type { Thread } from './thread.ts';
import type { Traces } from './traces.ts';
import type { Workspace } from './workspace.ts';

/** Everything the story leans on, put together once by the composition root. Steps take the parts they need. */
export interface Ports {
  readonly thread: Thread;
  readonly pullRequests: PullRequests;
  readonly reviews: Reviews;
  readonly pastIssues: PastIssues;
  readonly commits: Commits;
  readonly repositories: Repositories;
  readonly reach: Reach;
  readonly checkRuns: CheckRuns;
  readonly checks: Checks;
  readonly sandbox: Sandbox;
  readonly workspace: Workspace;
  readonly localizer: Localizer;
  readonly syntax: Syntax;
  readonly history: History;
  readonly deliveries: DeliveryStore;
  readonly fixes: FixStore & BurstStore;
  readonly turns: TurnStore;
  readonly purses: Purses;
  readonly traces: Pick<Traces, 'dropTexts'>;
  readonly attempts: AttemptStore;
  readonly reproductions: ReproductionStore;
  readonly effects: EffectStore;
  readonly documents: DocumentStore;
  readonly inputs: InputStore;
  readonly inventories: InventoryStore;
  readonly ignoredThreads: IgnoredThreads;
  readonly writes: WriteLedger;
  readonly knownRepositories: KnownRepositories;
  readonly onboardings: OnboardingStore;
  readonly installations: InstallationStore;
  readonly engine: Engine;
  /** The App's own login, `<slug>[bot]`. @throws {ForgeError} */
  readonly ownLogin: () => Promise<string>;
  /** Fixes that may be begun within an hour, by all repositories together. */
  readonly fixesPerHour: number;
  /** The limits of the purses from which a fix is paid, as they are set now. Where GitHub cannot tell, the last known. */
  readonly purseLimitsOf: (fix: Fix) => Promise<PurseLimits>;
  /** The roster under a repository's own choice of models. @throws {ConfigError} */
  readonly rosterFor: (policy: Policy) => Roster;
  /** How the models are doing that this process has asked, by name. */
  readonly modelHealth: () => readonly ModelHealth[];
  /** Tells whoever waits how many characters have come of the answer that is being written. @throws {ForgeError} */
  readonly tellGrowth: (fix: Fix, characters: number) => Promise<void>;
  /**
   * What the repository configured on its default branch, or what is wrong with it. Remembers what is valid.
   *
   * @throws {ForgeError} when GitHub cannot tell; that says nothing about the file.
   */
  readonly policyOf: (repository: RepositoryRef) => Promise<PolicyAnswer>;
  /**
   * What the repository's file at a commit comes to; null when there is none. Remembers what is valid on the default
   * branch: it was in force, even if a later push has overtaken it by now. @throws {ForgeError}
   */
  readonly policyAt: (
    repository: RepositoryRef,
    commit: Sha,
    isDefaultBranch: boolean,
  ) => Promise<PolicyReading | null>;
  /** Takes secrets out of a text that leaves by another way than the API. */
  readonly redact: (text: string) => string;
  readonly pace: Pace;
  readonly now: () => number;
  readonly log: Log;
}

export type PolicyReading =
  /** `warnings`: what is odd and holds all the same, as Markdown, each on one line. */
  | { readonly kind: 'valid'; readonly policy: Policy; readonly warnings?: readonly string[] }
  /** Markdown, each on one line, with its file, place, what was found and what is allowed. */
  | {
      readonly kind: 'invalid';
      readonly problems: readonly string[];
      /** The organization's month as its own file has it, where that could be read all the same. */
      readonly ownersLimit?: PurseLimit;
      /** The chains of its own file that can be read, so that what is wrong with them is told at once. */
      readonly models?: Chains;
    };

export type PolicyAnswer =
  | { readonly kind: 'valid'; readonly policy: Policy }
  /** The last valid policy stays in force, where there was one that this host can still serve. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[]; readonly lastValid: Policy | null };

/** How long things are waited for. Tests shorten it. */
export interface Pace {
  /** The pause before models are asked again after so many outages in a row. */
  outagePauseMs(outages: number): number;
  /** Whether keys and accounts are waited for that only the admin can mend; whoever sits before it is told at once. */
  readonly waitsForAdmin: boolean;
  /** How long a dispatched run is looked for in GitHub's lagging list. */
  readonly listingLagMs: number;
  /**
   * How long somebody who comments on code may go on with the next comment before a revision begins, and how long CI may
   * take to begin what else it checks of a commit.
   */
  readonly quietMs: number;
  /** Writing requests an installation may make within an hour; beyond that it waits. */
  readonly writesPerHour: number;
  /** From so many on passing states are not shown any more. */
  readonly thriftyFromWrites: number;
  /** How long an answer has to take until its growth is told, and how long until it is told again. */
  readonly tellGrowthEveryMs: number;
  /** How often a live fix is looked at for what no webhook told. */
  readonly lookAgainEveryMs: number;
  /** How long until checks that are not over are looked at again, should no webhook tell. */
  readonly checksPollMs: number;
  /** How often a repository is asked for labels that no webhook told of. */
  readonly lookForLabelsEveryMs: number;
  /** How often a running burst looks whether it has been overtaken, for instance by a stop. */
  readonly watchEveryMs: number;
}

export interface Log {
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
  error(details: object, text: string): void;
}
