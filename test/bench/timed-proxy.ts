import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Interval } from './intervals.ts';

/** Stands before a server and notes when each request came and when its answer had gone out. */
export interface TimedProxy {
  readonly url: string;
  /** Where requests go. */
  target: string;
  readonly spans: readonly Span[];
  close(): Promise<void>;
}

export interface Span extends Interval {
  /** The webhook's id, where it is one. */
  readonly delivery: string | null;
}

export async function startTimedProxy(target: string): Promise<TimedProxy> {
  const spans: Span[] = [];
  const proxy = { target };
  const server = createServer((incoming, outgoing) => {
    const startMs = performance.now();
    outgoing.once('close', () => {
      const delivery = incoming.headers['x-github-delivery'];
      spans.push({
        delivery: typeof delivery === 'string' ? delivery : null,
        startMs,
        endMs: performance.now(),
      });
    });
    forward(proxy.target, incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url = '/' } = incoming;
  const onward = request(new URL(url, target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  // Whoever asked sees a broken connection, as without us.
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
