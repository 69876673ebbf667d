import { ForgeError } from '../../domain/faults.ts';
import type { Experiment, Outcome, Result } from './experiment.ts';
import { type Lab, type Leftover, messageOf, NotAsked } from './lab.ts';

/** Asks one after the other, and cleans up whatever happens, also when the lab's signal aborts in between. */
export async function runLive(
  lab: Lab,
  experiments: readonly Experiment[],
  onResult: (result: Result) => void,
): Promise<{ results: readonly Result[]; leftovers: readonly Leftover[] }> {
  const results: Result[] = [];
  for (const experiment of experiments) {
    const { name, why, expected } = experiment;
    const result = { name, why, expected, ...(await outcomeOf(experiment, lab)) };
    results.push(result);
    onResult(result);
  }
  return { results, leftovers: await lab.cleanUp() };
}

/** An answer that refuses is an answer; a GitHub that does not answer, and a fault of ours, say nothing about it. */
async function outcomeOf(experiment: Experiment, lab: Lab): Promise<Outcome> {
  if (lab.signal.aborted) return { verdict: 'not asked', found: 'interrupted' };
  try {
    return await experiment.ask(lab);
  } catch (error) {
    if (lab.signal.aborted) return { verdict: 'not asked', found: 'interrupted' };
    if (error instanceof NotAsked) return { verdict: 'not asked', found: error.message };
    const isAnswer = error instanceof ForgeError && !error.isRetryable;
    return { verdict: isAnswer ? 'different' : 'not asked', found: messageOf(error) };
  }
}
