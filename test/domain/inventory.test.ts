import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  compareInventories,
  maxStoredNames,
  sayComparison,
  storedInventory,
  type TestCase,
  type TestOutcome,
  takeInventory,
} from '../../src/domain/inventory.ts';

const cases = (outcome: TestOutcome, ...names: string[]): TestCase[] => names.map((name) => ({ name, outcome }));
const passing = (...names: string[]) => takeInventory(cases('passed', ...names));

describe('an inventory', () => {
  it('lists each name by its outcome, in order', () => {
    const inventory = takeInventory([
      ...cases('passed', 'b', 'a'),
      ...cases('failed', 'c'),
      ...cases('skipped', 'e', 'd'),
    ]);

    expect(inventory).toEqual({ passed: ['a', 'b'], failed: ['c'], skipped: ['d', 'e'], leftOut: 0 });
  });

  it('takes a name that came several times as passed only where all passed, and counts them', () => {
    const inventory = takeInventory([
      ...cases('passed', 'all', 'all', 'one failed', 'one skipped'),
      ...cases('failed', 'one failed'),
      ...cases('skipped', 'one skipped'),
    ]);

    expect(inventory.passed).toEqual(['all', 'all (2)']);
    expect(inventory.failed).toEqual(['one failed', 'one failed (2)']);
    expect(inventory.skipped).toEqual(['one skipped', 'one skipped (2)']);
  });

  it('puts a name in one list, though another name comes to be written like it', () => {
    const inventory = takeInventory([...cases('passed', 'a', 'a'), ...cases('failed', 'a (2)')]);

    expect(inventory).toEqual({ passed: ['a'], failed: ['a (2)'], skipped: [], leftOut: 0 });
  });

  it('has names that are properties of every object', () => {
    const names = ['__proto__', 'constructor', 'toString', 'fault'];

    const inventory = JSON.parse(JSON.stringify(passing(...names)));

    expect(compareInventories(inventory, passing(...names))).toEqual({ kind: 'kept', added: 0 });
    expect(compareInventories(inventory, passing())).toMatchObject({ missing: names.toSorted() });
  });

  it('is kept up to a bound, first what passed', () => {
    const inventory = takeInventory([
      ...cases('passed', 'a', 'b'),
      ...cases('failed', 'c', 'd'),
      ...cases('skipped', 'e'),
    ]);

    expect(storedInventory(inventory)).toEqual(inventory);
    expect(storedInventory(inventory, 3)).toEqual({ passed: ['a', 'b'], failed: ['c'], skipped: [], leftOut: 2 });
    expect(storedInventory(inventory, 1)).toEqual({ passed: ['a'], failed: [], skipped: [], leftOut: 4 });
    expect(maxStoredNames).toBe(20_000);
  });
});

describe('a candidate against its base', () => {
  const base = takeInventory([
    ...cases('passed', 'a', 'b', 'c'),
    ...cases('failed', 'red'),
    ...cases('skipped', 'off'),
  ]);

  it('has kept all when what passed still runs and passes', () => {
    const candidate = takeInventory([
      ...cases('passed', 'a', 'b', 'c', 'red', 'new'),
      ...cases('failed', 'new and red'),
    ]);

    expect(compareInventories(base, candidate)).toEqual({ kind: 'kept', added: 2 });
  });

  it('need not keep what did not pass before', () => {
    expect(compareInventories(base, passing('a', 'b', 'c'))).toEqual({ kind: 'kept', added: 0 });
  });

  it('has lost what did not run, failed or was skipped', () => {
    const candidate = takeInventory([...cases('failed', 'b'), ...cases('skipped', 'c')]);

    expect(compareInventories(base, candidate)).toEqual({
      kind: 'lost',
      missing: ['a'],
      notPassed: ['b (failed)', 'c (skipped)'],
    });
  });

  it('has lost one of several tests of one name', () => {
    const both = passing('sums <duration>', 'sums <duration>');

    expect(compareInventories(both, passing('sums <duration>'))).toMatchObject({ missing: ['sums <duration> (2)'] });
  });

  it('has lost everything without a report', () => {
    expect(compareInventories(base, undefined)).toEqual({ kind: 'lost', missing: ['a', 'b', 'c'], notPassed: [] });
  });

  it('has nothing to keep where the base has no report, or none that passed', () => {
    const red = takeInventory(cases('failed', 'a'));

    expect(compareInventories(undefined, undefined)).toEqual({ kind: 'kept', added: 0 });
    expect(compareInventories(undefined, passing('a'))).toEqual({ kind: 'kept', added: 1 });
    expect(compareInventories(red, undefined)).toEqual({ kind: 'kept', added: 0 });
  });

  it('is not said to add what the base had and was too much to keep', () => {
    const kept = storedInventory(passing('a', 'b', 'c'), 1);

    expect(compareInventories(kept, passing('a', 'b', 'c'))).toEqual({ kind: 'kept', added: 0 });
    expect(compareInventories(kept, passing('a', 'b', 'c', 'd'))).toEqual({ kind: 'kept', added: 1 });
  });

  const outcome = fc.constantFrom<TestOutcome>('passed', 'failed', 'skipped');
  const anyCases = fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'a (2)', 'd'), outcome }), {
    maxLength: 12,
  });

  test('whatever ran, the same again has kept all, and every loss is a test that passed before', () => {
    fc.assert(
      fc.property(anyCases, anyCases, (before, after) => {
        const first = takeInventory(before);
        const comparison = compareInventories(first, takeInventory(after));

        expect(compareInventories(first, takeInventory(before))).toEqual({ kind: 'kept', added: 0 });
        if (comparison.kind === 'kept') return;
        const lost = [...comparison.missing, ...comparison.notPassed.map((name) => name.replace(/ \(\w+\)$/, ''))];
        expect(first.passed).toEqual(expect.arrayContaining(lost));
        expect(lost.length).toBeGreaterThan(0);
      }),
    );
  });

  test('dropping any one passing case is noticed', () => {
    const some = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(some, fc.nat(), (names, at) => {
        const fewer = names.toSpliced(at % names.length, 1);

        expect(compareInventories(passing(...names), passing(...fewer)).kind).toBe('lost');
      }),
    );
  });
});

describe('a comparison in words', () => {
  it('says that all was kept', () => {
    const none = sayComparison('test', { kind: 'kept', added: 0 }, 10);
    const one = sayComparison('test', { kind: 'kept', added: 1 }, 10);

    expect(none).toBe('In the check "test" every test that passed on the base ran and passed.');
    expect(one).toBe('In the check "test" every test that passed on the base ran and passed, and 1 test more.');
  });

  it('names what was lost, up to a number', () => {
    const text = sayComparison('unit', { kind: 'lost', missing: ['a', 'b', 'c'], notPassed: ['d (skipped)'] }, 2);

    expect(text).toBe(
      'In the check "unit" 3 tests that passed on the base did not run: `a`, `b` and 1 more; ' +
        '1 test that passed on the base did not pass: `d (skipped)`.',
    );
  });

  it('is one short line of code spans, whatever the names are', () => {
    const names = ['`</code> @alice', 'a\n::error::b', `${'🙂'.repeat(200)}`, '# title'];

    const text = sayComparison('test', { kind: 'lost', missing: names, notPassed: [] }, 10);

    expect(text).not.toContain('\n');
    expect(text.isWellFormed()).toBe(true);
    expect(text.match(/`/g)).toHaveLength(8);
    expect(text).toContain("`'</code> @alice`, `a ::error::b`, `🙂");
    expect(text.length).toBeLessThan(400);
  });
});
