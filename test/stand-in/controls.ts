import { createRepository, type RepositoryOrder } from './accounts.ts';
import type { Faults } from './faults.ts';
import type { DeliveryAnswer, ForgedDelivery } from './forged-delivery.ts';
import { type ForkOrder, openFork } from './fork-pull-request.ts';
import { gitText } from './git.ts';
import { resolveThread } from './graphql-review-threads.ts';
import { createInstallations, type Installations } from './installation-controls.ts';
import { insider } from './internal.ts';
import type { Journal } from './journal.ts';
import type { JsonObject } from './json.ts';
import { createOutsideControls, type OutsideControls } from './outside-checks.ts';
import { createPeople, type People } from './people-controls.ts';
import type { Reactions } from './reactions.ts';
import { announceRefs } from './ref-changes.ts';
import { type CommitOrder, commitFiles, type Repository } from './repository.ts';
import { createSwitches, type Switches } from './repository-switches.ts';
import { isApproved, type ReviewView, reviewsOf } from './reviews.ts';
import { createRuns, type RunParts, type Runs } from './run-controls.ts';
import type { Site } from './site.ts';
import * as views from './views.ts';
import type { Webhooks } from './webhooks.ts';

/** The stand-in as a test or the demo holds it. Repositories are named in full: `owner/name`. */
export interface GitHub extends People, Switches, Runs, Looks, Installations, OutsideControls {
  /** For `GHE_HOST` take its host; REST is also answered below `/api/v3`, GraphQL at `/graphql` and `/api/graphql`. */
  readonly url: string;
  /** Where events go; may change at any time. Null: nobody is there. */
  webhookUrl: string | null;
  /** PEM of the App's key. */
  readonly privateKey: string;
  readonly journal: Journal;
  readonly webhooks: Webhooks;
  readonly faults: Faults;
  /** Every installation token ever handed out, to search for leaks. */
  readonly tokens: { readonly values: readonly string[] };

  createRepository(order: RepositoryOrder): Promise<void>;
  /** The id of the App's installation on this repository. */
  installationId(repository: string): number;
  /** Commits files as a person would push them; answers the new SHA. */
  commit(repository: string, order: CommitOrder): Promise<string>;
  /** A pull request from somebody's fork. */
  openForkPullRequest(repository: string, order: ForkOrder): Promise<{ number: number; sha: string }>;
  /** Runs git in the bare repository; answers what it prints. Moved refs are announced. */
  git(repository: string, ...args: readonly string[]): Promise<string>;
  /** Sends the App any payload, signed rightly unless told otherwise. */
  deliver(event: string, payload: JsonObject | string | Uint8Array, forged?: ForgedDelivery): Promise<DeliveryAnswer>;
  /** Waits until every run has ended and every delivery was sent. With runs that hang it waits for ever. */
  settled(): Promise<void>;
  /** Somebody resolves the conversation that begins with this comment on code. */
  resolveThread(firstComment: number): void;
  /** Every token handed out so far stops working. */
  expireTokens(): void;
  /** Cancels what runs, waits for deliveries, closes every port. */
  close(): Promise<void>;
}

interface Looks {
  comments(repository: string, number: number): readonly views.CommentView[];
  issues(repository: string): readonly views.IssueView[];
  pullRequests(repository: string): readonly views.PullRequestView[];
  /** Oldest first, whatever became of them. */
  reviews(repository: string, number: number): readonly ReviewView[];
  /** Whether a branch protection that wants one approval would now be content. */
  isApproved(repository: string, number: number): boolean;
  reactions(repository: string, subject: views.ReactionSubject): readonly views.ReactionView[];
  /** Ref name to SHA. */
  refs(repository: string): Readonly<Record<string, string>>;
  runs(repository: string): readonly views.RunView[];
}

interface Parts extends RunParts {
  readonly site: Site;
  readonly root: string;
  readonly target: { url: string | null };
  readonly reactions: Reactions;
  close(): Promise<void>;
}

export function createControls({ site, root, target, reactions, close, ...runParts }: Parts): GitHub {
  const { actions } = runParts;
  const find: Find = (fullName) => {
    const repository = site.repositories.get(fullName.toLowerCase());
    if (repository === undefined) throw new Error(`there is no repository ${fullName}`);
    return repository;
  };
  return {
    url: site.url,
    get webhookUrl() {
      return target.url;
    },
    set webhookUrl(url) {
      target.url = url;
    },
    privateKey: site.core.privateKey,
    journal: site.journal,
    webhooks: site.webhooks,
    faults: site.faults,
    tokens: {
      get values() {
        return [...site.tokens.installations.keys()];
      },
    },
    createRepository: async (order) => void (await createRepository(site, root, order)),
    installationId: (repository) => find(repository).installationId,
    async commit(fullName, order) {
      const sha = await commitFiles(find(fullName).folder, order);
      await announceRefs(site, find(fullName), order.author);
      return sha;
    },
    openForkPullRequest: (repository, order) => openFork(site, find(repository), order),
    async git(repository, ...args) {
      const output = await gitText(find(repository).folder, args);
      await announceRefs(site, find(repository), insider);
      return output;
    },
    deliver: site.webhooks.forge,
    async settled() {
      await Promise.all(actions.runs.map((run) => run.finished));
      await site.webhooks.settled();
    },
    resolveThread: (firstComment) => resolveThread(site, firstComment),
    expireTokens() {
      for (const [token, grant] of site.tokens.installations) {
        site.tokens.installations.set(token, { ...grant, expiresAtMs: 0 });
      }
    },
    ...createPeople(site, find),
    ...createSwitches(site, find),
    ...createInstallations(site, find),
    ...createOutsideControls(site, find),
    ...createRuns(runParts, find),
    ...looks(site, reactions, runParts, find),
    close,
  };
}

type Find = (fullName: string) => Repository;

const looks = (site: Site, reactions: Reactions, { actions }: RunParts, find: Find): Looks => ({
  comments: (repository, number) => views.commentsOf(site, find(repository), number),
  issues: (repository) => views.issuesOf(site, find(repository)),
  pullRequests: (repository) => views.pullRequestsOf(site, find(repository)),
  reviews: (repository, number) => reviewsOf(site, find(repository), number),
  isApproved: (repository, number) => isApproved(site, find(repository), number),
  reactions: (repository, subject) => views.reactionsOf(reactions, find(repository), subject),
  refs: (repository) => Object.fromEntries(find(repository).refs),
  runs: (repository) => views.runsOf(actions, find(repository)),
});
