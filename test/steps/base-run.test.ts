import { describe, expect, it } from 'vitest';
import type { SideRun } from '../../src/domain/candidate.ts';
import { baseRunOf, recordBaseRun } from '../../src/steps/base-run.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { sampleFixAtWork, sampleTestsRun, sha } from '../support/sample-fix.ts';

const fix = sampleFixAtWork();
const run: SideRun = { ...sampleTestsRun, tree: 'base', sha: sha('a') };

describe('the run of the base', () => {
  it('is dispatched once for a commit and a workflow', async () => {
    const effects = fakeEffects();
    await recordBaseRun({ effects }, fix, 'w', run);

    expect(await baseRunOf({ effects }, fix, sha('a'), 'w')).toEqual(run);
    expect(await baseRunOf({ effects }, fix, sha('9'), 'w')).toBeNull();
    expect(await baseRunOf({ effects }, fix, sha('a'), 'another')).toBeNull();
  });

  it('counts no more once it gave no verdict, or a stop cancelled it', async () => {
    const effects = fakeEffects();
    await recordBaseRun({ effects }, fix, 'w', run);

    const afterResume = await baseRunOf({ effects }, { ...fix, lives: 1 }, sha('a'), 'w');
    await recordBaseRun({ effects }, fix, 'w', run, true);

    expect(afterResume).toBeNull();
    expect(await baseRunOf({ effects }, fix, sha('a'), 'w')).toBeNull();
  });
});
