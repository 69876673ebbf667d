import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A server whose handler may fail: the connection is then cut, and the test sees that instead of a hang. */
export const asyncServer = (handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Server =>
  createServer((request, response) => {
    handle(request, response).catch((error: Error) => response.destroy(error));
  });
