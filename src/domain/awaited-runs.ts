import type { Fix } from './fix-facts.ts';
import type { Next } from './next.ts';

/** Every run whose end is waited for, or was. */
export const runsOf = ({ candidate, reproduction, recipe }: Fix): readonly { readonly runId: number }[] => [
  ...(candidate === null ? [] : [candidate, ...(candidate.beside ?? [])]),
  ...[recipe?.run, reproduction?.run, reproduction?.base].filter((run) => run != null),
];

/** The run by whose end the work goes on; null where none is waited for. */
export function awaitedRun(fix: Fix): { readonly runId: number } | null {
  if (fix.wait?.for !== 'run') return null;
  if (fix.state === 'created') return fix.recipe?.run ?? null;
  return readRun(fix).burst === 'observe' ? (fix.reproduction?.run ?? null) : fix.candidate;
}

export const isRunOf = (fix: Fix, runId: number): boolean => runsOf(fix).some((run) => run.runId === runId);

/** Who reads the run that ended: of the test that comes first, or of a patch. */
export const readRun = ({ reproduction }: Fix): Next => ({
  state: 'in-progress',
  burst: reproduction !== null && reproduction.end === null && reproduction.run !== null ? 'observe' : 'judge',
});
