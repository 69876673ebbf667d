import { expect, test } from 'vitest';
import { applyByTool, applyExactly } from './edits/apply.ts';
import { makeCases } from './edits/cases.ts';
import { type Judgement, judge } from './edits/edit-case.ts';

async function count(seed: number, apply: typeof applyByTool): Promise<Record<Judgement, string[]>> {
  const kinds: Record<Judgement, string[]> = { right: [], refused: [], corrupted: [] };
  for (const one of makeCases(seed, 1)) kinds[await judge(one, apply)].push(`${one.kind} in ${one.path}`);
  return kinds;
}

test.each([1, 7, 2026])('of the edits of seed %i none is corrupted and few are refused', async (seed) => {
  const kinds = await count(seed, applyByTool);

  expect(kinds.corrupted).toEqual([]);
  expect(kinds.refused.length).toBeLessThan(kinds.right.length / 20);
});

test('a tool that replaces without looking is found out', async () => {
  const careless = await count(1, async (_path, text, old, fresh) => text.replace(old.trim(), () => fresh.trim()));
  const exact = await count(1, applyExactly);

  expect(careless.corrupted.length).toBeGreaterThan(20);
  expect(exact.refused.length).toBeGreaterThan(40);
});
