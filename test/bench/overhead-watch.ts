import type { EngineOptions } from '../../src/durable/dbos-engine.ts';
import type { GitHub } from '../stand-in/github.ts';
import type { Interval } from './intervals.ts';

/** One durable workflow of the App: a burst, or the handling of a delivery. */
export interface Work extends Interval {
  readonly id: string;
}

/** Notes what a fix goes through while it runs. One fix at a time. */
export interface Watch {
  readonly onStep: NonNullable<EngineOptions['onStep']>;
  /** When a step ended first since `clear`. @throws {Error} when it has not. */
  endOf(step: string): number;
  works(): readonly Work[];
  /** From the run's start to its last job's end, as the stand-in lived it. */
  readonly sandboxRuns: Interval[];
  watchRuns(github: GitHub): void;
  clear(): void;
}

export function createWatch(): Watch {
  const ends = new Map<string, number>();
  const works = new Map<string, { startMs: number; endMs: number }>();
  const sandboxRuns: Interval[] = [];
  let runStartMs = Number.NaN;
  return {
    sandboxRuns,
    onStep: (at, name, id) => {
      const nowMs = performance.now();
      const work = works.get(id) ?? { startMs: nowMs, endMs: nowMs };
      works.set(id, { ...work, endMs: nowMs });
      if (at === 'after' && !ends.has(name)) ends.set(name, nowMs);
    },
    endOf: (step) => {
      const endMs = ends.get(step);
      if (endMs === undefined) throw new Error(`no step "${step}" has ended`);
      return endMs;
    },
    works: () => [...works].map(([id, interval]) => ({ id, ...interval })).sort((a, b) => a.startMs - b.startMs),
    watchRuns: (github) => {
      github.webhooks.policy = ({ event, action }) => {
        if (event === 'workflow_run' && action === 'requested') runStartMs = performance.now();
        if (event === 'workflow_run' && action === 'completed') {
          sandboxRuns.push({ startMs: runStartMs, endMs: performance.now() });
        }
        return 'deliver';
      };
    },
    clear: () => {
      ends.clear();
      works.clear();
      sandboxRuns.length = 0;
    },
  };
}
