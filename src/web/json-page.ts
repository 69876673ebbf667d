import type { IncomingMessage, ServerResponse } from 'node:http';

/** A page that never changes while the process lives. Anybody may read it from anywhere: an editor in a browser does. */
export function jsonPage(path: string, body: object) {
  const text = `${JSON.stringify(body, null, 2)}\n`;
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (request.method !== 'GET' || (request.url ?? '').replace(/\?.*$/, '') !== path) return false;
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'cache-control': 'max-age=3600',
        'access-control-allow-origin': '*',
      })
      .end(text);
    return true;
  };
}
