import { describe, expect, it } from 'vitest';
import { defaultPolicy, type FixersPolicy } from '../../src/domain/policy.ts';
import { calledFor, chooseFixers, type FailingWords, kindsOfFixer } from '../../src/domain/recipe.ts';

const words = (name: string, said = ''): FailingWords => ({ names: [name], said });
const called = (said: string, name = 'ci'): string[] => [...calledFor(words(name, said))];

describe('what a failing check calls for', () => {
  it.each([
    ['check-format', ['format']],
    ['lint_and_fmt', ['lint', 'format']],
    ['ESLint', ['lint']],
    ['lockfile is up to date', ['lockfile']],
    ['snapshots', ['snapshots']],
    ['vet', ['lint']],
    ['go vet', ['lint']],
    ['Lint / govet', ['lint']],
    ['vet clinic tests', []],
    ['unit', []],
    ['information', []],
    ['splinter', []],
  ])('is told by the name %j', (name, kinds) => {
    expect(called('', name)).toEqual(kinds);
  });

  it.each([
    ['[warn] Code style issues found in 2 files. Run Prettier with --write to fix.', ['format']],
    ['would reformat slugs/unique.py\n1 file would be reformatted', ['format']],
    ['Diff in /work/src/lib.rs:12:', ['format']],
    ['  1 error and 0 warnings potentially fixable with the `--fix` option.', ['lint']],
    ['Found 3 errors.\n[*] 2 fixable with the `--fix` option.', ['lint']],
    [
      'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync',
      ['lockfile'],
    ],
    ['ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile"', ['lockfile']],
    ['error: the lock file Cargo.lock needs to be updated but --locked was passed', ['lockfile']],
    ['main.go:4:2: missing go.sum entry for module', ['lockfile']],
    ['warning: run `cargo fix --lib -p shop` to apply 1 suggestion', ['compiler']],
    ['  Snapshots  1 failed\nError: Snapshot `cart 1` mismatched', ['snapshots']],
    ['Error: Snapshot `a cart > is shown 1` mismatched', ['snapshots']],
    ['Snapshots:   1 failed, 4 passed, 5 total', ['snapshots']],
    ["snapshot assertion for 'cart' failed in line 7", ['snapshots']],
    ['(run pytest with --snapshot-update to update snapshots)', ['snapshots']],
    ["You can run 'go test . -update' to automatically update testdata/cart.golden", ['snapshots']],
    ['Snapshots:   5 passed, 5 total', []],
    ['2 snapshots failed', ['snapshots']],
    ['expected 3 to be 5', []],
  ])('is told by what its log says: %j', (said, kinds) => {
    expect(called(said)).toEqual(kinds);
  });

  it('is read of a log of 2 MB in a moment', () => {
    const said = `${'lock file '.repeat(100_000)}${'Diff in '.repeat(100_000)}`;
    const before = performance.now();

    calledFor(words('unit', said));

    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

const policy = (facts: Partial<FixersPolicy> = {}): FixersPolicy => ({ ...defaultPolicy.fixers, ...facts });
const offered = ['lockfile', 'lint', 'format', 'snapshots', 'our-own'];

describe('the fixers that run', () => {
  it('come first where every failing check calls for one, and then no other runs', () => {
    const recipe = chooseFixers([words('format'), words('lint')], offered, policy());

    expect(recipe).toEqual({ fixers: ['lint', 'format'], isFirst: true });
  });

  it('wait for an outage where a failing check calls for none', () => {
    const recipe = chooseFixers([words('format'), words('unit')], offered, policy());

    expect(recipe).toEqual({ fixers: ['lockfile', 'lint', 'format', 'our-own'], isFirst: false });
  });

  it('wait for an outage where some of what fails was not read', () => {
    expect(chooseFixers([words('format')], offered, policy(), false)).toMatchObject({ isFirst: false });
  });

  it('wait for an outage where the workflow has none of the kind', () => {
    expect(chooseFixers([words('lint')], ['format'], policy())).toEqual({ fixers: ['format'], isFirst: false });
  });

  it('come first whatever fails, where the repository wants that', () => {
    expect(chooseFixers([words('unit')], offered, policy({ when: 'first' }))).toEqual({
      fixers: ['lockfile', 'lint', 'format', 'our-own'],
      isFirst: true,
    });
  });

  it('write no snapshot anew unless the repository allows it', () => {
    expect(chooseFixers([words('snapshots')], offered, policy())).toMatchObject({ isFirst: false });
    expect(chooseFixers([words('snapshots')], offered, policy({ snapshots: true }))).toEqual({
      fixers: ['snapshots'],
      isFirst: true,
    });
    expect(chooseFixers([words('snapshots')], ['snapshots'], policy())).toBeNull();
  });

  it('are none where the repository turned them off, or has none', () => {
    expect(chooseFixers([words('format')], offered, policy({ when: 'off' }))).toBeNull();
    expect(chooseFixers([words('format')], [], policy({ when: 'first' }))).toBeNull();
  });

  it.each([
    ['format', ['format']],
    ['Format web', ['format']],
    ['lint-python', ['lint']],
    ['formatter', ['format']],
    ['formatting', ['format']],
    ['our-format', ['format']],
    ['gofmt', ['format']],
    ['eslintWeb', ['lint']],
    ['lint-and-format', ['lint', 'format']],
    ['lock-files', ['lockfile']],
    ['rust compiler', ['compiler']],
    ['snapshots', ['snapshots']],
    ['update-snapshots', ['snapshots']],
    ['vitest-snapshots', ['snapshots']],
    ['updateSnapshots', ['snapshots']],
    ['jestsnap', ['snapshots']],
    ['information', []],
    ['splinter', []],
    ['our-own', []],
  ])('of the name %j are of the kinds %j', (name, kinds) => {
    expect(kindsOfFixer(name)).toEqual(kinds);
  });

  it.each(['update-snapshots', 'vitest-snapshots', 'format-snapshots'])(
    'write no snapshot anew under the name %j either',
    (name) => {
      expect(chooseFixers([words('format')], [name], policy({ when: 'first' }))).toBeNull();
    },
  );
});
