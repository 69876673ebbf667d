import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { branchNameProblem } from '../../src/domain/branch-name.ts';

it.each(['main', 'release/2.x', 'a', 'feature/AEC-1_x', 'größe', 'a@b', 'x'.repeat(200)])(
  '%.20s is a branch name',
  (name) => {
    expect(branchNameProblem(name)).toBeNull();
  },
);

it.each([
  '',
  '-f',
  '/a',
  'a/',
  'a//b',
  'a..b',
  '.a',
  'a/.b',
  'a.',
  'a./b',
  'a.lock',
  'a.lock/b',
  'a b',
  'a~1',
  'a^',
  'a:b',
  'a?',
  'a*',
  'a[b',
  'a\\b',
  'a@{1}',
  '@',
  'HEAD',
  'a/HEAD',
  'a\n',
  'a\u202eb',
  '\ud800',
  'x'.repeat(201),
])('%j is none', (name) => {
  expect(branchNameProblem(name)).not.toBeNull();
});

it('whatever passes is a branch name to git', () => {
  const part = fc.constantFrom('a', 'B', '1', '.', '-', '_', '/', '@', '{', '}', '.lock', 'HEAD', 'ä');
  const names = fc
    .sample(fc.array(part, { minLength: 1, maxLength: 6 }), { numRuns: 400, seed: 7 })
    .map((parts) => parts.join(''));

  const passing = [...new Set(names)].filter((name) => branchNameProblem(name) === null);

  expect(passing.length).toBeGreaterThan(30);
  for (const name of passing.slice(0, 60)) execFileSync('git', ['check-ref-format', '--branch', name]);
});
