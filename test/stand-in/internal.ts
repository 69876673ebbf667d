/** What the stand-in asks emulate on its own behalf, past journal, faults and permissions. */
import { decorate, userJson } from './decorate.ts';
import { asObject, type JsonObject } from './json.ts';
import type { Repository } from './repository.ts';
import type { Site } from './site.ts';

/** emulate's own administrator, who is there from the start. */
export const insider = 'admin';
const callsPerToken = 1_000;
let calls = 0;

/** @throws {Error} when emulate does not answer 2xx: the stand-in asked something wrong. */
export async function askEmulate(site: Site, method: string, path: string, body?: JsonObject): Promise<JsonObject> {
  // emulate limits each token to 5,000 calls an hour.
  const token = `insider-${Math.floor(calls++ / callsPerToken)}`;
  site.core.addToken(token, insider);
  const response = await site.core.fetch(
    new Request(`${site.url}${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  if (!response.ok) throw new Error(`emulate answered ${response.status} to ${method} ${path}: ${text.slice(0, 300)}`);
  return asObject(text === '' ? {} : decorate(site, JSON.parse(text)));
}

export const repositoryJson = (site: Site, repository: Repository): Promise<JsonObject> =>
  askEmulate(site, 'GET', `/repos/${repository.fullName}`);

export const pullRequestJson = (site: Site, repository: Repository, number: number): Promise<JsonObject> =>
  askEmulate(site, 'GET', `/repos/${repository.fullName}/pulls/${number}`);

/** Sends an event as GitHub does: only to an App that subscribed to it, with repository, sender and installation. */
export async function emit(
  site: Site,
  repository: Repository,
  event: string,
  sender: string,
  payload: JsonObject,
): Promise<void> {
  if (!site.app.events.includes(event)) return;
  site.webhooks.send(event, {
    ...payload,
    repository: await repositoryJson(site, repository),
    sender: userJson(site, sender),
    installation: installationJson(repository),
  });
}

export const installationJson = (repository: Repository): JsonObject => ({
  id: repository.installationId,
  node_id: Buffer.from(`Installation${repository.installationId}`).toString('base64'),
});
