import { adminPart, type ModelHealth } from '../domain/model-health.ts';
import type { Model } from '../ports/model.ts';
import type { Log } from '../ports/ports.ts';
import { createModelGuard, type GuardOptions, type ModelGuard } from './model-guard.ts';

/** One guard for each model, shared by all fixes of the process: rosters come and go with policies, health does not. */
export interface Breakers {
  guardOf(modelId: string): ModelGuard;
  /** Of every model that was ever asked, by name. */
  health(): readonly ModelHealth[];
  /** A fault that is no failure of the model: only the log hears of it. */
  noteRejected(model: Model, reason: string): void;
}

export type BreakerOptions = Partial<Omit<GuardOptions, 'changed'>>;

const second = 1_000;

export const defaultBreakerOptions: Omit<GuardOptions, 'changed'> = {
  opensAfter: 5,
  callsAtOnce: 8,
  longestQueueMs: 60 * second,
  pauseMs: (times) => Math.min(300, 15 * 2 ** (times - 1)) * second,
  adminPauseMs: 300 * second,
  now: Date.now,
};

/** The same trouble of the same model is told again after this long. */
const tellAgainMs = 6 * 60 * 60 * second;

export function createBreakers(log: Log, options: BreakerOptions = {}): Breakers {
  const guards = new Map<string, ModelGuard>();
  const told = createMemory();
  const changed = (health: ModelHealth) => tell(log, told, health);
  return {
    guardOf(modelId) {
      const known = guards.get(modelId);
      if (known !== undefined) return known;
      const guard = createModelGuard(modelId, { ...defaultBreakerOptions, ...options, changed });
      guards.set(modelId, guard);
      return guard;
    },
    health: () =>
      [...guards.values()].map((guard) => guard.health()).toSorted((a, b) => a.modelId.localeCompare(b.modelId)),
    noteRejected({ id: model }, reason) {
      if (!told.isNew(`${model} rejected`)) return;
      log.error({ code: 'model-rejected', model, reason }, 'a model refuses our requests as wrong ones');
    },
  };
}

/** Trouble that only the admin can mend is an error, told once; what passes by itself is a warning. */
function tell(log: Log, told: Memory, { modelId: model, state, fault, reason, probeInMs }: ModelHealth): void {
  if (state === 'closed') {
    log.info({ code: 'model-answers', model }, 'a model answers again');
    told.forget(model);
    return;
  }
  if (fault === null) return;
  const pauseSeconds = Math.round(probeInMs / second);
  const part = adminPart(fault);
  const details = { code: `model-${fault}`, model, reason, pauseSeconds };
  if (fault === 'rate-limited') log.info(details, 'a model asks to be left alone for a while');
  else if (part === null) log.warn(details, 'a model is not asked for a while');
  else if (told.isNew(`${model} ${fault}`)) log.error(details, `a model cannot be asked: ${part}`);
}

interface Memory {
  /** True at the first time, and again after a long while. */
  isNew(what: string): boolean;
  /** All that begins so. */
  forget(model: string): void;
}

function createMemory(): Memory {
  const at = new Map<string, number>();
  return {
    isNew(what) {
      const before = at.get(what);
      const now = performance.now();
      if (before !== undefined && now - before < tellAgainMs) return false;
      at.set(what, now);
      return true;
    },
    forget(model) {
      for (const what of at.keys()) if (what.startsWith(`${model} `)) at.delete(what);
    },
  };
}
