import type { Attempt } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { changedPaths } from '../domain/overlay.ts';
import type { Ports } from '../ports/ports.ts';
import { areInPlace, failingTestsOf } from './failing-tests.ts';
import { wholePatch } from './tell-story.ts';

/** What a writer finds already done when an attempt begins. */

const maxTests = 20;

/** The failing test that stands, why there is none, or the patch whose chosen checks passed. */
export async function soFarText(
  ports: Pick<Ports, 'workspace' | 'reproductions'>,
  fix: Fix,
  ground: Ground,
  attempt: Attempt,
): Promise<string> {
  const parts = [
    reproductionText(fix, ground, await arePut(ports, fix, attempt)),
    fix.soFar ?? '',
    changedPaths(attempt.overlay).length === 0 ? '' : await wholePatch(ports, fix, ground, attempt.overlay),
  ];
  return parts.filter(Boolean).join('\n\n') || 'Nothing is written yet.';
}

/** Whether the tests that were seen failing are in the patch that the attempt begins with. */
async function arePut(ports: Pick<Ports, 'reproductions'>, fix: Fix, { overlay }: Attempt): Promise<boolean> {
  const tests = await failingTestsOf(ports, fix);
  return tests !== null && areInPlace(tests, overlay);
}

function reproductionText({ reproduction }: Fix, { base }: Ground, isInPlace: boolean): string {
  const end = reproduction?.end ?? null;
  if (end === null) return '';
  if (end.kind === 'none') {
    const last = reproduction?.feedback == null ? '' : `\nThe last word on it:\n${reproduction.feedback}`;
    return `There is no failing test: ${end.reason}.${last}`;
  }
  const list = end.tests.slice(0, maxTests).map(({ name, message }) => `- ${name}\n  ${message}`);
  const seen = end.base === base ? 'as the sandbox saw it' : 'as the sandbox saw it before the base moved';
  const place = isInPlace ? '' : '. They are not in place any more; write them anew';
  return `Without your change these tests fail, ${seen}${place}:\n${list.join('\n')}`;
}
