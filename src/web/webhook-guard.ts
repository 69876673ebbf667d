import type { IncomingMessage, ServerResponse } from 'node:http';
import { Webhooks } from '@octokit/webhooks';

/** GitHub caps payloads at 25 MB: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap */
const maxPayloadBytes = 25 * 1024 * 1024;

/** Probot's registration page tells GitHub to send events to `<host>/`, whatever path its server listens on. */
const registeredPath = '';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/**
 * Stands before Probot's own middleware: caps the body while it streams and answers 401 to whatever our secret did not
 * sign, before anything is parsed. Probot checks the signature once more.
 */
export function guardWebhooks(path: string, secret: string, inner: Handler): Handler {
  const webhooks = new Webhooks({ secret });
  return async (request, response) => {
    const isWebhook = request.method === 'POST' && [path, registeredPath].includes(pathOf(request));
    if (!isWebhook) return inner(request, response);
    request.url = path;
    const body = await readBody(request);
    if (body === null) return refuse(response, 413, 'the payload is larger than 25 MB, which GitHub never sends');
    const signature = request.headers['x-hub-signature-256'];
    const isOurs =
      typeof signature === 'string' && signature !== '' && body !== '' && (await webhooks.verify(body, signature));
    if (!isOurs) return refuse(response, 401, 'the signature does not fit the payload and the webhook secret');
    request.body = body;
    return inner(request, response);
  };
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '').replace(/[?#].*$/, '').replace(/\/+$/, '');

/** Null once it is too large; the rest is not read. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxPayloadBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuse(response: ServerResponse, status: number, why: string): true {
  response
    .writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    .end(`${JSON.stringify({ error: why })}\n`);
  return true;
}
