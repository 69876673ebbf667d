/** What anybody on the internet may send to the App's webhook address. */
import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { JsonObject } from './json.ts';

export interface ForgedDelivery {
  /** For a replay the id of an earlier delivery; else a new one. */
  readonly id?: string;
  /** Signs with this instead of the App's own secret. */
  readonly secret?: string;
  /**
   * `valid` unless told, as GitHub sends it: by SHA-256, and by SHA-1 for old receivers. `sha1-only` leaves the first
   * out, `none` both; a header is sent as it stands.
   */
  readonly signature?: 'valid' | 'none' | 'sha1-only' | { readonly header: string };
  /** On top of GitHub's; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export interface DeliveryAnswer {
  readonly id: string;
  /** Null when nobody answered. */
  readonly status: number | null;
  readonly body: string;
}

export interface DeliveryTarget {
  readonly secret: string;
  readonly hookId: number;
  url(): string | null;
}

/** GitHub gives up on a receiver after ten seconds. */
const answerTimeoutMs = 10_000;

/** Text and bytes go out as they are, JSON or not. */
export async function deliverForged(
  target: DeliveryTarget,
  event: string,
  payload: JsonObject | string | Uint8Array,
  forged: ForgedDelivery = {},
): Promise<DeliveryAnswer> {
  const id = forged.id ?? randomUUID();
  const isRaw = typeof payload === 'string' || payload instanceof Uint8Array;
  const body = Buffer.from(isRaw ? payload : JSON.stringify(payload));
  const headers = {
    ...eventHeaders({ event, id, hookId: target.hookId }),
    ...signatureHeaders(body, forged.secret ?? target.secret, forged.signature ?? 'valid'),
    ...forged.headers,
  };
  const url = target.url();
  const sent = Object.entries(headers).filter((header): header is [string, string] => header[1] !== null);
  const answer = url === null ? null : await post(url, Object.fromEntries(sent), body);
  return { id, status: answer?.status ?? null, body: answer?.body ?? '' };
}

export const eventHeaders = (about: { event: string; id: string; hookId: number }): Record<string, string> => ({
  'content-type': 'application/json',
  'user-agent': 'GitHub-Hookshot/stand-in',
  'x-github-event': about.event,
  'x-github-delivery': about.id,
  'x-github-hook-id': String(about.hookId),
  'x-github-hook-installation-target-type': 'integration',
});

const hmac = (algorithm: 'sha1' | 'sha256', secret: string, body: Buffer | string): string =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;

export function signatureHeaders(
  body: Buffer | string,
  secret: string,
  wanted: ForgedDelivery['signature'],
): Record<string, string> {
  if (wanted === 'none') return {};
  if (typeof wanted === 'object') return { 'x-hub-signature-256': wanted.header };
  const old = { 'x-hub-signature': hmac('sha1', secret, body) };
  return wanted === 'sha1-only' ? old : { ...old, 'x-hub-signature-256': hmac('sha256', secret, body) };
}

/** Not by `fetch`: a receiver may answer before it has read everything, and hang up. */
function post(
  url: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve) => {
    const options = { method: 'POST', headers, signal: AbortSignal.timeout(answerTimeoutMs) };
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('close', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    // After an answer this comes too late to matter.
    sent.on('error', () => resolve(null));
    sent.end(body);
  });
}
