import { Worker } from 'node:worker_threads';
import type { SearchHit } from '../ports/workspace.ts';
import type { MatchJob } from './match-lines.ts';

const maxSearchMs = 2_000;

type OverlaySearch = { readonly kind: 'found'; readonly hits: readonly SearchHit[] } | { readonly kind: 'too-slow' };

/** Searches texts that are on no disk, in a thread that is ended when the pattern takes too long. */
export async function searchTexts(job: MatchJob): Promise<OverlaySearch> {
  if (job.files.length === 0) return { kind: 'found', hits: [] };
  const worker = new Worker(new URL('./match-lines.ts', import.meta.url), { workerData: job, env: {}, execArgv: [] });
  const { promise, resolve, reject } = Promise.withResolvers<OverlaySearch>();
  let timer: NodeJS.Timeout | undefined;
  // From when the thread runs: a busy host may take long to start one.
  worker.once('online', () => {
    timer = setTimeout(() => resolve({ kind: 'too-slow' }), maxSearchMs);
  });
  worker.once('message', (hits: readonly SearchHit[]) => resolve({ kind: 'found', hits }));
  worker.once('error', reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
