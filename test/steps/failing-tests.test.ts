import { describe, expect, it } from 'vitest';
import type { ReproducingTests } from '../../src/domain/attempt.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { failingTestsOn } from '../../src/steps/failing-tests.ts';
import { soFarText } from '../../src/steps/so-far.ts';
import { fakeCommits } from '../support/fake-commits.ts';
import type { FakeFiles } from '../support/fake-tree.ts';
import { fakeWorkspace } from '../support/fake-workspace.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround, sha } from '../support/sample-fix.ts';

const overlay = { 'sum.test.js': { kind: 'write', text: 'more', mode: '100644' } } as const;
const tests: ReproducingTests = { number: 1, base: sampleGround.base, overlay, tests: ['adds'] };
const reproductions = { find: async () => tests, put: async () => undefined } satisfies Ports['reproductions'];
const moved = { ...sampleGround, base: sha('9') };
const end = {
  kind: 'reproduced',
  tests: [{ name: 'adds', check: 'test', message: 'expected 5' }],
  runUrl: '',
  digest: 'd',
  base: sampleGround.base,
} as const;
const fix = sampleFixAtWork({ reproduction: { failures: 0, feedback: null, run: null, base: null, end } });

/** The files of the base that moved; on the one before there is only the test. */
const portsOn = (now: FakeFiles) => ({
  reproductions,
  workspace: fakeWorkspace(fakeCommits(), { [sampleGround.base]: { 'sum.test.js': 'test' }, [moved.base]: now }),
});

describe('a test that was seen failing', () => {
  it('is carried over to a base that left its files alone', async () => {
    const carried = await failingTestsOn(portsOn({ 'sum.test.js': 'test', 'new.js': '' }), fix, moved.base);

    expect(carried).toEqual({ ...tests, base: moved.base });
  });

  it('is not where somebody changed them there', async () => {
    expect(await failingTestsOn(portsOn({ 'sum.test.js': 'another' }), fix, moved.base)).toBeNull();
  });

  it('is told as in place only where it is', async () => {
    const told = (patch: typeof sampleAttempt.overlay, ground = moved) =>
      soFarText(portsOn({}), fix, ground, { ...sampleAttempt, overlay: patch });

    expect(await told(overlay, sampleGround)).toContain('these tests fail, as the sandbox saw it:\n- adds');
    expect(await told(overlay)).toContain('as the sandbox saw it before the base moved:\n- adds');
    expect(await told({})).toContain('They are not in place any more; write them anew:');
  });
});
