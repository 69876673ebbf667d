import { askEmulate } from './internal.ts';
import { tokenDigest } from './journal.ts';
import { asObject, asText, isObject, type JsonObject } from './json.ts';
import { type Answer, page, refuse, type SiteCall, type SiteRoutes } from './site.ts';

/** Installation tokens and what they reach. emulate checks the App's JSON web token and makes the tokens. */
export const installationRoutes: SiteRoutes = {
  'apps/create-installation-access-token': createToken,
  'apps/list-repos-accessible-to-installation': listRepositories,
};

async function createToken(call: SiteCall): Promise<Answer> {
  const answer = await call.forward();
  if (answer.status !== 201) return answer;
  const made = asObject(answer.body);
  const installationId = Number(call.parameters.installation_id);
  const owner = call.site.core.store.appInstallations.findOneBy('installation_id', installationId)?.account_login ?? '';
  const chosen = Array.isArray(made.repositories) ? made.repositories : null;
  const names = chosen?.map((repository) => asText(asObject(repository).full_name).toLowerCase());
  // Every App may read metadata, whatever a token was narrowed to.
  const permissions = { metadata: 'read', ...levels(asObject(made.permissions)) };
  call.site.tokens.installations.set(asText(made.token), {
    permissions,
    repositories: names === undefined ? null : new Set(names),
    owner,
    expiresAtMs: Date.parse(asText(made.expires_at)),
  });
  const asked = call.body.repositories ?? call.body.repository_ids;
  call.site.journal.recordToken({
    token: tokenDigest(asText(made.token)),
    installationId,
    askedPermissions: isObject(call.body.permissions) ? levels(call.body.permissions) : null,
    askedRepositories: Array.isArray(asked) ? asked : null,
    permissions,
    repositories: names ?? null,
  });
  return { ...answer, body: { ...made, permissions } };
}

const levels = (permissions: JsonObject): Record<string, string> =>
  Object.fromEntries(Object.entries(permissions).map(([name, level]) => [name, asText(level)]));

async function listRepositories(call: SiteCall): Promise<Answer> {
  const { site, caller } = call;
  if (caller.kind !== 'installation') return refuse(403, 'You must authenticate with an installation access token.');
  const reachable = [...site.repositories].filter(
    ([key, repository]) => caller.grant.repositories?.has(key) ?? repository.owner === caller.grant.owner,
  );
  const { items, headers } = page(call, reachable);
  const repositories = await Promise.all(
    items.map(([, repository]) => askEmulate(site, 'GET', `/repos/${repository.fullName}`)),
  );
  const repository_selection = caller.grant.repositories === null ? 'all' : 'selected';
  return { status: 200, body: { total_count: reachable.length, repository_selection, repositories }, headers };
}
