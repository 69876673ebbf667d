import { describe, expect, it } from 'vitest';
import { type ReportedFailure, readFailure } from '../../src/domain/test-failure.ts';

const failure = (facts: Partial<ReportedFailure>): ReportedFailure => ({
  name: 'adds',
  className: 'sum.test.js',
  suites: ['sum.test.js'],
  file: 'sum.test.js',
  type: '',
  message: '',
  text: '',
  output: '',
  ...facts,
});

describe('a test that did not pass fails by itself', () => {
  it.each([
    [
      'an assertion of node:test',
      { className: 'test', type: 'testCodeFailure', message: 'Expected values to be strictly equal:\n\n-1 !== 5\n' },
    ],
    ['an error out of the code it calls', { type: 'TypeError', message: 'Cannot read properties of undefined' }],
    ['an assertion of pytest', { name: 'test_sum', className: 'tests.test_sum', message: 'assert -1 == 5' }],
    [
      'a panic of Go',
      { name: 'TestSum', className: 'shop', message: 'Failed', text: 'panic: runtime error: index out of range' },
    ],
    ['text that does not parse, where that is the bug', { type: 'SyntaxError', message: 'Unexpected token } in JSON' }],
    ['an exception in JUnit', { type: 'java.lang.ArithmeticException', message: '/ by zero', className: 'PriceTest' }],
  ])('by %s', (_what, facts) => {
    expect(readFailure(failure(facts)).noTest).toBeNull();
  });
});

describe('a case that did not pass is no test', () => {
  it.each([
    ['a file that pytest could not collect', { name: 'tests.test_sum', className: '', message: 'collection failure' }],
    ['a fixture of pytest', { message: 'failed on setup with "RuntimeError: no database"' }],
    ['a module that unittest could not import', { name: 'test_sum', className: 'unittest.loader._FailedTest' }],
    ['a file of node:test', { name: '/home/me/sum.test.js', className: 'test', message: 'test failed' }],
    ['a file of vitest', { name: 'test/sum.test.ts', className: 'test/sum.test.ts', suites: ['test/sum.test.ts'] }],
    ['a suite of jest', { name: 'sum.test.js', className: 'Test suite failed to run' }],
    ['a package of Go that does not build', { name: 'TestMain', className: 'shop', message: 'Failed' }],
    ['a build that failed', { name: 'sum', text: 'FAIL shop [build failed]' }],
    ['a class of JUnit', { name: 'initializationError', className: 'PriceTest' }],
    ['a case without a name', { name: '' }],
  ])('when it is %s', (_what, facts) => {
    expect(readFailure(failure(facts)).noTest).toBe('it could not be loaded');
  });

  it.each([
    ['Python', { type: 'ImportError', message: "cannot import name 'add' from 'sum'" }],
    ['Node', { message: "The requested module './sum.js' does not provide an export named 'add'" }],
    ['Node, late', { text: "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/x/add.js'" }],
    ['vite', { message: 'Failed to resolve import "./add" from "sum.test.ts"' }],
    ['Java', { type: 'java.lang.NoSuchMethodError', message: 'Price.rounded()' }],
  ])('when %s lacks what it imports', (_what, facts) => {
    expect(readFailure(failure(facts)).noTest).toBe('it lacks what it imports');
  });
});

describe('what it says', () => {
  it.each([
    ['the first line of its message', { message: 'expected 1\n\n- Expected\n+ Received' }, 'expected 1'],
    ['a line that ends in a colon with the next', { message: 'not equal:\n\n-1 !== 5\n' }, 'not equal: -1 !== 5'],
    ['the first line of its text', { text: '\n  AssertionError: no\n    at x' }, 'AssertionError: no'],
    [
      'the word of a panic in Rust, which it prints',
      {
        type: 'assert',
        output: "hello\nthread 'five' (7) panicked at tests/five.rs:1:58:\nassertion failed\n  left: -1",
      },
      'assertion failed',
    ],
    ['its type where there is nothing else', { type: 'Boom' }, 'Boom'],
    ['at most 300 characters', { message: 'x'.repeat(5_000) }, 'x'.repeat(300)],
  ])('is %s', (_what, facts, said) => {
    expect(readFailure(failure(facts)).message).toBe(said);
  });
});
