import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Webhooks } from '@octokit/webhooks';
import { payloadProblem } from './payload-shape.ts';
import { createBodyReader } from './request-body.ts';

/** Probot's registration page tells GitHub to send events to `<host>/`, whatever path its server listens on. */
const registeredPath = '';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

export interface GuardLimits {
  /** GitHub itself gives a delivery up after ten seconds. */
  readonly bodyMs: number;
  /** Of all payloads that are being received or worked on together: anybody may send before a signature is checked. */
  readonly heldBytes: number;
}

/** GitHub caps payloads at 25 MB: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap */
const maxPayloadBytes = 25 * 1024 * 1024;
const defaultLimits: GuardLimits = { bodyMs: 10_000, heldBytes: 8 * maxPayloadBytes };

/**
 * Stands before Probot's own middleware: judges the head before a byte of the body is read, bounds the body in size and
 * time, and answers 401 to whatever our secret did not sign, before anything is parsed. Probot checks the signature
 * once more. Both comparisons are `@octokit/webhooks`', which take the same time for every wrong signature.
 */
export function guardWebhooks(path: string, secret: string, inner: Handler, limits = defaultLimits): Handler {
  const webhooks = new Webhooks({ secret });
  const bodies = createBodyReader({ ...limits, maxBytes: maxPayloadBytes });
  return async (request, response) => {
    const isWebhook = request.method === 'POST' && [path, registeredPath].includes(pathOf(request));
    if (!isWebhook) return inner(request, response);
    request.url = path;
    const refusal = refusalOf(request.headers);
    if (refusal !== null) return refuse(response, refusal);
    return bodies.read(request, async (body) => {
      switch (body.kind) {
        case 'broken':
          return true;
        case 'refused':
          return refuse(response, body);
        case 'whole': {
          const signature = String(request.headers['x-hub-signature-256']);
          const isOurs = body.text !== '' && (await webhooks.verify(body.text, signature));
          if (!isOurs)
            return refuse(response, unsigned('the signature does not fit the payload and the webhook secret'));
          const problem = payloadProblem(body.text);
          if (problem !== null) return refuse(response, { status: 400, why: problem });
          request.body = body.text;
          return inner(request, response);
        }
      }
    });
  };
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '').replace(/[?#].*$/, '').replace(/\/+$/, '');

export interface Refusal {
  readonly status: number;
  readonly why: string;
}

const unsigned = (why: string): Refusal => ({ status: 401, why });

/** What is wrong with the head alone, or null. Node joins a header that comes twice with a comma, which fits no form. */
function refusalOf(headers: IncomingHttpHeaders): Refusal | null {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded')
    return {
      status: 415,
      why: 'this is form data: choose the content type application/json in the webhook settings of the App',
    };
  if (type !== 'application/json') return { status: 415, why: 'the content type must be application/json' };
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return { status: 415, why: 'the payload must not be compressed' };
  if (!/^[a-z][a-z_]{0,63}$/.test(String(headers['x-github-event'] ?? '')))
    return { status: 400, why: 'the header X-GitHub-Event must be there once, with the name of an event' };
  if (!/^[\w-]{1,128}$/.test(String(headers['x-github-delivery'] ?? '')))
    return { status: 400, why: 'the header X-GitHub-Delivery must be there once, with the id of the delivery' };
  if (/^sha256=[0-9a-f]{64}$/.test(String(headers['x-hub-signature-256'] ?? ''))) return null;
  if (headers['x-hub-signature-256'] === undefined && headers['x-hub-signature'] !== undefined)
    return unsigned('a SHA-1 signature is not enough: the header X-Hub-Signature-256 is missing');
  return unsigned('the header X-Hub-Signature-256 must be there once, as sha256= and 64 hexadecimal digits');
}

function refuse(response: ServerResponse, { status, why }: Refusal): true {
  response
    .writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    .end(`${JSON.stringify({ error: why })}\n`);
  return true;
}
