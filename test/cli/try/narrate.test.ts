import { expect, test } from 'vitest';
import { narrate } from '../../../src/cli/try/narrate.ts';
import type { FixEvent } from '../../../src/domain/event.ts';
import { sampleIssue } from '../../support/sample-fix.ts';

const diagnosed: FixEvent = {
  type: 'checks-diagnosed',
  issue: sampleIssue,
  recipe: { fixers: ['format'], isFirst: false },
};
const faulted: FixEvent = { type: 'faulted', reason: 'no key is set', of: 'models' };

test('what no model can do is given up only once the fixers have had their turn', () => {
  const fruitless: FixEvent = { type: 'recipe-fruitless', reason: 'they changed nothing' };

  expect(narrate(faulted, [diagnosed])).toBe('no model can do it, so the fixers are tried');
  expect(narrate(faulted, [diagnosed, faulted, fruitless])).toBe('given up: no key is set');
  expect(narrate(faulted)).toBe('given up: no key is set');
  expect(narrate({ type: 'faulted', reason: 'the disk is full' }, [diagnosed])).toBe('given up: the disk is full');
});
