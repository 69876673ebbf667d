import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchNameProblem } from '../../src/domain/branch-name.ts';
import { branchName, fillPattern } from '../../src/domain/naming.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';

const usual = { number: 12, title: 'Round the discount once', key: 'AEC-456' };
const named = (name: string, parts: Partial<typeof usual | { key: null }> = {}, prefix = 'ai-fix/') =>
  branchName({ ...defaultPolicy.branches, prefix, name }, { ...usual, ...parts });

describe('the branch of a fix', () => {
  it('is called by number and title where nothing is configured', () => {
    expect(branchName(defaultPolicy.branches, usual)).toBe('ai-fix/12-round-the-discount-once');
  });

  it.each([
    ['{key}-{slug}', 'ai-fix/AEC-456-round-the-discount-once', 'ai-fix/round-the-discount-once'],
    ['{number}-{key}-{slug}', 'ai-fix/12-AEC-456-round-the-discount-once', 'ai-fix/12-round-the-discount-once'],
    ['{number}-{key}', 'ai-fix/12-AEC-456', 'ai-fix/12'],
    ['{key}/{number}', 'ai-fix/AEC-456/12', 'ai-fix/12'],
    ['f/{key}-{slug}', 'ai-fix/f/AEC-456-round-the-discount-once', 'ai-fix/f/round-the-discount-once'],
  ])('of %s is %s with a key, and %s without one', (pattern, withKey, without) => {
    expect([named(pattern), named(pattern, { key: null })]).toEqual([withKey, without]);
  });

  it('has another name each time the first is taken', () => {
    const names = [1, 2, 3].map((count) => branchName(defaultPolicy.branches, usual, count));

    expect(names.map((name) => name.slice(-7))).toEqual(['nt-once', '-once-2', '-once-3']);
  });

  it.each([
    ['a title without a letter', named('{number}-{slug}', { title: '🙂🙂' }), 'ai-fix/12-fix'],
    ['a pattern that leaves nothing', named('{key}', { key: null }, ''), 'ai-fix/12'],
    ['a name that git keeps for itself', named('HEAD'), 'ai-fix/12'],
    ['a name that ends like a lock of git', named('{slug}.lock.lock.', { title: 'x' }), 'ai-fix/x'],
    ['signs with a meaning to git or a shell', named('a..b~$(x)/.c-{number}'), 'ai-fix/a.b-x/c-12'],
  ])('is a valid one for %s', (_what, name, wanted) => {
    expect(name).toBe(wanted);
  });

  const sign = fc.constantFrom(
    '{key}',
    '{slug}',
    '{number}',
    '{x}',
    '/',
    '.',
    '..',
    '-',
    '.lock',
    '@{',
    'a',
    '~',
    'ä',
    '\n',
  );
  const anyPattern = fc.oneof(
    fc.array(sign, { maxLength: 12 }).map((signs) => signs.join('')),
    fc.string({ unit: 'binary', maxLength: 400 }),
  );
  const anyParts = fc.record({
    number: fc.integer({ min: 1, max: 2 ** 31 }),
    title: fc.string({ unit: 'binary', maxLength: 1_000 }),
    key: fc.option(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,19}-[1-9]\d{0,9}$/)),
  });

  it('is valid and short for any pattern, prefix and title', () => {
    fc.assert(
      fc.property(anyPattern, anyPattern, anyParts, fc.integer({ min: 1, max: 20 }), (prefix, name, parts, count) => {
        const made = branchName({ ...defaultPolicy.branches, prefix, name }, parts, count);

        expect(branchNameProblem(made)).toBeNull();
        expect(made).toMatch(/^[A-Za-z0-9._/-]{1,160}$/);
      }),
    );
  });

  it('is one that git itself takes', () => {
    const samples = fc.sample(fc.tuple(anyPattern, anyParts), { numRuns: 40, seed: 11 });

    for (const [name, parts] of samples)
      execFileSync('git', ['check-ref-format', '--branch', branchName({ ...defaultPolicy.branches, name }, parts)]);
  });
});

describe('a pattern', () => {
  const values = { type: 'fix', title: 'add () once', number: '7' };

  it.each([
    ['{type}({key}): {title}', 'fix(AEC-1): add () once', 'fix: add () once'],
    ['[{key}] {title}', '[AEC-1] add () once', 'add () once'],
    ['{key}: {title}', 'AEC-1: add () once', 'add () once'],
    ['{type}: {key} {title}', 'fix: AEC-1 add () once', 'fix: add () once'],
    ['{type} {key}: {title}', 'fix AEC-1: add () once', 'fix: add () once'],
    ['{title} (#{number}, {key})', 'add () once (#7, AEC-1)', 'add () once (#7)'],
    ['({key}, #{number}) {title}', '(AEC-1, #7) add () once', '(#7) add () once'],
    ['{title} – {key}', 'add () once – AEC-1', 'add () once'],
  ])('%s is %s with a key and %s without', (pattern, withKey, without) => {
    const filled = [{ ...values, key: 'AEC-1' }, values].map((each) => fillPattern(pattern, each));

    expect(filled).toEqual([withKey, without]);
  });

  it('fills nothing in what a value holds', () => {
    expect(fillPattern('{title} {key}', { title: 'the {key} of {type}', key: 'AEC-1' })).toBe(
      'the {key} of {type} AEC-1',
    );
  });
});
