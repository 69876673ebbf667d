import { nearestOf } from '../domain/nearest.ts';

/** The problem, with the name that somebody probably meant, or else with all there are. */
export function withSuggestion(problem: string, said: string, known: readonly string[]): string {
  const near = nearestOf(said.toLowerCase(), known);
  return near === null ? `${problem}; there are: ${known.join(', ')}` : `${problem}; did you mean ${near}?`;
}
