import { describe, expect, it } from 'vitest';
import { textChange } from '../../src/domain/patched-file.ts';
import { tampering } from '../../src/domain/tampering.ts';

/** What is found when a file that was there gains a line. */
const gained = (path: string, line: string) =>
  tampering(textChange(path, 'first\nlast\n', `first\n${line}\nlast\n`)).map(({ rule }) => rule);

describe('a switched-off check asks a person', () => {
  it.each([
    ['src/a.ts', '// eslint-disable-next-line no-console'],
    ['src/a.ts', '/* eslint no-eval: 0 */'],
    ['src/a.ts', '// biome-ignore lint/suspicious/noExplicitAny: later'],
    ['src/a.ts', '// oxlint-disable'],
    ['src/a.ts', '// @ts-ignore'],
    ['src/a.ts', '// @ts-nocheck'],
    ['src/a.ts', '// @ts-expect-error'],
    ['src/a.ts', '/* istanbul ignore next */'],
    ['src/a.ts', '/* v8 ignore start */'],
    ['src/a.ts', '// deno-lint-ignore no-explicit-any'],
    ['src/a.py', 'import os  # noqa: F401'],
    ['src/a.py', 'x = f()  # type: ignore[arg-type]'],
    ['src/a.py', '# pylint: disable=all'],
    ['src/a.py', 'if x:  # pragma: no cover'],
    ['src/a.py', 'eval(x)  # nosec'],
    ['src/a.go', 'f() //nolint:errcheck'],
    ['src/a.rs', '#[allow(dead_code)]'],
    ['src/a.rs', '#![allow(clippy::all)]'],
    ['src/A.java', '@SuppressWarnings("unchecked")'],
    ['src/a.kt', '@Suppress("UNCHECKED_CAST")'],
    ['src/a.rb', '# rubocop:disable Metrics'],
    ['src/a.rb', '# :nocov:'],
    ['src/a.cs', '#pragma warning disable CS8600'],
    ['src/a.cs', '[ExcludeFromCodeCoverage]'],
    ['src/a.cpp', 'int x; // NOLINT'],
    ['src/a.sh', '# shellcheck disable=SC2086'],
  ])('%s: %s', (path, line) => {
    expect(gained(path, line)).toEqual(['switched-off-check']);
  });

  it('unless it was there and its line was only edited or moved', () => {
    const before = 'const a = f(x); // eslint-disable-line no-undef\nb\n';

    expect(tampering(textChange('src/a.js', before, before.replace('f(x)', 'f(x, y)')))).toEqual([]);
    expect(tampering(textChange('src/a.js', before, `b\n  ${before}`))).toEqual([]);
  });

  it('but one more than there were is found', () => {
    const before = 'const a = f(x); // eslint-disable-line no-undef\n';

    const [finding] = tampering(
      textChange('src/a.js', before, `${before.replace('x', 'y')}g(); // eslint-disable-line\n`),
    );

    expect(finding).toMatchObject({ rule: 'switched-off-check', why: expect.stringContaining('lines 1 and 2') });
  });

  it('a wrong use may be the point of a test', () => {
    expect(gained('test/a.test.ts', '// @ts-expect-error')).toEqual([]);
  });
});

describe('lines about the run itself ask a person', () => {
  it.each([
    ['src/a.ts', "appendFileSync(process.env.GITHUB_ENV, 'PATH=/tmp');"],
    ['src/a.sh', 'echo "done=1" >> "$GITHUB_OUTPUT"'],
    ['src/a.py', 'open(os.environ["GITHUB_STEP_SUMMARY"], "a")'],
    ['src/a.ts', "console.log('::add-mask::x');"],
    ['src/a.ts', "console.log('::SET-OUTPUT name=a::b');"],
    ['src/a.ts', 'fetch(url, { headers: { a: process.env.ACTIONS_RUNTIME_TOKEN } });'],
    ['src/a.ts', 'const folder = process.env.RUNNER_TEMP;'],
    ['src/a.ts', "env.NODE_OPTIONS = '--require ./a.js';"],
    ['src/a.py', 'os.environ["LD_PRELOAD"] = "a.so"'],
    ['src/a.py', 'os.environ["PYTEST_ADDOPTS"] = "-k nothing"'],
    ['src/a.sh', 'export BASH_ENV=./a'],
    ['src/a.py', 'import sitecustomize'],
    ['src/a.ts', "writeFileSync('ai-fix-junit.xml', passed);"],
    ['src/a.ts', "readFileSync('/proc/self/environ');"],
  ])('%s: %s', (path, line) => {
    expect(gained(path, line)).toEqual(['runner-files']);
  });
});

describe('an exit as if all were well asks a person', () => {
  it.each([
    ['test/a.test.js', 'process.exit(0);'],
    ['test/a.test.js', 'process.exit();'],
    ['test/setup.js', "process.on('exit', () => { process.exitCode = 0; });"],
    ['tests/test_a.py', 'os._exit(0)'],
    ['tests/test_a.py', 'sys.exit(0)'],
    ['tests/test_a.py', 'raise SystemExit'],
    ['tests/test_a.py', 'pytest.exit("enough")'],
    ['a_test.go', 'os.Exit(0)'],
    ['tests/a.rs', 'std::process::exit(0);'],
    ['src/test/java/ATest.java', 'System.exit(0);'],
    ['tests/a.sh', 'exit 0'],
    ['scripts/check.sh', 'npm test; exit 0'],
    ['spec/a_spec.rb', 'exit!'],
    ['Tests/ATests.cs', 'Environment.Exit(0);'],
    ['package.json', '"test": "jest; exit 0"'],
    ['src/a.py', 'os._exit(0)'],
    ['src/a.js', 'process.reallyExit(0);'],
  ])('%s: %s', (path, line) => {
    expect(gained(path, line)).toEqual(['exit-as-passed']);
  });

  it.each([
    ['src/cli.js', 'process.exit(0);'],
    ['test/a.test.js', 'process.exit(1);'],
    ['tests/test_a.py', 'sys.exit(main())'],
    ['tests/test_a.py', 'raise SystemExit(2)'],
    ['a_test.go', 'os.Exit(m.Run())'],
    ['test/a.test.js', 'expect(process.exitCode).toBe(0);'],
  ])('%s may say: %s', (path, line) => {
    expect(gained(path, line)).toEqual([]);
  });
});

describe('work on the test framework asks a person', () => {
  it.each([
    ['test/setup.js', 'assert.equal = () => {};'],
    ['src/a.js', 'assert.strict.deepEqual = noop;'],
    ['test/setup.js', 'globalThis.expect = () => anything;'],
    ['test/setup.js', "Object.defineProperty(globalThis, 'expect', { value: fake });"],
    ['test/a.test.js', "vi.mock('node:assert');"],
    ['test/a.test.js', "jest.mock('@jest/globals', () => fake);"],
    ['test/a.test.js', 'function expect(value) { return always; }'],
    ['src/a.js', 'Object.is = () => true;'],
    ['tests/conftest.py', 'def pytest_runtest_makereport(item, call):'],
    ['tests/conftest.py', '    report.outcome = "passed"'],
    ['src/a.py', 'from _pytest.reports import TestReport'],
    ['src/a.py', 'unittest.TestCase.assertEqual = lambda *a: None'],
    ['src/a.py', 'sys.modules["pytest"] = fake'],
    ['src/a.py', 'builtins.AssertionError = Quiet'],
    ['tests/test_a.py', '    def assertEqual(self, a, b):'],
    ['a_test.go', 'flag.Set("test.run", "TestNothing")'],
    ['src/test/java/ATest.java', 'mockStatic(Assertions.class);'],
    ['tests/a.rs', 'macro_rules! assert_eq { ($($x:tt)*) => {} }'],
    ['src/A.java', 'public boolean equals(Object other) { return true; }'],
  ])('%s: %s', (path, line) => {
    expect(gained(path, line)).toEqual(['patched-framework']);
  });

  it('a value that equals everything is found over two lines', () => {
    const cheat = '    def __eq__(self, other):\n        return True';

    expect(gained('src/a.py', cheat)).toEqual(['patched-framework']);
    expect(gained('src/a.py', cheat.replace('\n        ', ' '))).toEqual(['patched-framework']);
    expect(gained('src/a.py', cheat.replace('True', 'self.x == other.x'))).toEqual([]);
  });

  it.each([
    ['test/a.test.js', "const assert = require('assert');"],
    ['test/a.test.js', 'expect.extend({ toBeEven });'],
    ['test/a.test.js', "Object.defineProperty(globalThis, 'localStorage', { value: fake });"],
    ['src/a.ts', 'function assert(condition: boolean): asserts condition {'],
    ['src/a.ts', 'game.outcome = won;'],
    ['src/a.js', 'assert.equal(a, b);'],
    ['test/a.test.js', "vi.mock('../src/clock.ts');"],
  ])('%s may say: %s', (path, line) => {
    expect(gained(path, line)).toEqual([]);
  });
});

describe('code that asks who judges it asks a person', () => {
  it.each([
    ['src/a.ts', 'if (process.env.CI) return cached;'],
    ['src/a.ts', "if (process.env['CI'] === 'true') {"],
    ['src/a.ts', 'const { CI } = process.env;'],
    ['src/a.ts', "import isCI from 'is-ci';"],
    ['src/a.ts', 'if (process.env.JEST_WORKER_ID) return 42;'],
    ['src/a.ts', 'if (import.meta.env.VITEST) return 42;'],
    ['src/a.py', 'if os.getenv("CI"):'],
    ['src/a.py', 'if "PYTEST_CURRENT_TEST" in os.environ:'],
    ['src/a.py', 'if "pytest" in sys.modules:'],
    ['src/a.go', 'if os.Getenv("GITHUB_ACTIONS") != "" {'],
    ['src/a.go', 'if testing.Testing() {'],
    ['src/a.rb', "return 42 if ENV['CI']"],
    ['src/a.rs', 'if std::env::var("CI").is_ok() {'],
    ['test/a.test.ts', 'const many = process.env.CI ? 1 : 100;'],
  ])('%s: %s', (path, line) => {
    expect(gained(path, line)).toEqual(['knows-its-judge']);
  });

  it('configuration does so as a rule, and is asked about for what it is', () => {
    expect(gained('playwright.config.ts', 'retries: process.env.CI ? 2 : 0,')).toEqual([]);
  });
});

describe('nothing is found', () => {
  it.each([
    ['README.md', 'Set `GITHUB_ENV`, then `process.exit(0)`; add `# noqa`, `@ts-ignore`, `process.env.CI`.'],
    ['docs/guide.rst', 'Never use eslint-disable.'],
    ['package-lock.json', '"is-ci": "3.0.0", "NODE_OPTIONS": 1'],
  ])('in prose and in what tools write: %s', (path, line) => {
    expect(gained(path, line)).toEqual([]);
  });

  it('in a deleted file, nor in lines that stay', () => {
    const text = 'process.exit(0); // eslint-disable-line\n';

    expect(tampering(textChange('test/a.js', text, null))).toEqual([]);
    expect(tampering(textChange('test/a.js', text, `${text}a();\n`))).toEqual([]);
  });
});
