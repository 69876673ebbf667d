/** emulate's events on their way to the App, in GitHub's form. */
import { decorate } from './decorate.ts';
import { installationJson } from './internal.ts';
import { asObject, isObject, type JsonObject } from './json.ts';
import { passThrough } from './past-events.ts';
import type { Site } from './site.ts';

/** Our own code sends these: only it knows when they happen. */
const ours = new Set(['push', 'create', 'delete', 'workflow_run', 'workflow_job']);

export function relayEvents(site: Site): void {
  site.core.onEvent((event, payload, fullName) => {
    const repository = site.repositories.get(fullName.toLowerCase());
    if (repository === undefined || ours.has(event)) return;
    const [name, formed] = inGitHubsForm(event, payload);
    const told = passThrough(site, repository, name, formed);
    if (!site.app.events.includes(name)) return;
    const decorated = asObject(decorate(site, told));
    site.webhooks.send(name, { ...decorated, installation: installationJson(repository) });
  });
}

/** emulate tells the labels of a pull request as an issue's, and leaves its number out. */
function inGitHubsForm(event: string, payload: JsonObject): [event: string, payload: JsonObject] {
  const { issue, ...rest } = payload;
  if (event === 'issues' && isObject(issue) && issue.head !== undefined) {
    return ['pull_request', { ...rest, number: issue.number, pull_request: issue }];
  }
  if (event === 'pull_request' && isObject(payload.pull_request)) {
    return [event, { ...payload, number: payload.pull_request.number }];
  }
  if (event === 'pull_request_review' && isObject(payload.review)) {
    // Upper case in REST, lower case in events.
    const state = String(payload.review.state).toLowerCase();
    return [event, { ...payload, review: { ...payload.review, state } }];
  }
  return [event, payload];
}
