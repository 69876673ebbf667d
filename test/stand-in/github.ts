/**
 * GitHub on loopback: everything ai-fix talks to, in one place (see TESTBED.md).
 *
 * `emulate` keeps issues, comments, pull requests and checks; bare repositories keep git; a runner executes workflows;
 * `front.ts` is the only door. What a test may turn on, look at or break stands in `controls.ts`.
 */
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { addBot, addUser } from './accounts.ts';
import { type Actions, type ActionsOptions, createActions } from './actions.ts';
import { actionsRoutes } from './actions-routes.ts';
import type { AppManifest } from './app-manifest.ts';
import { appRoutes } from './app-routes.ts';
import { collaboratorRoutes } from './collaborators.ts';
import { createControls, type GitHub } from './controls.ts';
import { conversationRoutes } from './conversation.ts';
import { createDownloads, type Downloads } from './downloads.ts';
import { startEmulate } from './emulate-core.ts';
import { relayEvents } from './events.ts';
import { createFaults } from './faults.ts';
import { type Front, handleRest } from './front.ts';
import { handleGitRequest } from './git-door.ts';
import { objectRoutes } from './git-objects.ts';
import { refRoutes } from './git-refs.ts';
import { answerGraphql } from './graphql.ts';
import { createHistory } from './history.ts';
import { installationRoutes } from './installations.ts';
import { assertSandbox } from './job-container.ts';
import { createJournal } from './journal.ts';
import { loadContract } from './openapi.ts';
import { startOtherOrigin } from './other-origin.ts';
import { statusRoutes } from './outside-checks.ts';
import { createOutsideReports } from './outside-reports.ts';
import { pullRequestRoutes } from './pull-requests.ts';
import { startPushRuns } from './push-runs.ts';
import { type Reactions, reactionRoutes } from './reactions.ts';
import { contentRoutes } from './repository-contents.ts';
import { reviewRoutes } from './reviews.ts';
import { setUpRoutes } from './set-up-routes.ts';
import type { Site } from './site.ts';
import { teamRoutes } from './team-routes.ts';
import { createWebhooks } from './webhooks.ts';

export type { GitHub } from './controls.ts';

export interface GitHubOptions {
  /** Scratch folder; the caller removes it. */
  readonly dir: string;
  readonly webhookSecret: string;
  readonly webhookUrl?: string;
  readonly app: AppManifest & { readonly id: number; readonly slug: string };
  /** What the App asks for on top of `app`, for instance `members: read`, and every installation has granted. */
  readonly widened?: Partial<AppManifest>;
  readonly users?: readonly string[];
  /** Gives workflow steps the host's network, for installs. */
  readonly runnerNetwork?: boolean;
  /** Runs steps as plain child processes where bubblewrap is missing: only for code that we wrote ourselves. */
  readonly unsafeWithoutBubblewrap?: boolean;
  readonly listingDelayMs?: number;
  readonly supportsRunDetails?: boolean;
}

/** @throws {Error} when workflows cannot be sandboxed here, unless that was allowed. */
export async function startGitHub(options: GitHubOptions): Promise<GitHub> {
  const isSandboxed = await mayUseSandbox(options.unsafeWithoutBubblewrap === true);
  const root = join(options.dir, 'repositories');
  mkdirSync(root, { recursive: true });
  let front: Front | undefined;
  const door = createServer((request, response) => {
    if (front === undefined) response.writeHead(503).end();
    else void open(front, root, request, response);
  });
  const url = await listen(door);
  const target = { url: options.webhookUrl ?? null };
  const site = await buildSite(options, url, target);
  if (!isSandboxed) site.journal.note('workflow steps run without a sandbox');
  const actions = createActions(site, actionsOptions(options, isSandboxed));
  site.pushListeners.push((push) => startPushRuns(actions, push));
  const downloads = createDownloads(() => store.url);
  const store = await startOtherOrigin(downloads.answer);
  const elsewhere = await startOtherOrigin((_, answer) => void answer.writeHead(200).end('this is not GitHub'));
  const reactions: Reactions = [];
  front = buildFront(site, actions, reactions, downloads, target);
  const close = async (): Promise<void> => {
    for (const run of actions.runs) if (run.status !== 'completed') run.abort.abort();
    await Promise.all(actions.runs.map((run) => run.finished));
    await site.webhooks.settled();
    await site.core.close();
    for (const server of [door, store.server, elsewhere.server]) await shut(server);
  };
  return createControls({ site, root, target, reactions, actions, downloads, store, elsewhere, close });
}

async function mayUseSandbox(isOptional: boolean): Promise<boolean> {
  try {
    await assertSandbox();
    return true;
  } catch (error) {
    if (isOptional) return false;
    throw error;
  }
}

const actionsOptions = (options: GitHubOptions, isSandboxed: boolean): ActionsOptions => ({
  container: { hasNetwork: options.runnerNetwork === true, isSandboxed },
  listingDelayMs: options.listingDelayMs ?? 0,
  supportsRunDetails: options.supportsRunDetails ?? true,
});

const buildFront = (
  site: Site,
  actions: Actions,
  reactions: Reactions,
  downloads: Downloads,
  target: { readonly url: string | null },
): Front => ({
  site,
  contract: loadContract(),
  routes: {
    ...refRoutes,
    ...objectRoutes,
    ...contentRoutes,
    ...pullRequestRoutes,
    ...reviewRoutes,
    ...statusRoutes,
    ...collaboratorRoutes,
    ...conversationRoutes,
    ...reactionRoutes(reactions),
    ...actionsRoutes(actions, downloads),
    ...setUpRoutes,
  },
  siteRoutes: { ...installationRoutes, ...teamRoutes, ...appRoutes(target) },
  answerGraphql: (caller, body) => answerGraphql(site, caller, body),
});

async function open(front: Front, root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const isGit = await handleGitRequest(front.site, root, request, response);
    if (!isGit) await handleRest(front, request, response);
  } catch (error) {
    front.site.journal.note(error instanceof Error ? String(error.stack) : String(error));
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: 'the stand-in failed; see journal.notes' }));
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function buildSite(options: GitHubOptions, url: string, target: { url: string | null }): Promise<Site> {
  const { id, slug } = options.app;
  const permissions = { ...options.app.permissions, ...options.widened?.permissions };
  const events = [...options.app.events, ...(options.widened?.events ?? [])];
  const described = { app_id: id, slug, name: slug, permissions, events, installations: [] };
  const site: Site = {
    url,
    app: { id, slug, botLogin: `${slug}[bot]`, permissions, events },
    core: await startEmulate(url, described),
    repositories: new Map(),
    journal: createJournal(),
    webhooks: createWebhooks({ secret: options.webhookSecret, hookId: id, url: () => target.url }),
    faults: createFaults(),
    tokens: { installations: new Map(), users: new Map() },
    history: createHistory(),
    teams: new Map(),
    pushListeners: [],
    outside: createOutsideReports(),
  };
  addBot(site, site.app.botLogin);
  addBot(site, 'github-actions[bot]');
  for (const login of options.users ?? []) addUser(site, login);
  relayEvents(site);
  return site;
}
