/** Keeps what an event tells when it passes, before anybody can have heard of it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { toSeconds } from './clock.ts';
import type { History, Rename } from './history.ts';
import { asObject, asText, type JsonObject } from './json.ts';
import type { Repository } from './repository.ts';
import type { Caller, Site } from './site.ts';

/** Who asks while emulate works: it tells its events with the account only. */
export const acting = new AsyncLocalStorage<Caller>();

/** The event as GitHub would tell it; everything worth keeping is kept. */
export function passThrough(site: Site, repository: Repository, event: string, payload: JsonObject): JsonObject {
  const told = withChanges(site.history, withPlannedTime(site, repository, event, payload));
  keepApp(site.history, told);
  if (told.action === 'labeled') keepLabel(site.history, repository, told);
  if (event === 'issues' && told.action === 'edited') keepEdit(site.history, told);
  if (event === 'issues' && told.action === 'labeled') keepLabelling(site.history, told);
  return told;
}

/** What an edited text was before: emulate tells only that it changed. */
function withChanges({ texts }: History, payload: JsonObject): JsonObject {
  const subject = subjectOf(payload);
  if (typeof subject.url !== 'string') return payload;
  const { title, body } = subject;
  const before = texts.get(subject.url);
  texts.set(subject.url, { title, body });
  if (payload.action !== 'edited' || before === undefined) return payload;
  const changes = {
    ...(before.title !== title && { title: { from: before.title } }),
    ...(before.body !== body && { body: { from: before.body ?? '' } }),
  };
  return { ...payload, changes };
}

const subjectOf = (payload: JsonObject): JsonObject =>
  asObject(payload.comment ?? payload.pull_request ?? payload.issue);

function keepApp({ throughApps }: History, payload: JsonObject): void {
  const caller = acting.getStore();
  if (caller?.kind !== 'user' || caller.viaApp === null) return;
  if (payload.action === 'created' || payload.action === 'opened') {
    throughApps.set(asText(subjectOf(payload).url), caller.viaApp);
  }
}

function keepLabel({ labelled }: History, { id }: Repository, told: JsonObject): void {
  const { number } = asObject(told.pull_request ?? told.issue);
  const [name, by] = [asText(asObject(told.label).name), asText(asObject(told.sender).login)];
  labelled.push({ repositoryId: id, number: Number(number), name, by, at: toSeconds(Date.now()) });
}

function keepEdit({ issueEdits }: History, { issue, changes, sender }: JsonObject): void {
  const { url, title, updated_at } = asObject(issue);
  const at = toSeconds(asText(updated_at));
  const by = asText(asObject(sender).login);
  const known = issueEdits.get(asText(url)) ?? { body: null, renames: [] };
  const { title: renamed, body: edited } = asObject(changes);
  const isLater = known.body === null || known.body.at <= at;
  const rename: Rename = { at, by, from: asText(asObject(renamed).from), to: asText(title) };
  const renames = renamed === undefined ? known.renames : [...known.renames, rename];
  issueEdits.set(asText(url), {
    body: edited !== undefined && isLater ? { at, by } : known.body,
    renames: renames.toSorted((a, b) => a.at.localeCompare(b.at)),
  });
}

function keepLabelling({ labellings }: History, { issue, label, sender }: JsonObject): void {
  const { url, updated_at } = asObject(issue);
  const labelling = {
    at: toSeconds(asText(updated_at)),
    by: asText(asObject(sender).login),
    label: asText(asObject(label).name),
  };
  const known = labellings.get(asText(url)) ?? [];
  labellings.set(
    asText(url),
    [...known, labelling].toSorted((a, b) => a.at.localeCompare(b.at)),
  );
}

const planKey = (repository: Repository, event: string, issue: number): string => `${repository.id} ${event} ${issue}`;

/** Does it, and lets the next event of this kind about this issue have happened at that time. */
export async function atTime<T>(
  { history }: Site,
  {
    repository,
    event,
    issue,
    atMs,
  }: { repository: Repository; event: string; issue: number; atMs: number | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const key = planKey(repository, event, issue);
  if (atMs !== undefined) history.plannedMs.set(key, atMs);
  try {
    return await work();
  } finally {
    history.plannedMs.delete(key);
  }
}

function withPlannedTime(site: Site, repository: Repository, event: string, payload: JsonObject): JsonObject {
  const { store } = site.core;
  const number = Number(asObject(payload.issue).number);
  const key = planKey(repository, `${event}.${payload.action}`, number);
  const atMs = site.history.plannedMs.get(key);
  if (atMs === undefined) return payload;
  site.history.plannedMs.delete(key);
  const kind = payload.comment === undefined ? 'issue' : 'comment';
  const subject = asObject(payload[kind]);
  const rows = kind === 'issue' ? store.issues.findBy('repo_id', repository.id) : store.comments.all();
  const row = rows.find(({ id }) => id === subject.id);
  const updated_at = new Date(atMs).toISOString();
  const isFirst = payload.action === 'created' || updated_at < asText(subject.created_at);
  const times = { created_at: isFirst ? updated_at : asText(subject.created_at), updated_at };
  // emulate's `update` would write the time of now.
  if (row !== undefined) Object.assign(row, times);
  return { ...payload, [kind]: { ...subject, ...times } };
}
