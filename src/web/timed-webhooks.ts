import type { IncomingMessage, ServerResponse } from 'node:http';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** Tells of every webhook how long its answer took; of one whose sender hung up before, nothing. */
export function timedWebhooks(handler: Handler, onAnswered: (status: number, tookMs: number) => void): Handler {
  return (request, response) => {
    const beganMs = performance.now();
    const isWebhook = request.method === 'POST' && request.headers['x-github-event'] !== undefined;
    if (isWebhook) response.once('finish', () => onAnswered(response.statusCode, performance.now() - beganMs));
    return handler(request, response);
  };
}
