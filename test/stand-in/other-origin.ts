import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OriginRequest {
  readonly method: string;
  readonly path: string;
  /** Whether a credential came along; it is never kept. */
  readonly hasAuthorization: boolean;
}

/** A host that is not the API: the store of logs and artifacts, or wherever a redirect leads. */
export interface OtherOrigin {
  readonly url: string;
  /** Everything that arrived, in order. */
  readonly requests: readonly OriginRequest[];
  readonly server: Server;
}

export async function startOtherOrigin(
  answer: (request: OriginRequest, response: ServerResponse) => Promise<void> | void,
): Promise<OtherOrigin> {
  const requests: OriginRequest[] = [];
  const server = createServer((incoming, response) => {
    const { method = 'GET', url: path = '/' } = incoming;
    const request = { method, path, hasAuthorization: incoming.headers.authorization !== undefined };
    requests.push(request);
    incoming.resume();
    // A client that had enough closes the connection in the middle of an endless log.
    void Promise.resolve(answer(request, response)).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, server };
}
