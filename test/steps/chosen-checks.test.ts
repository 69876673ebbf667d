import { describe, expect, it } from 'vitest';
import { limits } from '../../src/domain/next.ts';
import { choiceFault, chosenOf, partlyPassedText } from '../../src/steps/chosen-checks.ts';

const known = ['unit', 'lint', 'types'];

const fresh = { partialPasses: 0, wordsBecause: null };

describe('a choice of checks', () => {
  it('of known names is taken in the order of the workflow', () => {
    expect(choiceFault(['lint', 'unit'], known, fresh)).toBeNull();
    expect(chosenOf(['lint', 'unit'], known)).toEqual(['unit', 'lint']);
  });

  it('of a name that is none says its place, what there is and what was probably meant', () => {
    expect(choiceFault(['unit', 'lnt'], known, fresh)).toBe(
      'checks[1]: there is no check "lnt"; the checks are "unit", "lint", "types". Did you mean "lint"?',
    );
  });

  it.each([[undefined], [null], [known], [['gone']]])('of %j means all of them', (chosen) => {
    expect(chosenOf(chosen, known)).toBeNull();
  });

  it('is bounded; all checks may be run as often as attempts allow', () => {
    const spent = { ...fresh, partialPasses: limits.partial };

    expect(choiceFault(['unit'], known, spent)).toContain('call finish, or validate without checks');
    expect(choiceFault(known, known, spent)).toBeNull();
    expect(choiceFault(undefined, known, spent)).toBeNull();
  });

  it('is refused where nothing can be run', () => {
    expect(choiceFault(['unit'], known, { ...fresh, wordsBecause: 'a fork' })).toContain('call finish');
  });

  it('that passed is told with what did not run', () => {
    expect(partlyPassedText(['unit'], known)).toContain('`unit` passed with it. `lint`, `types` did not run yet');
  });
});
