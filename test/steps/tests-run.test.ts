import { describe, expect, it } from 'vitest';
import type { Overlay } from '../../src/domain/overlay.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { recordTestsRun, reportingChecks, testsRunOf, testsToRun } from '../../src/steps/tests-run.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { sampleFixAtWork, sampleGround, sampleTestsRun, sha } from '../support/sample-fix.ts';

const fix = sampleFixAtWork();
const write = (text: string) => ({ kind: 'write', text, mode: '100644' }) as const;
const tests: Overlay = { 'sum.test.js': write('adds') };
const patch = { overlay: { ...tests, 'sum.js': write('a + b') } };
const reports = { keepsReports: true };

describe('the tests of a patch are run on the base', () => {
  it('when there are any, and nothing else of the patch', () => {
    expect(testsToRun(fix, patch, sha('a'), reports)).toEqual(tests);
  });

  it('but not without tests, without reports, or where that is turned off', () => {
    const policy = { ...defaultPolicy, evidence: { testFirst: 'off' } as const };

    expect(testsToRun(fix, { overlay: { 'sum.js': write('a + b') } }, sha('a'), reports)).toBeNull();
    expect(testsToRun(fix, patch, sha('a'), { keepsReports: false })).toBeNull();
    expect(testsToRun({ ...fix, policy }, patch, sha('a'), reports)).toBeNull();
  });
});

describe('the run of the tests', () => {
  const place = { tests, ground: sampleGround, workflowBlob: 'w' };

  it('is dispatched once for the same tests on the same ground', async () => {
    const effects = fakeEffects();
    await recordTestsRun({ effects }, fix, place, sampleTestsRun);

    const others = [
      { ...place, tests: { 'sum.test.js': write('adds more') } },
      { ...place, ground: { ...sampleGround, tip: sha('9') } },
      { ...place, ground: { ...sampleGround, base: sha('9') } },
      { ...place, workflowBlob: 'another' },
    ];

    expect(await testsRunOf({ effects }, fix, place)).toEqual(sampleTestsRun);
    for (const other of others) expect(await testsRunOf({ effects }, fix, other)).toBeNull();
  });

  it('counts no more once it gave no verdict, or a stop cancelled it', async () => {
    const effects = fakeEffects();
    await recordTestsRun({ effects }, fix, place, sampleTestsRun);

    const afterResume = await testsRunOf({ effects }, { ...fix, lives: 1 }, place);
    await recordTestsRun({ effects }, fix, place, sampleTestsRun, true);

    expect(afterResume).toBeNull();
    expect(await testsRunOf({ effects }, fix, place)).toBeNull();
  });

  it.each([
    ['all while nobody has looked', null, ['unit', 'lint']],
    ['those that kept a report', { unit: { passed: [], failed: [], skipped: [], leftOut: 0 } }, ['unit']],
    ['none where none keeps one', {}, []],
  ])('is of the checks that can tell tests by name: %s', async (_what, known, expected) => {
    const inventories = { find: () => Promise.resolve(known), put: () => Promise.resolve() };

    const checks = await reportingChecks({ inventories }, fix, sha('a'), { blob: sha('8'), checks: ['unit', 'lint'] });

    expect(checks).toEqual(expected);
  });
});
