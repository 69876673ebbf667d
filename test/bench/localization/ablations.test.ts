import { expect, it } from 'vitest';
import { usualWeights } from '../../../src/localization/rank.ts';
import { ablations, allAblations, asAblation } from './ablations.ts';

it('each ablation leaves out something that counts', () => {
  for (const name of allAblations) {
    const left = Object.entries({ ...usualWeights, ...ablations[asAblation(name)] });

    expect(left.filter(([signal, weight]) => weight !== usualWeights[signal as keyof typeof usualWeights])).not.toEqual(
      [],
    );
  }
});

it('a signal that there is not is refused, with those that there are', () => {
  expect(() => asAblation('luck')).toThrow(/--without is luck; it must be one of definitions, paths, .*folders/);
});
