import type { CheckScript } from '../../local/check-script.ts';
import type { RecipeScripts } from '../../local/run-recipe.ts';

/** What judges the commit, and how it came to be chosen. */
export interface FoundChecks {
  readonly checks: readonly FoundCheck[];
  /** What installs dependencies first, with network; empty where nothing does. */
  readonly setUp: readonly CheckScript[];
}

/** What may mend failing checks without a model. */
export interface FoundFixers extends RecipeScripts {
  readonly names: readonly string[];
}

export interface FoundCheck extends CheckScript {
  readonly name: string;
  /** For people: the command itself, or what stands for it. */
  readonly command: string;
  readonly from: string;
}
