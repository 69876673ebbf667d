import type { Weights } from '../../../src/localization/rank.ts';
import { CloneProblem } from './clone.ts';

/** What may be left out of the ranking, to see what it brings. */
export const ablations = {
  definitions: { definitions: 0 },
  paths: { path: 0 },
  'similar-commits': { similar: 0 },
  'recent-work': { recent: 0 },
  'changes-together': { together: 0 },
  history: { similar: 0, recent: 0, together: 0 },
  folders: { folder: 0 },
  'import-neighbours': { neighbours: 0 },
} as const satisfies Readonly<Record<string, Partial<Weights>>>;

export type Ablation = keyof typeof ablations;
export const allAblations = Object.keys(ablations) as readonly Ablation[];

/** @throws {CloneProblem} for a name that is none of them. */
export function asAblation(name: string): Ablation {
  const known = allAblations.find((one) => one === name);
  if (known === undefined) throw new CloneProblem(`--without is ${name}; it must be one of ${allAblations.join(', ')}`);
  return known;
}
