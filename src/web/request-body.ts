import type { IncomingMessage } from 'node:http';

export type RequestBody =
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  /** The connection is gone: there is nobody to answer. */
  | { readonly kind: 'broken' };

export interface BodyLimits {
  readonly maxBytes: number;
  readonly bodyMs: number;
  /** Of all bodies together that are being read or used. */
  readonly heldBytes: number;
}

const tooLarge = {
  kind: 'refused',
  status: 413,
  why: 'the payload is larger than 25 MB, which GitHub never sends',
} as const;
const tooSlow = { kind: 'refused', status: 408, why: 'the payload did not arrive in time' } as const;
const tooMany = { kind: 'refused', status: 503, why: 'too many payloads at once; deliver it again later' } as const;
const noText = { kind: 'refused', status: 400, why: 'the payload is not UTF-8' } as const;

/** Strict, and with a byte order mark kept: the signature is over exactly these bytes. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads bodies of whoever may connect, within bounds for each and for all. */
export function createBodyReader(limits: BodyLimits) {
  let heldBytes = 0;

  return {
    /** Counts the body as held until `use` is done with it. */
    read: async <T>(request: IncomingMessage, use: (body: RequestBody) => Promise<T>): Promise<T> => {
      let ownBytes = 0;
      const hold = (bytes: number): boolean => {
        ownBytes += bytes;
        heldBytes += bytes;
        return heldBytes <= limits.heldBytes;
      };
      try {
        return await use(await collect(request, limits, hold));
      } finally {
        heldBytes -= ownBytes;
      }
    },
  };
}

/** What is not read any more is dropped, with the connection, by the answer. */
function collect(request: IncomingMessage, limits: BodyLimits, hold: (bytes: number) => boolean): Promise<RequestBody> {
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) return Promise.resolve(tooLarge);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (body: RequestBody): void => {
      clearTimeout(timer);
      request.off('data', take);
      chunks.length = 0;
      resolve(body);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      if (bytes > limits.maxBytes) end(tooLarge);
      else if (hold(chunk.byteLength)) chunks.push(chunk);
      else end(tooMany);
    };
    const timer = setTimeout(() => end(tooSlow), limits.bodyMs);
    request.on('data', take);
    request.once('end', () => end(decode(Buffer.concat(chunks))));
    request.once('error', () => end({ kind: 'broken' }));
    request.once('close', () => end({ kind: 'broken' }));
  });
}

function decode(bytes: Buffer): RequestBody {
  try {
    return { kind: 'whole', text: utf8.decode(bytes) };
  } catch {
    return noText;
  }
}
