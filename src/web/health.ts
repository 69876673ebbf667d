import type { IncomingMessage, ServerResponse } from 'node:http';
import { adminPart, type ModelHealth } from '../domain/model-health.ts';

/** One thing the process needs to do its work. */
export interface Readiness {
  readonly name: string;
  isReady(): Promise<boolean>;
}

const timeoutMs = 2_000;

/**
 * `/healthz`: the process lives. `/readyz`: it can work; 503 with what is missing otherwise.
 *
 * Models are shown, and never make it unready: fixes wait for them by themselves, webhooks must still be taken, and a
 * restart mends no provider.
 */
export function healthPages(needs: readonly Readiness[], modelHealth: () => readonly ModelHealth[]) {
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
      models: Object.fromEntries(modelHealth().map((health) => [health.modelId, shownHealth(health)])),
    });
  };
}

/** Without what the provider said: whoever may ask for this page need not read that. */
const shownHealth = ({ state, openedAtMs, probeInMs, failures, fault, inFlight, queued }: ModelHealth) => ({
  state,
  ...(openedAtMs === null
    ? {}
    : { since: new Date(openedAtMs).toISOString(), askedAgainInSeconds: Math.ceil(probeInMs / 1_000) }),
  ...(fault === null ? {} : { fault, failures, admin: adminPart(fault) }),
  inFlight,
  queued,
});

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
