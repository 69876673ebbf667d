import type { FailingCommit } from '../domain/failing-checks.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { chooseFixers, type FailingWords, type WantedRecipe } from '../domain/recipe.ts';
import type { Ports } from '../ports/ports.ts';
import { readSandbox } from './inspect-repository.ts';

/** The fixers for these failures, as far as the sandbox workflow of the default branch has any; null where none is to run. */
export async function chooseRecipe(
  { repositories }: Pick<Ports, 'repositories'>,
  fix: Fix,
  { isFork }: FailingCommit,
  told: { readonly words: readonly FailingWords[]; readonly isWhole: boolean },
): Promise<WantedRecipe | null> {
  // There is no branch of ours to run them on.
  if (isFork) return null;
  const { head } = await repositories.facts(fix.repository);
  const sandbox = head === null ? null : await readSandbox(repositories, fix, head);
  if (sandbox?.kind !== 'usable') return null;
  return chooseFixers(told.words, sandbox.fixers, fix.policy.fixers, told.isWhole);
}
