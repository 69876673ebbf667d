import { expect, test } from 'vitest';
import { withinTime } from '../../src/agent/patient-syntax.ts';
import type { Outline, Syntax } from '../../src/ports/syntax.ts';

test('once the time is over nothing more is asked, and what hangs is not waited for', async () => {
  const asked: string[] = [];
  const outline: Outline = { language: 'typescript', symbols: [], imports: [] };
  const slow: Syntax = {
    outline: (path) => {
      asked.push(path);
      return path === 'quick.ts' ? Promise.resolve(outline) : new Promise(() => undefined);
    },
    problems: async () => [],
  };
  const patient = withinTime(slow, 50);

  const answers = [
    await patient.outline('quick.ts', ''),
    await patient.outline('hangs.ts', ''),
    await patient.outline('quick.ts', ''),
    await patient.problems('quick.ts', ''),
  ];

  expect(answers).toEqual([outline, null, null, null]);
  expect(asked).toEqual(['quick.ts', 'hangs.ts']);
});
