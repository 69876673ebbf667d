import type { EmulateCore } from './emulate-core.ts';
import type { Faults } from './faults.ts';
import type { History } from './history.ts';
import type { Journal } from './journal.ts';
import type { Json, JsonObject } from './json.ts';
import type { OutsideReports } from './outside-reports.ts';
import type { Push, Repository } from './repository.ts';
import type { Teams } from './teams.ts';
import type { Webhooks } from './webhooks.ts';

/** What all parts of the stand-in share. */
export interface Site {
  /** The front's address, without a path. */
  readonly url: string;
  readonly app: AppIdentity;
  readonly core: EmulateCore;
  /** By full name, lower case. */
  readonly repositories: Map<string, Repository>;
  readonly journal: Journal;
  readonly webhooks: Webhooks;
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly history: History;
  readonly teams: Teams;
  /** Told of each ref that came or moved. */
  readonly pushListeners: ((push: Push) => Promise<void>)[];
  readonly outside: OutsideReports;
}

export interface AppIdentity {
  readonly id: number;
  readonly slug: string;
  /** `<slug>[bot]` */
  readonly botLogin: string;
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly events: readonly string[];
}

export interface InstallationToken {
  readonly permissions: Readonly<Record<string, string>>;
  /** Full names, lower case; null for all of the installation's account. */
  readonly repositories: ReadonlySet<string> | null;
  readonly owner: string;
  readonly expiresAtMs: number;
}

export interface UserToken {
  readonly login: string;
  /** Slug of the App that acts for the person, where one does. */
  readonly viaApp: string | null;
}

export interface Tokens {
  readonly installations: Map<string, InstallationToken>;
  readonly users: Map<string, UserToken>;
}

export type Caller =
  | { readonly kind: 'installation'; readonly login: string; readonly token: string; readonly grant: InstallationToken }
  | ({ readonly kind: 'user'; readonly token: string } & UserToken)
  | { readonly kind: 'app-jwt'; readonly login: null; readonly token: string }
  | { readonly kind: 'anonymous'; readonly login: null; readonly token: null };

/** One REST call, authenticated and allowed. */
export interface SiteCall {
  readonly site: Site;
  readonly caller: Caller;
  /** Without `/api/v3` and without the query. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly accept: string;
  /** Hands the call to emulate as it came, or with another path or body. */
  forward(instead?: { readonly path?: string; readonly method?: string; readonly body?: JsonObject }): Promise<Answer>;
}

/** One that is about a repository, as nearly all are. */
export interface Call extends SiteCall {
  readonly repository: Repository;
}

export interface Answer {
  readonly status: number;
  readonly body?: Json;
  /** Sent instead of `body`. */
  readonly bytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The operations that the stand-in answers itself, by OpenAPI's operation id. */
export type Routes = Readonly<Record<string, (call: Call) => Promise<Answer>>>;
/** The same for those that are about no repository. */
export type SiteRoutes = Readonly<Record<string, (call: SiteCall) => Promise<Answer>>>;

export const refuse = (status: number, message: string, more: JsonObject = {}): Answer => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status), ...more },
});

export const notFound = (): Answer => refuse(404, 'Not Found');

/** GitHub's answer for a body it understands but does not accept. */
export const invalid = (resource: string, field: string, code: string, message?: string): Answer =>
  refuse(422, 'Validation Failed', { errors: [{ resource, field, code, ...(message !== undefined && { message }) }] });

/** One page of a list, with the `Link` header that Octokit follows. */
export function page<T>(call: SiteCall, items: readonly T[]): { items: T[]; headers: Record<string, string> } {
  const perPage = Math.min(100, Math.max(1, Number(call.query.get('per_page') ?? 30) || 30));
  const number = Math.max(1, Number(call.query.get('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, relation: string): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${call.site.url}${call.path}?${query}>; rel="${relation}"`;
  };
  const links: string[] = [];
  if (number > 1) links.push(link(number - 1, 'prev'), link(1, 'first'));
  if (number < last) links.push(link(number + 1, 'next'), link(last, 'last'));
  return {
    items: items.slice((number - 1) * perPage, number * perPage),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
}
