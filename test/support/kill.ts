import { isDeepStrictEqual } from 'node:util';
import type { GitHub } from '../stand-in/github.ts';
import type { ScriptedModel, ScriptedRequest } from '../stand-in/scripted-model.ts';
import type { StepPoint } from './app-process.ts';

/** Where an App is killed. */
export type Kill =
  /** It kills itself there. For deliveries: at each of them, once. */
  | { readonly kind: 'step'; readonly point: StepPoint }
  /** GitHub has done it, and the App never sees the answer. */
  | { readonly kind: 'request'; readonly request: string }
  /** The model is writing its reply. */
  | { readonly kind: 'turn'; readonly turn: string };

export function sayKill(kill: Kill): string {
  switch (kill.kind) {
    case 'step':
      return `${kill.point.at} "${kill.point.name}" of ${kill.point.work}`;
    case 'request':
      return `${kill.request}: done, not answered`;
    case 'turn':
      return `in the turn ${kill.turn}`;
  }
}

/** The turn of a role in an attempt, for instance `coder 1.0`. */
export const turnOf = ({ role, attempt, turn }: ScriptedRequest): string => `${role} ${attempt}.${turn}`;

/**
 * Names the writing requests of one fix, so that the same request has the same name in another fix, and when it is
 * sent again: `POST … (2)` is the second different one of its kind.
 */
export function createRequestNames(): RequestNames {
  const known = new Map<string, unknown[]>();
  return (method, path, body) => {
    const kind = `${method} ${withoutIds(path)}`;
    const bodies = known.get(kind) ?? [];
    known.set(kind, bodies);
    const earlier = body === undefined ? -1 : bodies.findIndex((one) => isDeepStrictEqual(one, body));
    if (earlier < 0) bodies.push(body);
    return `${kind} (${earlier < 0 ? bodies.length : earlier + 1})`;
  };
}

const withoutIds = (path: string): string =>
  decodeURIComponent(path)
    .replace(/\?.*$/, '')
    .replace(/^(\/repos)?\/acme\/tiny-\d+/, '')
    .replace(/f-(?:\d+|checks)-[0-9a-f]{8,12}/, '{fix}')
    .replaceAll(/\/[0-9a-f]{40}\b/g, '/{sha}')
    .replace(/\/(installations|comments|check-runs|runs)\/\d+/, '/$1/{id}');

export type RequestNames = (method: string, path: string, body: unknown) => string;

/** Told of each writing request of the App once it is done and before it is answered. */
export interface WriteWatch {
  tell: ((method: string, path: string, body: unknown) => Promise<void>) | null;
}

export function watchWrites(github: GitHub): WriteWatch {
  const watch: WriteWatch = { tell: null };
  for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
    github.faults.add({
      method,
      path: /^/,
      times: Number.POSITIVE_INFINITY,
      when: 'after',
      act: async ({ path, body }) => {
        const entry = github.journal.entries.findLast(
          (one) => one.method === method && one.path.split('?')[0] === path,
        );
        if (entry !== undefined && isWriteOfApp(entry)) await watch.tell?.(method, path, body);
      },
    });
  }
  return watch;
}

/** Fetching is a POST, too, but changes nothing. */
export const isWriteOfApp = ({ method, by, path }: { method: string; by: string; path: string }): boolean =>
  method !== 'GET' && by !== 'user' && !path.endsWith('/git-upload-pack');

/** Waits until the model is being asked for one of these turns, and names it; null once `isOver`. */
export async function untilAsked(
  model: ScriptedModel,
  from: number,
  turns: readonly string[],
  isOver: () => boolean,
): Promise<string | null> {
  while (!isOver()) {
    const asked = model.requests
      .slice(from)
      .map(turnOf)
      .find((turn) => turns.includes(turn));
    if (asked !== undefined) return asked;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return null;
}
