import { expect, test } from 'vitest';
import { ConfigError } from '../../src/domain/faults.ts';
import { createRosters } from '../../src/models/rosters.ts';

const rosters = () => createRosters({ host: { providers: { openai: { apiKey: 'k' } } } });
const chain = (model: string) => [{ model: `openai/${model}` }];

test('the same choice is the same roster, in whatever order its roles stand', () => {
  const rosterOf = rosters();

  const first = rosterOf({ coder: chain('a'), fast: chain('b') });

  expect(rosterOf({ fast: chain('b'), coder: chain('a') })).toBe(first);
  expect(rosterOf({ coder: chain('b'), fast: chain('a') })).not.toBe(first);
});

test('the rosters of very many choices are not all kept', () => {
  const rosterOf = rosters();

  const first = rosterOf({ coder: chain('0') });
  for (let count = 1; count <= 200; count++) rosterOf({ coder: chain(String(count)) });

  expect(rosterOf({ coder: chain('200') })).toBe(rosterOf({ coder: chain('200') }));
  expect(rosterOf({ coder: chain('0') })).not.toBe(first);
});

test('a choice that is wrong is wrong each time', () => {
  const rosterOf = rosters();

  for (let count = 0; count < 2; count++)
    expect(() => rosterOf({ coder: [{ model: 'gemini/x' }] })).toThrow(ConfigError);
});
