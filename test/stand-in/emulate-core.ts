/**
 * The `emulate` package, held by its inside.
 *
 * It keeps issues, comments, pull requests and checks well, but believes its own git objects, sends webhooks itself, and
 * offers no way to say otherwise. So we wrap the one function that wires it up (its plugin's `register`) and take from
 * there: the request handler (no second port to talk through), the store, the token table, and the webhook exit.
 * That reaches past its public surface, hence the exact version in package.json: a changed inside fails at start, loudly.
 */
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createEmulator, type Emulator } from 'emulate';
import type { JsonObject } from './json.ts';

export interface Row {
  readonly id: number;
  readonly node_id: string;
  readonly created_at: string;
  readonly updated_at: string;
}
export interface Collection<T extends Row> {
  insert(row: Partial<T>): T;
  get(id: number): T | undefined;
  findBy<K extends keyof T>(field: K, value: T[K]): T[];
  findOneBy<K extends keyof T>(field: K, value: T[K]): T | undefined;
  update(id: number, change: Partial<T>): T | undefined;
  delete(id: number): boolean;
  all(): T[];
}
export interface UserRow extends Row {
  readonly login: string;
  readonly type: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly site_admin: boolean;
}
export interface RepositoryRow extends Row {
  readonly full_name: string;
  readonly name: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly default_branch: string;
  readonly owner_id: number;
  readonly owner_type: string;
}
export interface PullRequestRow extends Row {
  readonly number: number;
  readonly repo_id: number;
  readonly user_id: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: 'open' | 'closed';
  readonly draft: boolean;
  readonly head_ref: string;
  readonly head_sha: string;
  readonly head_repo_id: number;
  readonly base_ref: string;
  readonly base_sha: string;
  readonly merged: boolean;
  readonly merged_at: string | null;
  readonly merged_by_id: number | null;
  readonly merge_commit_sha: string | null;
  readonly closed_at: string | null;
  readonly mergeable: boolean | null;
  readonly mergeable_state: string;
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changed_files: number;
}
export interface IssueRow extends Row {
  readonly number: number;
  readonly repo_id: number;
  readonly state: 'open' | 'closed';
  readonly closed_at: string | null;
  readonly comments: number;
  readonly is_pull_request: boolean;
  readonly user_id: number;
  readonly title: string;
  readonly body: string | null;
  readonly label_ids: readonly number[];
}
export interface BranchRow extends Row {
  readonly repo_id: number;
  readonly name: string;
  readonly sha: string;
  readonly protected: boolean;
}
export interface RefRow extends Row {
  readonly repo_id: number;
  readonly ref: string;
  readonly sha: string;
}
export interface CommitRow extends Row {
  readonly repo_id: number;
  readonly sha: string;
  readonly tree_sha: string;
  readonly parent_shas: readonly string[];
  readonly message: string;
  readonly author_name: string;
  readonly author_email: string;
  readonly author_date: string;
  readonly committer_name: string;
  readonly committer_email: string;
  readonly committer_date: string;
  readonly user_id: number | null;
}
export interface CommentRow extends Row {
  readonly repo_id: number;
  readonly issue_number: number | null;
  readonly pull_number: number | null;
  readonly comment_type: 'issue' | 'review' | 'commit';
  readonly body: string;
  readonly user_id: number;
  readonly path: string | null;
  readonly line: number | null;
  readonly commit_sha: string | null;
  readonly review_id: number | null;
  readonly in_reply_to_id: number | null;
}
export interface ReviewRow extends Row {
  readonly repo_id: number;
  readonly pull_number: number;
  readonly user_id: number;
  readonly body: string | null;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  readonly commit_id: string;
}
export interface LabelRow extends Row {
  readonly repo_id: number;
  readonly name: string;
}
export interface CollaboratorRow extends Row {
  readonly repo_id: number;
  readonly user_id: number;
  readonly permission: string;
}
export interface InstallationRow extends Row {
  readonly installation_id: number;
  readonly app_id: number;
  readonly account_type: string;
  readonly account_id: number;
  readonly account_login: string;
  readonly repository_selection: string;
  readonly repository_ids: readonly number[];
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly suspended_at: string | null;
}
export interface EmulateStore {
  readonly users: Collection<UserRow>;
  readonly orgs: Collection<Row & { readonly login: string }>;
  readonly repos: Collection<RepositoryRow>;
  readonly collaborators: Collection<CollaboratorRow>;
  readonly issues: Collection<IssueRow>;
  readonly pullRequests: Collection<PullRequestRow>;
  readonly comments: Collection<CommentRow>;
  readonly reviews: Collection<ReviewRow>;
  readonly labels: Collection<LabelRow>;
  readonly branches: Collection<BranchRow>;
  readonly refs: Collection<RefRow>;
  readonly commits: Collection<CommitRow>;
  readonly appInstallations: Collection<InstallationRow>;
}
type Dispatch = (event: string, action: string | undefined, payload: JsonObject, owner: string, name?: string) => void;
interface Wiring {
  readonly app: { fetch(request: Request): Promise<Response> };
  readonly store: unknown;
  readonly webhooks: { dispatch: Dispatch };
  readonly tokens: Map<string, { login: string; id: number; scopes: readonly string[] }>;
}
interface Inside {
  readonly githubPlugin: {
    register(app: unknown, store: unknown, webhooks: unknown, baseUrl: string, tokens: unknown): void;
  };
  getGitHubStore(store: unknown): EmulateStore;
  seedFromConfig(store: unknown, baseUrl: string, config: JsonObject): void;
}

export interface EmulateCore {
  readonly store: EmulateStore;
  readonly privateKey: string;
  fetch(request: Request): Promise<Response>;
  /** Adds users, organizations and repositories; what is there already stays. */
  seed(config: JsonObject): void;
  addToken(token: string, login: string): void;
  /** Called for every event, in order and at once, instead of emulate's own delivery. */
  onEvent(listener: (event: string, payload: JsonObject, repository: string) => void): void;
  close(): Promise<void>;
}

/** @throws {Error} when the installed emulate is not built as the pinned version is. */
export async function startEmulate(url: string, app: JsonObject): Promise<EmulateCore> {
  const inside = await importInside();
  const { emulator, wiring } = await startWired(inside, url, app);
  const privateKey = emulator.generatedSecrets[0]?.value;
  if (privateKey === undefined) throw new Error('emulate made no private key for the App');
  return {
    store: inside.getGitHubStore(wiring.store),
    privateKey,
    fetch: (request) => wiring.app.fetch(request),
    seed: (config) => inside.seedFromConfig(wiring.store, url, config),
    addToken: (token, login) => void wiring.tokens.set(token, { login, id: 0, scopes: ['repo'] }),
    onEvent(listener) {
      wiring.webhooks.dispatch = (event, _action, payload, owner, name) => {
        if (name !== undefined) listener(event, payload, `${owner}/${name}`);
      };
    },
    close: () => emulator.close(),
  };
}

/** The chunk's name is a hash, so it is read from the entry file that imports it. */
async function importInside(): Promise<Inside> {
  const packageFile = findPackageJSON('emulate', import.meta.url);
  if (packageFile === undefined) throw new Error('the package emulate is not installed');
  const entry = new URL('dist/api.js', pathToFileURL(packageFile));
  const chunk = /import\("(\.\/[\w.-]+\.js)"\);\s+return \{\s+plugin: mod\.githubPlugin/.exec(
    readFileSync(entry, 'utf8'),
  );
  if (chunk?.[1] === undefined) throw new Error('emulate is not built as expected: is it the version in package.json?');
  return import(new URL(chunk[1], entry).href);
}

/** Two starts at once would swap the wrapped function under each other, so they queue. */
let starting: Promise<unknown> = Promise.resolve();

function startWired(inside: Inside, url: string, app: JsonObject): Promise<{ emulator: Emulator; wiring: Wiring }> {
  const start = starting.then(async () => {
    const plugin = inside.githubPlugin;
    const original = plugin.register;
    let wiring: Wiring | undefined;
    plugin.register = (handler, store, webhooks, baseUrl, tokens) => {
      original.call(plugin, handler, store, webhooks, baseUrl, tokens);
      wiring = { app: handler, store, webhooks, tokens } as Wiring;
    };
    try {
      const seed = { tokens: {}, github: { users: [], apps: [app] } };
      const emulator = await createEmulator({ service: 'github', port: 0, baseUrl: url, seed });
      if (wiring === undefined) throw new Error('emulate did not register its GitHub as expected');
      return { emulator, wiring };
    } finally {
      plugin.register = original;
    }
  });
  starting = start.catch(() => undefined);
  return start;
}
