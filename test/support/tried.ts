import type { Attempt } from '../../src/domain/attempt.ts';
import type { FailureNature, KnownFailure } from '../../src/domain/failure.ts';
import type { Overlay } from '../../src/domain/overlay.ts';
import { sampleAttempt } from './sample-fix.ts';

/** `test:rounds`, `build:rounds`, `lint:rounds` in the check of that name; with `*` behind it, it fails on the base too. */
const failureNamed = (said: string): KnownFailure => {
  const [, nature = 'test', name = said, star] = /^(\w+):([^*]+)(\*)?$/.exec(said) ?? [];
  return {
    check: nature === 'lint' ? 'lint' : 'test',
    nature: nature as FailureNature,
    name,
    fingerprint: said.replace('*', ''),
    ...(star === undefined ? {} : { isOnBase: true }),
  };
};

export const patchOf = (text: string): Overlay => ({ 'a.ts': { kind: 'write', text, mode: '100644' } });

/** An attempt that failed so, with a patch of its own unless the test gives one. */
export const failedAttempt = (number: number, failures: readonly string[], more: Partial<Attempt> = {}): Attempt => ({
  ...sampleAttempt,
  number,
  overlay: patchOf(`patch ${number}`),
  summary: { summary: `Did the thing of attempt ${number}.`, testsAdded: [], notDone: null },
  verdict: { kind: 'failed', text: `log ${number}`, failures: failures.map(failureNamed), failed: failures.length },
  ...more,
});
