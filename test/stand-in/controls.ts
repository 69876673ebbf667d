import { createRepository, type RepositoryOrder, setRole, userToken } from './accounts.ts';
import type { Actions } from './actions.ts';
import type { Reactions } from './conversation.ts';
import type { Faults } from './faults.ts';
import { gitText } from './git.ts';
import { insider } from './internal.ts';
import type { Journal } from './journal.ts';
import type { JsonObject } from './json.ts';
import type { Role } from './permissions.ts';
import { announceRefs } from './ref-changes.ts';
import {
  type CommitOrder,
  commitFiles,
  freshSwitches,
  type Repository,
  type RepositorySwitches,
  resolveCommit,
} from './repository.ts';
import { type RestClient, restClient } from './rest-client.ts';
import type { Site } from './site.ts';
import * as views from './views.ts';
import type { Webhooks } from './webhooks.ts';
import { parseWorkflow } from './workflow-file.ts';

/** The stand-in as a test or the demo holds it. Repositories are named in full: `owner/name`. */
export interface GitHub {
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
  setRole(repository: string, login: string, role: Role): void;
  /** Plays a person: REST with that user's token. */
  as(login: string): RestClient;
  /** The token itself, for git over HTTP. */
  tokenOf(login: string): string;
  /** The id of the App's installation on this repository. */
  installationId(repository: string): number;
  /** Commits files as a person would push them; answers the new SHA. */
  commit(repository: string, order: CommitOrder): Promise<string>;
  /** Runs git in the bare repository; answers what it prints. Moved refs are announced. */
  git(repository: string, ...args: readonly string[]): Promise<string>;
  /** Runs a workflow of a branch as GitHub would for another event, for instance `push`. Answers when it has ended. */
  runWorkflow(repository: string, order: WorkflowOrder): Promise<views.RunView>;
  /** Waits until every run has ended and every delivery was sent. With runs that hang it waits for ever. */
  settled(): Promise<void>;

  /** Every token handed out so far stops working. */
  expireTokens(): void;
  archive(repository: string): void;
  /** Answers 422 to drafts, as on private repositories of free plans. */
  refuseDrafts(repository: string): void;
  /** Accepts dispatches; their runs end as `startup_failure`, without a word. */
  failRunStart(repository: string): void;
  /** Runs stay queued until they are cancelled. */
  hangRuns(repository: string): void;
  noJobLogs(repository: string): void;
  /** Every job's log is that long, and ends with `the last line`. */
  hugeJobLog(repository: string, bytes: number): void;
  /** Takes the five switches above back. */
  behave(repository: string): void;

  comments(repository: string, number: number): readonly views.CommentView[];
  issues(repository: string): readonly views.IssueView[];
  pullRequests(repository: string): readonly views.PullRequestView[];
  reactions(repository: string, subject: views.ReactionSubject): readonly views.ReactionView[];
  /** Ref name to SHA. */
  refs(repository: string): Readonly<Record<string, string>>;
  runs(repository: string): readonly views.RunView[];
  /** Cancels what runs, waits for deliveries, closes every port. */
  close(): Promise<void>;
}

export interface WorkflowOrder {
  /** File name below `.github/workflows`. */
  readonly workflow: string;
  readonly branch: string;
  readonly event: string;
  readonly actor: string;
  readonly inputs?: JsonObject;
}

interface Parts {
  readonly site: Site;
  readonly root: string;
  readonly target: { url: string | null };
  readonly reactions: Reactions;
  readonly actions: Actions;
  close(): Promise<void>;
}

export function createControls({ site, root, target, reactions, actions, close }: Parts): GitHub {
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
    setRole: (repository, login, role) => setRole(site, find(repository), login, role),
    as: (login) => restClient(site.url, knownToken(site, login)),
    tokenOf: (login) => knownToken(site, login),
    installationId: (repository) => find(repository).installationId,
    async commit(fullName, order) {
      const sha = await commitFiles(find(fullName).folder, order);
      await announceRefs(site, find(fullName), order.author);
      return sha;
    },
    async git(repository, ...args) {
      const output = await gitText(find(repository).folder, args);
      await announceRefs(site, find(repository), insider);
      return output;
    },
    runWorkflow: (repository, order) => runWorkflow(actions, find(repository), order),
    async settled() {
      await Promise.all(actions.runs.map((run) => run.finished));
      await site.webhooks.settled();
    },
    ...switches(site, find),
    ...looks(site, reactions, actions, find),
    close,
  };
}

type Find = (fullName: string) => Repository;

function switches(site: Site, find: Find) {
  const turn = (fullName: string, change: Partial<RepositorySwitches>): void =>
    void Object.assign(find(fullName).switches, change);
  return {
    expireTokens() {
      for (const [token, grant] of site.tokens.installations) {
        site.tokens.installations.set(token, { ...grant, expiresAtMs: 0 });
      }
    },
    archive: (repository) => void site.core.store.repos.update(find(repository).id, { archived: true }),
    refuseDrafts: (repository) => turn(repository, { refusesDrafts: true }),
    failRunStart: (repository) => turn(repository, { failsRunStart: true }),
    hangRuns: (repository) => turn(repository, { hangsRuns: true }),
    noJobLogs: (repository) => turn(repository, { hasNoJobLogs: true }),
    hugeJobLog: (repository, bytes) => turn(repository, { hugeJobLogBytes: bytes }),
    behave: (repository) => turn(repository, freshSwitches()),
  } satisfies Partial<GitHub>;
}

function looks(site: Site, reactions: Reactions, actions: Actions, find: Find) {
  return {
    comments: (repository, number) => views.commentsOf(site, find(repository), number),
    issues: (repository) => views.issuesOf(site, find(repository)),
    pullRequests: (repository) => views.pullRequestsOf(site, find(repository)),
    reactions: (repository, subject) => views.reactionsOf(reactions, find(repository), subject),
    refs: (repository) => Object.fromEntries(find(repository).refs),
    runs: (repository) => views.runsOf(actions, find(repository)),
  } satisfies Partial<GitHub>;
}

function knownToken(site: Site, login: string): string {
  const token = userToken(login);
  if (!site.tokens.users.has(token)) throw new Error(`nobody knows the user ${login}`);
  return token;
}

async function runWorkflow(actions: Actions, repository: Repository, order: WorkflowOrder): Promise<views.RunView> {
  const known = await actions.findWorkflow(repository, order.workflow);
  const sha = await resolveCommit(repository.folder, `refs/heads/${order.branch}`);
  if (known === null || sha === null) throw new Error(`there is no ${order.workflow} or no branch ${order.branch}`);
  const definition = parseWorkflow(await gitText(repository.folder, ['show', `${sha}:${known.path}`]));
  const { branch, event, actor, inputs = {} } = order;
  const run = await actions.start({ repository, workflow: known, definition, branch, sha, event, inputs, actor });
  await run.finished;
  return views.runView(run);
}
