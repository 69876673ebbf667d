import { depthOf } from '../domain/download-address.ts';
import type { Provider } from '../models/providers.ts';

/** Where a provider is asked, made of what the admin wrote. */
export type ModelAddress =
  | { readonly kind: 'good'; readonly baseUrl: string }
  /** What may stand there; nothing of what stood there. */
  | { readonly kind: 'bad'; readonly allowed: string };

/**
 * Keys and code go to this address: so it is encrypted, or on this machine or in a private network, or one of the hosts
 * that `AI_FIX_HTTP_HOSTS` names.
 */
export function readModelAddress(text: string, row: Provider, httpHosts: readonly string[]): ModelAddress {
  const url = URL.parse(row.port === undefined ? text : withScheme(text, row.port));
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    return bad(`an http or https address${row.example === undefined ? '' : `, as in ${row.example}`}`);
  // fetch takes no such address, and the key has a place of its own.
  if (url.username !== '' || url.password !== '')
    return bad(`an address without name and password; the key belongs into ${row.keyVariable}`);
  if (url.search !== '' || url.hash !== '') return bad('an address that ends with its path, without ? and #');
  if (url.protocol === 'http:' && !mayBeInTheClear(url.hostname, httpHosts))
    return bad(
      'https; http only on this machine, in a private network, or where AI_FIX_HTTP_HOSTS names the host: the key and the code would travel in the clear',
    );
  if (url.pathname === '/') url.pathname = row.path;
  return { kind: 'good', baseUrl: url.href.replace(/\/$/, '') };
}

const bad = (allowed: string): ModelAddress => ({ kind: 'bad', allowed });

const mayBeInTheClear = (host: string, httpHosts: readonly string[]): boolean =>
  ['loopback', 'private'].includes(depthOf(host)) || httpHosts.includes(host.toLowerCase());

/** `OLLAMA_HOST` is also where Ollama listens: host and port, either of them, or all interfaces. */
function withScheme(text: string, port: number): string {
  const bare = text.replace(/^(https?):\/\//, '');
  const scheme = text.startsWith('https://') ? 'https' : 'http';
  const host = bare.startsWith(':') ? `127.0.0.1${bare}` : bare;
  const [authority = '', ...path] = host.replace(/^(?:0\.0\.0\.0|\[::\])(?=[:/]|$)/, '127.0.0.1').split('/');
  const hasPort = /:\d+$/.test(authority) || scheme === 'https';
  return `${scheme}://${hasPort ? authority : `${authority}:${port}`}${path.length === 0 ? '' : `/${path.join('/')}`}`;
}
