import type { Redactor } from '../domain/redact.ts';

/** Octokit's word for a request that is still to be put together: template, parameters, headers. */
export interface OutgoingRequest {
  readonly method: string;
  /** A template such as `/repos/{owner}/{repo}`, or the whole address of a next page. */
  readonly url: string;
  readonly baseUrl: string;
  [parameter: string]: unknown;
}

const octokitsOwn: ReadonlySet<string> = new Set([
  'method',
  'url',
  'baseUrl',
  'headers',
  'mediaType',
  'request',
  'query',
]);

/** Names of things, which GitHub looks up: a changed one would mean another thing, and no model writes them. */
const identities: ReadonlySet<string> = new Set([
  'owner',
  'repo',
  'id',
  'sha',
  'base_sha',
  'head_sha',
  'tree',
  'parents',
  'ref',
  'head',
  'base',
  'nonce',
  'external_id',
]);

/**
 * The one gate for what we write on GitHub: takes secrets out of every text of the request, whatever put them there,
 * and then cuts what GitHub would refuse for its length. Changes the request in place.
 */
export function cleanTexts(request: OutgoingRequest, redactor: Redactor): void {
  if (request.method === 'GET') return;
  const inAddress = new Set(placeholdersOf(request.url));
  for (const [name, value] of Object.entries(request)) {
    const isText = !octokitsOwn.has(name) && !isIdentity(name, value) && !inAddress.has(name);
    if (isText) request[name] = capped([name], redacted(value, redactor));
  }
}

/** Lists of names are names; a `tree` of entries with contents is not. */
const isIdentity = (name: string, value: unknown): boolean =>
  identities.has(name) && [value].flat().every((part) => typeof part !== 'object');

function redacted(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.redact(value);
  if (Array.isArray(value)) return value.map((part) => redacted(part, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, isIdentity(name, part) ? part : redacted(part, redactor)]),
  );
}

/** In characters; "body is too long (maximum is 65536 characters)", and one less for check runs. */
const limits: Readonly<Record<string, number>> = {
  title: 256,
  body: 65_536,
  'output.title': 256,
  'output.summary': 65_535,
  'output.text': 65_535,
};

function capped(path: readonly string[], value: unknown): unknown {
  if (typeof value === 'string') return cut(value, limits[path.join('.')] ?? Number.POSITIVE_INFINITY);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, capped([...path, name], part)]));
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = limit - 1;
  return `${text.slice(0, isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end)}…`;
}

const placeholdersOf = (template: string): string[] =>
  [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);

/**
 * Nothing that fills a template may change which path it is: Octokit encodes slashes and signs, but a `..` is resolved
 * by whoever reads the address, and an empty name turns "remove this label" into "remove all". A whole address stays
 * with the host that the admin named.
 *
 * @throws {TypeError}
 */
export function assertAddress({ url, baseUrl, ...parameters }: OutgoingRequest): void {
  if (/^https?:/i.test(url)) {
    if (new URL(url).origin !== new URL(baseUrl).origin)
      throw new TypeError(`${url.slice(0, 200)} is not at ${baseUrl}`);
    return;
  }
  for (const name of placeholdersOf(url)) {
    const value = parameters[name] ?? '';
    const isPart = typeof value === 'number' || (typeof value === 'string' && !['', '.', '..'].includes(value));
    if (!isPart) throw new TypeError(`${JSON.stringify(value)} cannot be the ${name} of ${url}`);
  }
}
