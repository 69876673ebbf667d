import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Inventory, takeInventory } from '../../src/domain/inventory.ts';
import { type JudgeFacts, judgeGreen, type Reports } from '../../src/domain/judgement.ts';

const ran = (...names: readonly string[]): Inventory =>
  takeInventory(names.map((name) => ({ name, outcome: 'passed' })));

const report = (trees: Partial<Omit<Reports, 'check'>>): Reports => ({
  check: 'test',
  base: undefined,
  candidate: undefined,
  judge: undefined,
  ...trees,
});
const green = (facts: Partial<JudgeFacts>) => judgeGreen({ judge: null, reports: [], whyTestsChange: null, ...facts });

describe('a green candidate', () => {
  it('passes where there is nothing to compare it with', () => {
    expect(green({ reports: [report({ candidate: ran('a') })] })).toEqual({ kind: 'passed', asks: [], evidence: [] });
  });

  it('passes with what ran on the base, and says so', () => {
    const judgement = green({ reports: [report({ base: ran('a'), candidate: ran('a', 'b') })] });

    expect(judgement).toMatchObject({ kind: 'passed', asks: [] });
    expect(judgement.kind === 'passed' && judgement.evidence.join()).toMatch(/every test .* 1 test more/);
  });

  it.each<[string, Reports]>([
    ['a test of the base did not run', report({ base: ran('a', 'b'), candidate: ran('a') })],
    ['no report came although the base has one', report({ base: ran('a'), candidate: undefined })],
    ['an empty suite ran', report({ base: ran('a'), candidate: ran() })],
    [
      'a test of the base was skipped',
      report({ base: ran('a'), candidate: takeInventory([{ name: 'a', outcome: 'skipped' }]) }),
    ],
  ])('fails when %s', (_what, lost) => {
    expect(green({ reports: [lost] }).kind).toBe('failed');
  });

  it("fails when it does not pass with the base's own tests", () => {
    expect(green({ judge: 'failed' })).toMatchObject({
      kind: 'failed',
      because: [expect.stringContaining('of the base')],
    });
  });

  it("fails when a test is lost in the judge's tree, whatever the candidate reports", () => {
    const reports = [report({ base: ran('a', 'b'), candidate: ran('a', 'b'), judge: ran('a') })];

    expect(green({ judge: 'passed', reports }).kind).toBe('failed');
  });

  it('asks a person about a test that only the candidate lost: it was renamed or taken out', () => {
    const reports = [report({ base: ran('a', 'b'), candidate: ran('a'), judge: ran('a', 'b') })];

    expect(green({ judge: 'passed', reports })).toMatchObject({
      kind: 'passed',
      asks: [{ why: expect.stringContaining('`b`') }],
    });
  });

  it('asks a person where the writer says why existing tests had to change', () => {
    const judgement = green({ judge: 'failed', whyTestsChange: 'the issue asks for another rounding' });

    expect(judgement).toMatchObject({ kind: 'passed', asks: [{ path: 'the checks' }] });
  });

  it('never passes without a question once anything of the base is lost', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 });
    fc.assert(
      fc.property(names, names, fc.option(names), fc.option(fc.constant('because')), (base, candidate, judge, why) => {
        const reports = [
          report({
            base: ran(...base),
            candidate: ran(...candidate),
            judge: judge === null ? undefined : ran(...judge),
          }),
        ];
        const judgement = green({ judge: judge === null ? null : 'passed', reports, whyTestsChange: why });
        const isLost = [candidate, ...(judge === null ? [] : [judge])].some((tree) =>
          base.some((name) => !tree.includes(name)),
        );

        expect(judgement.kind === 'passed' && judgement.asks.length === 0).toBe(!isLost);
      }),
    );
  });
});
