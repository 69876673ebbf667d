import { ForgeError } from '../domain/faults.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import type { Sha } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Puts the validated commit itself on the branch, by fast-forward only: what was judged is what is offered, and a
 * commit that a person pushed meanwhile is never overwritten: `moved` then. Idempotent.
 */
export async function publishCandidate(
  { commits }: Pick<Ports, 'commits'>,
  fix: Fix,
  ground: Ground,
  validated: Sha,
): Promise<'published' | 'moved'> {
  const ref = `refs/heads/${ground.branch}`;
  const tip = await commits.tipOf(fix.repository, ref);
  // Somebody who takes a commit back means it, even where ours would still go forwards.
  if (tip !== ground.tip && tip !== validated) return 'moved';
  const answer = await commits.setRef(fix.repository, ref, validated, 'fast-forward');
  switch (answer) {
    case 'set':
      return 'published';
    case 'not-fast-forward':
    case 'exists':
      return 'moved';
    case 'forbidden':
      throw new ForgeError(`GitHub refused to move ${ground.branch}`, { status: 403, isRetryable: false });
  }
}
