import type { ReproducingTests } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import { changedPaths, type Overlay } from '../domain/overlay.ts';
import { reproductionNumber } from '../domain/reproduction.ts';
import type { Ports } from '../ports/ports.ts';
import { pathsChanged } from './settle-ground.ts';

/** The tests that were seen failing, upon which the patch is written; null where there are none. */
export const failingTestsOf = async (
  { reproductions }: Pick<Ports, 'reproductions'>,
  fix: Fix,
): Promise<ReproducingTests | null> =>
  fix.reproduction?.end?.kind === 'reproduced' ? reproductions.find(fix.id, reproductionNumber(fix)) : null;

/** The same as edits of this base: carried over to another one unless somebody changed their files there. */
export async function failingTestsOn(
  ports: Pick<Ports, 'reproductions' | 'workspace'>,
  fix: Fix,
  base: Sha,
): Promise<ReproducingTests | null> {
  const tests = await failingTestsOf(ports, fix);
  if (tests === null || tests.base === base) return tests;
  return (await pathsChanged(ports, fix, tests, base)).length === 0 ? { ...tests, base } : null;
}

/** Whether the files of the tests are part of a patch, whatever was added to them. */
export const areInPlace = ({ overlay: tests }: Pick<ReproducingTests, 'overlay'>, patch: Overlay): boolean =>
  changedPaths(tests).every((path) => patch[path]?.kind === 'write');
