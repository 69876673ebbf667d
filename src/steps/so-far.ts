import type { Attempt } from '../domain/attempt.ts';
import type { Ground } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { changedPaths } from '../domain/overlay.ts';
import type { Ports } from '../ports/ports.ts';
import { wholePatch } from './tell-story.ts';

/** What a writer finds already done when an attempt begins. */

const maxTests = 20;

/** The failing test that stands, why there is none, or the patch whose chosen checks passed. */
export async function soFarText(
  ports: Pick<Ports, 'workspace'>,
  fix: Fix,
  ground: Ground,
  attempt: Attempt,
): Promise<string> {
  const parts = [
    reproductionText(fix),
    fix.soFar ?? '',
    changedPaths(attempt.overlay).length === 0 ? '' : await wholePatch(ports, fix, ground, attempt.overlay),
  ];
  return parts.filter(Boolean).join('\n\n') || 'Nothing is written yet.';
}

function reproductionText({ reproduction }: Fix): string {
  const end = reproduction?.end ?? null;
  if (end === null) return '';
  if (end.kind === 'none') {
    const last = reproduction?.feedback == null ? '' : `\nThe last word on it:\n${reproduction.feedback}`;
    return `There is no failing test: ${end.reason}.${last}`;
  }
  const list = end.tests.slice(0, maxTests).map(({ name, message }) => `- ${name}\n  ${message}`);
  return `Without your change these tests fail, as the sandbox saw it:\n${list.join('\n')}`;
}
