import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readFailures } from '../../../src/steps/failure-readers/all-readers.ts';
import { failingStep } from '../../../src/steps/plain-log.ts';

/** Logs of the tools themselves where they could be run; those of Go, Surefire and Gradle follow their documentation. */
const folder = new URL('../../../fixtures/failure-logs/', import.meta.url);
const logOf = (name: string): string => readFileSync(new URL(`${name}.txt`, folder), 'utf8');
const read = (name: string) => readFailures(failingStep(logOf(name)));

/** Nature, name or message, place. */
const short = (name: string): string[] =>
  read(name).failures.map(({ nature, test, path, line, message }) =>
    [nature, test ?? message, `${path ?? '-'}:${line ?? '-'}`].join(' | '),
  );

const told: Readonly<Record<string, readonly string[]>> = {
  'biome-terminal': [
    'lint | Using == may be unsafe if you are relying on type coercion. (lint/suspicious/noDoubleEquals) | a.js:2',
    'lint | File content differs from formatting output (format) | a.js:-',
  ],
  'mocha-load': [
    "build | Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/home/runner/work/shop/shop/missing.js' imported from /home/runner/work/shop/shop/mob.spec.js | mob.spec.js:-",
  ],
  'mocha-deep': [
    'test | Cart › totals: nested › adds 2 and 3 | mo/a.spec.js:5',
    'test | Cart › totals: nested › strict deep | mo/a.spec.js:6',
    'test | Cart › totals: nested › async | sum.js:3',
    'test | Cart › totals: nested › timeout | -:-',
    'test | Cart › totals: nested › multi | mo/a.spec.js:9',
    'test | Cart › hooks › "before each" hook for "never" | mo/a.spec.js:13',
  ],
  'go-hang': ['test | h › TestHang | hang/h_test.go:3'],
  'jest-colours': [
    "build | SyntaxError: Unexpected token ';' | c.test.js:-",
    "build | Cannot find module '../missing.js' from 'b.test.js' | b.test.js:-",
    'test | Cart › totals: with "quotes" (and parens) › adds 2 and 3 | a.test.js:5',
    'test | Cart › hooks › never | a.test.js:14',
  ],
  'vitest-tap': [
    'test | vi/a.test.js › Cart › totals > nested › adds 2 and 3 | vi/a.test.js:5',
    'test | vi/a.test.js › Cart › totals > nested › adds 1 + 1 | vi/a.test.js:6',
    'test | vi/a.test.js › Cart › totals > nested › adds 2 + 2 | vi/a.test.js:6',
    'test | vi/a.test.js › Cart › totals > nested › deep | vi/a.test.js:7',
    'test | vi/a.test.js › Cart › totals > nested › async | sum.js:3',
    'test | vi/a.test.js › Cart › totals > nested › timeout | vi/a.test.js:9',
    'test | vi/a.test.js › Cart › hooks | -:-',
    'test | vi/b.test.js | vi/b.test.js:2',
    'test | vi/c.test.js | -:-',
  ],
  'vitest-parse': ['build | RolldownError: Parse failure: Parse failed with 1 error: | vi/c.test.js:2'],
  'pytest-parameters': [
    'test | test_a.py::test_fix | test_a.py:10',
    'test | test_a.py::TestCart::test_add | test_a.py:4',
    'test | test_a.py::TestCart::test_param[1-x - y] | test_a.py:6',
    'test | test_a.py::TestCart::test_param[2-\\xe9/[z]] | test_a.py:6',
    'test | test_a.py::test_deep | test_a.py:7',
    'test | test_a.py::test_multi | test_a.py:8',
    'test | test_a.py::test_raises | test_a.py:13',
    'test | test_a.py::test_xp | -:-',
  ],
  'node-same-title': [
    'test | adds 2 and 3 | nt/a.test.js:6',
    'test | strict deep | nt/a.test.js:7',
    'test | async | nt/a.test.js:8',
    'test | timeout | nt/a.test.js:9',
    'test | multi | nt/a.test.js:10',
    'test | never | nt/a.test.js:14',
    'test | sub | nt/a.test.js:16',
    'test | adds 2 and 3 | nt/a.test.js:17',
  ],
  biome: [
    'lint | This is an unexpected use of the debugger statement. (lint/suspicious/noDebugger) | lint.js:1',
    'lint | Using == may be unsafe if you are relying on type coercion. (lint/suspicious/noDoubleEquals) | lint.js:1',
  ],
  cargo: ['test | tests::rounds | src/lib.rs:5', 'test | tests::inner_panics | src/lib.rs:6'],
  eslint: [
    "lint | 'a' is assigned a value but never used (no-unused-vars) | l.js:1",
    "lint | 'b' is not defined (no-undef) | l.js:1",
    'lint | Parsing error: Unexpected token ; | l2.js:1',
  ],
  flake8: [
    "lint | F401 'os' imported but unused | a.py:1",
    'lint | E302 expected 2 blank lines, found 0 | a.py:2',
    'lint | E305 expected 2 blank lines after class or function definition, found 1 | a.py:5',
    "lint | F821 undefined name 'undefined_name' | a.py:5",
  ],
  'go-build': [
    'build | cannot use "x" (untyped string constant) as int value in return statement | price.go:5',
    'build | undefined: y | price.go:9',
  ],
  'go-json': [
    'build | undefined: y | stock/stock.go:5',
    'test | example.com/shop/price › TestTable/zero | price_test.go:21',
  ],
  'go-test': [
    'test | example.com/shop/price › TestRound | price_test.go:9',
    'test | example.com/shop/price › TestTable/negative | price_test.go:21',
    'test | example.com/shop/price › TestTable/zero | price_test.go:21',
    'test | example.com/shop/stock › TestNil | stock/stock_test.go:12',
  ],
  'go-verbose': ['test | example.com/shop/price › TestRound | price_test.go:9'],
  'golangci-lint': [
    'lint | ineffectual assignment to total (ineffassign) | cart/cart.go:12',
    'lint | exported function Sum should have comment (revive) | price/price.go:5',
  ],
  gradle: ['test | PriceTest › rounds() | PriceTest.java:6'],
  'gradle-javac': ['build | incompatible types: String cannot be converted to int | src/main/java/com/acme/A.java:3'],
  jest: [
    "build | Cannot find module './missing' from 'jt/b.test.js' | jt/b.test.js:1",
    'test | cart › rounds once | jt/a.test.js:1',
  ],
  'maven-compile': [
    'build | incompatible types: java.lang.String cannot be converted to int | src/main/java/com/acme/A.java:3',
  ],
  'maven-surefire': [
    'test | com.acme.PriceTest.breaks | PriceTest.java:7',
    'test | com.acme.PriceTest.rounds | PriceTest.java:6',
  ],
  mocha: [
    'test | cart › rounds once | test/m.js:2',
    'test | cart › inner › throws | test/m.js:2',
    'test | hooked › "before all" hook for "never" | test/m.js:3',
  ],
  mypy: [
    'lint | error: Incompatible return value type (got "int", expected "str") [return-value] | a.py:3',
    'lint | error: Name "undefined_name" is not defined [name-defined] | a.py:5',
  ],
  'node-spec': [
    "build | Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/home/runner/work/shop/shop/missing.mjs' imported from /home/runner/work/shop/shop/b.test.mjs | b.test.mjs:-",
    'test | rounds once | a.test.mjs:5',
    'test | throws | a.test.mjs:6',
  ],
  'node-tap': [
    "build | Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/home/runner/work/shop/shop/missing.mjs' imported from /home/runner/work/shop/shop/b.test.mjs | b.test.mjs:-",
    'test | cart › rounds once | a.test.mjs:5',
    'test | cart › inner › throws | a.test.mjs:6',
  ],
  pytest: [
    'test | test_a.py::test_rounds | test_a.py:5',
    'test | test_a.py::TestCart::test_n[2] | test_a.py:9',
    'test | test_a.py::TestCart::test_raise | test_a.py:11',
    'test | test_a.py::U::test_u | test_a.py:13',
  ],
  'pytest-collection': ["build | ModuleNotFoundError: No module named 'nothing_here' | test_b.py:1"],
  ruff: [
    'lint | I001 Import block is un-sorted or un-formatted | a.py:1',
    'lint | F401 `os` imported but unused | a.py:1',
    'lint | F821 Undefined name `undefined_name` | a.py:5',
  ],
  'ruff-concise': [
    'lint | I001 [*] Import block is un-sorted or un-formatted | a.py:1',
    'lint | F401 [*] `os` imported but unused | a.py:1',
    'lint | F821 Undefined name `undefined_name` | a.py:5',
  ],
  rustc: ['build | mismatched types | src/lib.rs:8', 'build | cannot find function `y` in this scope | src/lib.rs:8'],
  tsc: [
    "build | TS2322: Type 'string' is not assignable to type 'number'. | bad.ts:1",
    "build | TS2322: Type 'string' is not assignable to type 'number'. | bad.ts:3",
    "build | TS2304: Cannot find name 'foo'. | bad.ts:4",
  ],
  'tsc-pretty': [
    "build | TS2322: Type 'string' is not assignable to type 'number'. | bad.ts:1",
    "build | TS2322: Type 'string' is not assignable to type 'number'. | bad.ts:3",
    "build | TS2304: Cannot find name 'foo'. | bad.ts:4",
  ],
  unittest: [
    "build | ModuleNotFoundError: No module named 'nothing_here' | test_b.py:1",
    'test | test_a.U.test_u | test_a.py:13',
  ],
  vitest: [
    "build | Error: Cannot find module './missing.js' imported from /home/runner/work/shop/shop/b.test.ts | b.test.ts:1",
    'test | a.test.ts › cart › rounds once | a.test.ts:3',
    'test | a.test.ts › cart › objects | a.test.ts:3',
  ],
};

it('tells each failed test of a flat TAP behind a subtest', () => {
  const log = [
    '# Subtest: opens',
    '    ok 1 - fine',
    'ok 1 - opens',
    'not ok 2 - adds',
    'not ok 3 - subtracts',
    '1..3',
  ];

  expect(readFailures(log.join('\n')).failures.map(({ test }) => test)).toEqual(['adds', 'subtracts']);
});

it('takes no panic that a test recovered from for a failure', () => {
  const log = [
    '=== RUN   TestRecover',
    'panic: on purpose',
    '--- PASS: TestRecover (0.00s)',
    '--- FAIL: TestB (0.00s)',
  ];

  expect(readFailures(log.join('\n')).failures.map(({ test }) => test)).toEqual(['TestB']);
});

describe('the readers of logs', () => {
  it('have a sample each', () => {
    expect(Object.keys(told).sort()).toEqual(
      readdirSync(folder)
        .map((name) => name.replace(/\.txt$/, ''))
        .sort(),
    );
  });

  it.each(Object.keys(told))('of %s find every failure with its place, what does not build first', (name) => {
    expect(short(name)).toEqual(told[name]);
  });

  it.each([
    ['cargo', 2, 3],
    ['go-json', 1, 3],
    ['gradle', 1, 3],
    ['jest', 1, 2],
    ['maven-surefire', 2, 3],
    ['mocha', 3, 4],
    ['node-spec', 3, 4],
    ['node-tap', 3, 4],
    ['pytest', 4, 6],
    ['unittest', 2, 2],
    ['vitest', 2, 3],
  ])('of %s take over how many tests failed of how many', (name, failed, total) => {
    expect(read(name).ran).toEqual({ failed, total });
  });

  it.each([
    ['vitest', '- 99', '+ 98'],
    ['jest', 'Expected: 99', 'at Object.toBe (jt/a.test.js:1:89)'],
    ['pytest', '>       assert f() == 99', 'E        +  where 98 = f()'],
    ['cargo', 'left: 98', 'at ./src/lib.rs:5:27'],
    ['node-spec', '98 !== 99', 'a.test.mjs:5:34'],
    ['rustc', '^^^ expected `i32`, found `&str`', '--> src/lib.rs:8:21'],
    ['go-test', 'got 98, want 99', 'price_test.go:9'],
  ])('of %s give a failure its own part', (name, ...words) => {
    const { failures } = read(name);
    const excerpts = failures.map(({ excerpt }) => excerpt).join('\n---\n');

    for (const word of words) expect(excerpts).toContain(word);
  });

  it('leave out what only the runtime and packages say', () => {
    const excerpts = ['node-spec', 'jest', 'cargo', 'maven-surefire', 'mocha']
      .flatMap((name) => read(name).failures)
      .map(({ excerpt }) => excerpt)
      .join('\n');

    expect(excerpts).not.toMatch(
      /node:internal\/(?!modules\/esm\/resolve:\d+$)\S+:\d+:|node_modules|\/rustc\/|java\.base|core::panicking/m,
    );
  });

  it('see a success as none', () => {
    const green = ['ok 1 - adds', '1..1', '# tests 1', '# pass 1', '# fail 0', ' FAIL  is a word here', 'error TS'];

    expect(readFailures(green.join('\n')).failures.filter(({ nature }) => nature !== 'test')).toEqual([]);
    expect(readFailures('not ok 1 - later # TODO not yet\nnot ok 2 - x # SKIP').failures).toEqual([]);
  });

  it('know a failure that a tool tells twice for one', () => {
    const jest = logOf('jest');
    const twice = `${jest}\nSummary of all failing tests\n${jest}`;

    expect(readFailures(failingStep(twice)).failures).toHaveLength(2);
  });
});
