import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A door before the scripted model, which itself remembers nothing: it turns requests away while a test wants it to.
 */
export interface ModelGate {
  /** For `OPENAI_BASE_URL`. */
  readonly url: string;
  /** Where requests that may pass go. */
  target: string | null;
  /** Turns away so many of the requests whose body contains this text. */
  refuse(containing: string, times: number, answer: Refusal): void;
  /** How many requests with this text have come, turned away or not. */
  seen(containing: string): number;
  close(): Promise<void>;
}

interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message: string;
}

export async function openModelGate(): Promise<ModelGate> {
  const refusals: { containing: string; left: number; answer: Refusal }[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    bodies.push(body);
    const refusal = refusals.find(({ containing, left }) => left > 0 && body.includes(containing));
    if (refusal !== undefined) {
      refusal.left -= 1;
      const { status, headers, message } = refusal.answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ error: { message, type: 'refused_by_test', code: null } }));
      return;
    }
    const { method = 'GET', url = '/', headers } = request;
    const answer = await fetch(`${gate.target}${url}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: headers.authorization ?? '' },
      body,
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gate: ModelGate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    target: null,
    refuse: (containing, times, answer) => void refusals.push({ containing, left: times, answer }),
    seen: (containing) => bodies.filter((body) => body.includes(containing)).length,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return gate;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
