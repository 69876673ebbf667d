import { expect, test } from 'vitest';
import { closingWords } from '../../../src/cli/try/closing-words.ts';
import type { TryResult } from '../../../src/cli/try/result.ts';
import { sha } from '../../support/sample-fix.ts';

const solved: TryResult = {
  version: 1,
  outcome: 'solved',
  why: null,
  endedAt: null,
  state: 'complete',
  fix: null,
  title: 'sum subtracts',
  base: { branch: 'main', commit: sha('a') },
  branch: 'ai-fix/add',
  commit: sha('b'),
  files: [
    { path: 'sum.js', added: 1, removed: 1 },
    { path: 'five.test.js', added: 5, removed: 0 },
  ],
  checks: [],
  documents: [],
  attempts: [],
  reviews: [],
  runs: [],
  turns: 7,
  tokens: 12_345,
  usd: 0.125,
  hasUnknownPrice: true,
  models: [],
  tookMs: 61_000,
  workedMs: 0,
  stateMs: {},
  events: [],
  fixers: null,
  report: '',
};

test('what is solved is said with where it is, how to look at it, and what it cost', () => {
  const words = closingWords(solved, { repository: '../my shop' });

  expect(words).toContain('Solved. The branch ai-fix/add holds bbbbbbbbbbbb; it is not checked out.');
  expect(words).toContain('  sum.js        +1 -1');
  expect(words).toContain("git -C '../my shop' diff main...ai-fix/add");
  expect(words).toContain('at least $0.13, 12,345 tokens in 7 turns, 0 attempts, 61 s.');
});

test('a base that is no branch is named by its commit', () => {
  const words = closingWords({ ...solved, base: { branch: 'at-aaaaaaa', commit: sha('a') } }, { repository: '.' });

  expect(words).toContain(`git diff ${sha('a')}...ai-fix/add`);
});

test.each([
  ['not-solved', 'the limit of 4 attempts is reached', 'Not solved: the limit of 4 attempts is reached.'],
  ['waiting', 'nobody answered', 'Not done: nobody answered. Nothing was put into the repository.'],
  ['stopped', 'it was stopped', 'Stopped. Nothing was put into the repository.'],
  ['refused', 'the repository is empty', 'Not begun: the repository is empty.'],
] as const)('what is %s says why, and names no branch', (outcome, why, said) => {
  const words = closingWords({ ...solved, outcome, why, branch: null, commit: null, files: [] }, { repository: '.' });

  expect(words).toContain(said);
  expect(words).not.toContain('ai-fix/add');
});

test('a budget that bought no call says what to set', () => {
  const why = 'the money limit of $0.02 is reached';
  const words = closingWords({ ...solved, outcome: 'not-solved', branch: null, turns: 0, why }, { repository: '.' });

  expect(words).toContain('before a single call: none is made that might cost more. Set a larger --budget.');
  expect(closingWords({ ...solved, outcome: 'not-solved', branch: null, why }, { repository: '.' })).not.toContain(
    '--budget',
  );
});
