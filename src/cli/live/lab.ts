import { randomBytes } from 'node:crypto';
import type { openAdapters } from '../../adapters.ts';
import type { RepositoryRef, Sha } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import type { GitHubExperiments } from '../../github/github-experiments.ts';
import type { SandboxReading } from '../../steps/inspect-repository.ts';

/** The App cannot ask this here; the message says why, and how it becomes possible. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked';
}

/** How long things are waited for. Tests shorten it. */
export interface LabPace {
  readonly pollMs: number;
  /** A run, from its dispatch to its end. */
  readonly runMs: number;
  /** The run of a push, from the push to the list. */
  readonly pushRunMs: number;
  /** For something that should not happen. */
  readonly quietMs: number;
  readonly tokenMs: number;
}

export const realPace: LabPace = {
  pollMs: 3_000,
  runMs: 10 * 60_000,
  pushRunMs: 90_000,
  quietMs: 20_000,
  tokenMs: 30_000,
};

export interface LabGround {
  readonly repository: RepositoryRef;
  readonly policy: Policy;
  readonly head: Sha;
  readonly defaultBranch: string;
  readonly isPrivate: boolean;
  readonly sandboxWorkflow: SandboxReading;
  readonly adapters: Pick<
    ReturnType<typeof openAdapters>,
    'commits' | 'pullRequests' | 'repositories' | 'reviews' | 'sandbox' | 'workspace'
  >;
  readonly github: GitHubExperiments;
  readonly pace: LabPace;
  /** Aborts when the person at the terminal has had enough. */
  readonly signal: AbortSignal;
}

/** A place in the scratch repository for experiments that build on one another and leave nothing behind. */
export interface Lab extends LabGround {
  /** Unguessable; stands in the name of everything that is made. */
  readonly id: string;
  readonly branch: string;
  readonly startedMs: number;
  /** Says how to take something back, before it is made: so nothing is forgotten, whatever ends the experiments. */
  willMake(what: string, undo: () => Promise<void>): void;
  /** Null when nothing was there at the deadline. @throws what the signal aborts with. */
  until<T>(deadlineMs: number, look: () => Promise<T | null>): Promise<T | null>;
  pause(durationMs: number): Promise<void>;
  /** Takes back everything, the newest first, and tells what is left over. */
  cleanUp(): Promise<readonly Leftover[]>;
  /** The same promise each time. Whoever comes after the one that it failed for is told that it is missing. */
  once<T>(what: string, make: (lab: Lab) => Promise<T>): Promise<T>;
}

export interface Leftover {
  readonly what: string;
  readonly why: string;
}

export function openLab(ground: LabGround): Lab {
  const id = randomBytes(6).toString('hex');
  const made: { what: string; undo: () => Promise<void> }[] = [];
  const known = new Map<string, Promise<unknown>>();
  const lab: Lab = {
    ...ground,
    id,
    branch: `${ground.policy.branches.prefix}doctor-${id}`,
    startedMs: Date.now(),
    willMake: (what, undo) => void made.push({ what, undo }),
    pause: (durationMs) => sleep(durationMs, ground.signal),
    until: async (deadlineMs, look) => {
      const endMs = Date.now() + deadlineMs;
      for (;;) {
        ground.signal.throwIfAborted();
        const found = await look();
        if (found !== null) return found;
        if (Date.now() + ground.pace.pollMs > endMs) return null;
        await sleep(ground.pace.pollMs, ground.signal);
      }
    },
    cleanUp: async () => {
      const left: Leftover[] = [];
      for (const { what, undo } of made.splice(0).reverse()) {
        await undo().catch((error: unknown) => void left.push({ what, why: messageOf(error) }));
      }
      return left;
    },
    once: <T>(what: string, make: (lab: Lab) => Promise<T>): Promise<T> => {
      const earlier = known.get(what) as Promise<T> | undefined;
      if (earlier === undefined) {
        const making = make(lab);
        known.set(what, making);
        return making;
      }
      return earlier.catch((error: unknown) => {
        throw error instanceof NotAsked ? error : new NotAsked(`${what} is needed for it, and could not be made`);
      });
    },
  };
  return lab;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, durationMs);
    signal.addEventListener('abort', stop, { once: true });
  });
}
