/**
 * The one door of the stand-in: every request is written into the journal, may meet a planned fault, is authenticated and
 * judged, and is then answered by us or by emulate.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { identify, refusal } from './access.ts';
import { decorate } from './decorate.ts';
import type { FaultEffect } from './faults.ts';
import type { GraphqlEnd } from './graphql.ts';
import { type JournalEntry, tokenDigest } from './journal.ts';
import { asObject, type Json, type JsonObject, parseJson } from './json.ts';
import type { Contract, Operation } from './openapi.ts';
import { acting } from './past-events.ts';
import { needsOf } from './permissions.ts';
import { type Answer, type Caller, notFound, type Routes, refuse, type Site, type SiteRoutes } from './site.ts';

export interface Front {
  readonly site: Site;
  readonly contract: Contract;
  readonly routes: Routes;
  readonly siteRoutes: SiteRoutes;
  answerGraphql(caller: Caller, body: JsonObject): Promise<GraphqlEnd>;
}

interface Incoming {
  readonly method: string;
  /** Without `/api/v3` and without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
  readonly headers: IncomingMessage['headers'];
}

/** Longer than any body GitHub takes. */
const maxBodyBytes = 50_000_000;

export async function handleRest(front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { site } = front;
  const incoming = await read(request);
  const operation = front.contract.match(incoming.method, incoming.path);
  const caller = identify(site, request.headers.authorization);
  const entry = journalEntry(front, incoming, operation, caller);
  site.journal.record(entry);
  const fault = site.faults.choose(incoming);
  const planned = await fault.before();
  const work = () => answerCall(front, incoming, operation, caller, entry);
  const answer = planned.kind !== 'none' ? null : await (caller === null ? work() : acting.run(caller, work));
  const effect = planned.kind === 'none' ? await fault.after() : planned;
  send(front, response, operation, entry, effect, answer);
}

async function read(request: IncomingMessage): Promise<Incoming> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Error('the request body is too long');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  return {
    method: request.method ?? 'GET',
    path: url.pathname.replace(/^\/api\/graphql$/, '/graphql').replace(/^\/api\/v3(?=\/)/, ''),
    query: url.searchParams,
    body: text === '' ? undefined : parseJson(text),
    headers: request.headers,
  };
}

function journalEntry(
  front: Front,
  { method, path, query, body }: Incoming,
  operation: Operation | null,
  caller: Caller | null,
): JournalEntry {
  const isGraphql = path === '/graphql';
  const search = query.size > 0 ? `?${query}` : '';
  const unknown = isGraphql ? [] : ['no such operation in github-operations.txt'];
  return {
    method,
    path: `${path}${search}`,
    by: caller?.kind ?? 'anonymous',
    login: caller?.login ?? null,
    token: caller?.kind === 'installation' ? tokenDigest(caller.token) : null,
    needs: [...needsOf(operation?.id ?? '')],
    operationId: operation?.id ?? (isGraphql ? 'graphql' : null),
    requestBody: body,
    status: null,
    problems: operation === null ? unknown : front.contract.requestProblems(operation, query, body),
    responseProblems: [],
  };
}

async function answerCall(
  front: Front,
  incoming: Incoming,
  operation: Operation | null,
  caller: Caller | null,
  entry: JournalEntry,
): Promise<Answer> {
  const { site } = front;
  if (caller === null) return refuse(401, 'Bad credentials');
  if (incoming.path === '/graphql') {
    const { answer, problems, needs } = await front.answerGraphql(caller, asObject(incoming.body));
    entry.problems.push(...problems);
    entry.needs.push(...needs);
    return answer;
  }
  // A test user may use more of emulate than the App may; the App gets no further than the contract.
  if (operation === null) return caller.kind === 'user' ? forward(site, incoming, {}) : notFound();
  const { owner, repo } = operation.parameters;
  const repository = site.repositories.get(`${owner}/${repo}`.toLowerCase()) ?? null;
  if (owner !== undefined && repository === null) return notFound();
  const refused = refusal(site, caller, operation.id, incoming.method, repository);
  if (refused?.problem !== undefined) entry.problems.push(refused.problem);
  if (refused !== null) return refused.answer;
  const call = {
    site,
    caller,
    path: incoming.path,
    parameters: operation.parameters,
    query: incoming.query,
    body: asObject(incoming.body),
    accept: String(incoming.headers.accept ?? ''),
    forward: (instead = {}) => forward(site, incoming, instead),
  };
  if (repository !== null) {
    const route = front.routes[operation.id];
    return route === undefined ? call.forward() : route({ ...call, repository });
  }
  const route = front.siteRoutes[operation.id];
  return route === undefined ? call.forward() : route(call);
}

async function forward(
  site: Site,
  incoming: Incoming,
  instead: { readonly path?: string; readonly method?: string; readonly body?: JsonObject },
): Promise<Answer> {
  const method = instead.method ?? incoming.method;
  const body = instead.body ?? incoming.body;
  const hasBody = method !== 'GET' && method !== 'HEAD' && body !== undefined;
  const search = instead.path === undefined && incoming.query.size > 0 ? `?${incoming.query}` : '';
  const response = await site.core.fetch(
    new Request(`${site.url}${instead.path ?? incoming.path}${search}`, {
      method,
      headers: {
        accept: String(incoming.headers.accept ?? '*/*'),
        authorization: String(incoming.headers.authorization ?? ''),
        'content-type': 'application/json',
      },
      ...(hasBody && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  const json = decorate(site, parseJson(text) ?? undefined);
  const kept = [...response.headers].filter(([name]) => name === 'link' || name.startsWith('x-ratelimit-'));
  return { status: response.status, ...(json !== undefined && { body: json }), headers: Object.fromEntries(kept) };
}

function send(
  front: Front,
  response: ServerResponse,
  operation: Operation | null,
  entry: JournalEntry,
  effect: FaultEffect,
  answer: Answer | null,
): void {
  if (effect.kind === 'disconnect') {
    response.destroy();
    return;
  }
  const sent: Answer = effect.kind === 'answer' ? effect : (answer ?? refuse(500, 'the stand-in has no answer'));
  entry.status = sent.status;
  const isJudged = operation !== null && effect.kind === 'none' && sent.bytes === undefined;
  if (isJudged) entry.responseProblems.push(...front.contract.responseProblems(operation, sent.status, sent.body));
  response.writeHead(sent.status, {
    'content-type': 'application/json; charset=utf-8',
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': `stand-in-${front.site.journal.entries.length}`,
    ...sent.headers,
  });
  response.end(sent.bytes ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body)));
}
