/** Mends what emulate says, in answers and in events alike: who acted through the App, and which issue is a pull request. */
import { toSeconds } from './clock.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { Site } from './site.ts';

export function decorate(site: Site, value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item: Json) => decorate(site, item) ?? null);
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isTime(key, item) ? toSeconds(item) : decorate(site, item)]),
  );
  return completeAccount(site, markPullRequest(site, markApp(site, inner)));
}

const isTime = (key: string, value: Json | undefined): value is string =>
  key.endsWith('_at') && typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:]+\.\d+Z$/.test(value);

function markApp(site: Site, value: JsonObject): JsonObject {
  if (value.performed_via_github_app === null) return { ...value, performed_via_github_app: appOf(site, value) };
  // Only Apps make check runs; those of others come from the workflow runner and say so.
  const isCheck = value.app === null && 'head_sha' in value && 'conclusion' in value;
  if (!isCheck) return value;
  const output = isObject(value.output)
    ? { ...value.output, annotations_url: `${value.url}/annotations` }
    : value.output;
  return { ...value, output, app: ownApp(site) };
}

/** emulate gives accounts fewer fields than GitHub, and addresses of bots that are none. */
function completeAccount(site: Site, value: JsonObject): JsonObject {
  const isAccount = typeof value.login === 'string' && 'avatar_url' in value && 'type' in value;
  if (!isAccount) return value;
  const { id, node_id, type } = value;
  return { ...value, ...userJson(site, String(value.login)), id, node_id, type };
}

function markPullRequest(site: Site, value: JsonObject): JsonObject {
  if (value.timeline_url === undefined || typeof value.repository_url !== 'string') return value;
  const fullName = value.repository_url.split('/repos/')[1]?.toLowerCase() ?? '';
  const repository = site.repositories.get(fullName);
  const pulls = repository === undefined ? [] : site.core.store.pullRequests.findBy('repo_id', repository.id);
  const pull = pulls.find((row) => row.number === value.number);
  if (pull === undefined) return value;
  const url = `${value.repository_url}/pulls/${pull.number}`;
  const html = `${site.url}/${repository?.fullName}/pull/${pull.number}`;
  const links = {
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: pull.merged_at,
  };
  return { ...value, html_url: html, draft: pull.draft, pull_request: pullRequestLinks(links) };
}

/** The App whose bot wrote this, or in whose hands a person's token was. */
function appOf(site: Site, { url, user }: JsonObject): JsonObject | null {
  const throughApp = site.history.throughApps.get(String(url));
  if (throughApp !== undefined) return otherApp(site, throughApp);
  if (!isObject(user) || user.type !== 'Bot') return null;
  if (user.login === site.app.botLogin) return ownApp(site);
  return otherApp(site, String(user.login).replace(/\[bot\]$/, ''));
}

function otherApp(site: Site, slug: string): JsonObject {
  const bot = site.core.store.users.findOneBy('login', `${slug}[bot]`);
  return appJson(site, 100_000 + (bot?.id ?? 0), slug);
}

const ownApp = (site: Site): JsonObject => ({
  ...appJson(site, site.app.id, site.app.slug),
  permissions: { ...site.app.permissions },
  events: [...site.app.events],
});

export function appJson(site: Site, id: number, slug: string): JsonObject {
  const url = `${site.url}/apps/${slug}`;
  return {
    id,
    slug,
    node_id: Buffer.from(`App${id}`).toString('base64'),
    owner: userJson(site, 'admin'),
    name: slug,
    description: null,
    external_url: url,
    html_url: url,
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
    permissions: {},
    events: [],
  };
}

export function pullRequestLinks(pull: JsonObject): JsonObject {
  const { url, html_url, diff_url, patch_url, merged_at } = pull;
  return { url, html_url, diff_url, patch_url, merged_at: merged_at ?? null };
}

/** GitHub's "simple user". */
export function userJson(site: Site, login: string): JsonObject {
  const row = site.core.store.users.findOneBy('login', login);
  const url = `${site.url}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id: row?.id ?? 0,
    node_id: row?.node_id ?? '',
    avatar_url: `${site.url}/avatars/u/${encodeURIComponent(login)}`,
    gravatar_id: '',
    url,
    html_url: `${site.url}/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: row?.type ?? 'User',
    site_admin: row?.site_admin ?? false,
    user_view_type: 'public',
  };
}
