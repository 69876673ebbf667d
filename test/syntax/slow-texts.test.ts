import { expect, test } from 'vitest';
import { createSlowTexts } from '../../src/syntax/slow-texts.ts';

test('a text is known again wherever it lies, in its language alone, until a thousand others came', () => {
  const slow = createSlowTexts();
  slow.add('a.ts', '((((');

  expect([slow.has('lib/b.ts', '(((('), slow.has('a.py', '(((('), slow.has('a.ts', '(((')]).toEqual([
    true,
    false,
    false,
  ]);

  for (let index = 0; index < 1_000; index++) slow.add('a.ts', `${index}`);

  expect([slow.has('a.ts', '(((('), slow.has('a.ts', '0')]).toEqual([false, true]);
});
