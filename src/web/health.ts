import type { IncomingMessage, ServerResponse } from 'node:http';

/** One thing the process needs to do its work. */
export interface Readiness {
  readonly name: string;
  isReady(): Promise<boolean>;
}

const timeoutMs = 2_000;

/** `/healthz`: the process lives. `/readyz`: it can work; 503 with what is missing otherwise. */
export function healthPages(needs: readonly Readiness[]) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    if (request.method !== 'GET') return false;
    if (path === '/healthz') return answer(response, 200, { status: 'alive' });
    if (path !== '/readyz') return false;
    const states = await Promise.all(needs.map(async (need) => [need.name, await ask(need)] as const));
    const isReady = states.every(([, state]) => state === 'ready');
    return answer(response, isReady ? 200 : 503, {
      status: isReady ? 'ready' : 'not ready',
      ...Object.fromEntries(states),
    });
  };
}

/** A need that throws or hangs is not ready; a probe has nothing better to say of it. */
async function ask(need: Readiness): Promise<'ready' | 'not ready'> {
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), timeoutMs).unref());
  const isReady = await Promise.race([need.isReady().catch(() => false), late]);
  return isReady ? 'ready' : 'not ready';
}

function answer(response: ServerResponse, status: number, body: object): true {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`);
  return true;
}
