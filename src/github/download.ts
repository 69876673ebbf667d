import { lookup } from 'node:dns/promises';
import { refuseDownload } from '../domain/download-address.ts';
import { ForgeError } from '../domain/faults.ts';

/**
 * Logs and artifacts lie at another origin, which must not see our token: GitHub's redirect to it is followed by hand,
 * without one, and only where the rule of `domain/download-address.ts` allows.
 */
export interface Source {
  /** As GitHub answered it. A credential: it is signed, and is never said. */
  readonly address: string;
  /** REST base of the GitHub that answered. */
  readonly apiUrl: string;
}

const timeoutMs = 60_000;
const maxRedirects = 2;
const maxLogBytes = 512 * 1024 * 1024;

/**
 * The end of a log: failures stand there, and a hostile log may be endless. A download that breaks off gives what came
 * of it; one that the address rule refuses gives the reason. Null when the store has nothing.
 *
 * @throws {ForgeError} when nothing came and trying again may help.
 */
export async function downloadTail(source: Source, maxBytes: number, resolve = resolveName): Promise<string | null> {
  const tail = createTail(maxBytes);
  try {
    const answer = await open(source, resolve);
    if (answer.kind === 'refused') return `[this log was not downloaded: ${answer.reason}]\n`;
    if (answer.kind === 'missing') return null;
    for await (const chunk of answer.body) {
      tail.add(chunk);
      if (tail.seenBytes() > maxLogBytes) break;
    }
  } catch (error) {
    if (error instanceof ForgeError || tail.seenBytes() === 0) throw toFault(error);
    tail.add(Buffer.from('\n[the download of this log broke off here]\n'));
  }
  return tail.text();
}

export type Download =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** `too-large`: it was broken off at the bound. */
  | { readonly kind: 'too-large' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'missing'; readonly status: number };

/**
 * All of a file, or nothing where it is larger than `maxBytes`, whatever its size is said to be.
 *
 * @throws {ForgeError} when trying again may help.
 */
export async function downloadWhole(source: Source, maxBytes: number, resolve = resolveName): Promise<Download> {
  try {
    const answer = await open(source, resolve);
    if (answer.kind !== 'open') return answer;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) return { kind: 'too-large' };
      chunks.push(chunk);
    }
    return { kind: 'whole', bytes: Buffer.concat(chunks) };
  } catch (error) {
    throw toFault(error);
  }
}

type Answer =
  | { readonly kind: 'open'; readonly body: AsyncIterable<Uint8Array> }
  | Extract<Download, { kind: 'refused' | 'missing' }>;

/** Follows redirects by hand, each under the same rule as the first address. */
async function open({ address: first, apiUrl }: Source, resolve: Resolve): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  let address = first;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const reason = await refusalOf(address, apiUrl, resolve);
    if (reason !== null) return { kind: 'refused', reason };
    const response = await fetch(address, { redirect: 'manual', signal });
    const next = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (next === null) return answerOf(response);
    await response.body?.cancel();
    if (!URL.canParse(next, address)) return { kind: 'refused', reason: 'its address is not a URL' };
    address = new URL(next, address).href;
  }
  return { kind: 'refused', reason: `it was redirected more than ${maxRedirects} times` };
}

async function answerOf({ status, ok, body }: Response): Promise<Answer> {
  if (ok && body !== null) return { kind: 'open', body };
  await body?.cancel();
  if (status >= 500 || status === 429)
    throw new ForgeError(`the store of logs and artifacts answered ${status}`, { status, isRetryable: true });
  return { kind: 'missing', status };
}

/** A name that cannot be resolved here may still be reached through a proxy, which is then who resolves it. */
async function refusalOf(address: string, apiUrl: string, resolve: Resolve): Promise<string | null> {
  const early = refuseDownload(address, apiUrl);
  if (early !== null) return early;
  const hosts = [address, apiUrl].map((url) => new URL(url).hostname);
  const known = new Map(await Promise.all(hosts.map(async (host) => [host, await resolve(host)] as const)));
  return refuseDownload(address, apiUrl, (host) => known.get(host) ?? []);
}

/** All that a name stands for, and nothing where it stands for nothing. */
type Resolve = (host: string) => Promise<readonly string[]>;

const resolveName: Resolve = async (host) => {
  // Brackets and digits: an address already.
  if (/^\[|^[\d.]+$/.test(host)) return [];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
};

const toFault = (error: unknown): unknown =>
  error instanceof ForgeError
    ? error
    : new ForgeError('the store of logs and artifacts broke the connection', { isRetryable: true, cause: error });

/** The last bytes of a stream, within twice the bound, however many pieces it comes in. */
function createTail(maxBytes: number) {
  const kept = Buffer.allocUnsafe(2 * maxBytes);
  let keptBytes = 0;
  let seenBytes = 0;
  return {
    add: (chunk: Uint8Array) => {
      seenBytes += chunk.byteLength;
      const end = chunk.subarray(-maxBytes);
      if (keptBytes + end.byteLength > kept.byteLength) {
        kept.copyWithin(0, keptBytes - maxBytes, keptBytes);
        keptBytes = maxBytes;
      }
      kept.set(end, keptBytes);
      keptBytes += end.byteLength;
    },
    seenBytes: () => seenBytes,
    text: () => kept.subarray(Math.max(0, keptBytes - maxBytes), keptBytes).toString('utf8'),
  };
}
