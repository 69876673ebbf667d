import { describe, expect, it } from 'vitest';
import { limits } from '../../src/domain/turning-points.ts';
import { choiceFault, chosenOf, partlyPassedText } from '../../src/steps/chosen-checks.ts';

const known = ['unit', 'lint', 'types'];

describe('a choice of checks', () => {
  it('of known names is taken in the order of the workflow', () => {
    expect(choiceFault(['lint', 'unit'], known, 0)).toBeNull();
    expect(chosenOf(['lint', 'unit'], known)).toEqual(['unit', 'lint']);
  });

  it('of a name that is none says its place, what there is and what was probably meant', () => {
    expect(choiceFault(['unit', 'lnt'], known, 0)).toBe(
      'checks[1]: there is no check "lnt"; the checks are "unit", "lint", "types". Did you mean "lint"?',
    );
  });

  it.each([[undefined], [null], [known], [['gone']]])('of %j means all of them', (chosen) => {
    expect(chosenOf(chosen, known)).toBeNull();
  });

  it('is bounded; all checks may be run as often as attempts allow', () => {
    expect(choiceFault(['unit'], known, limits.partial)).toContain('call finish, or validate without checks');
    expect(choiceFault(known, known, limits.partial)).toBeNull();
    expect(choiceFault(undefined, known, limits.partial)).toBeNull();
  });

  it('that passed is told with what did not run', () => {
    expect(partlyPassedText(['unit'], known)).toContain('`unit` passed with it. `lint`, `types` did not run yet');
  });
});
