import { describe, expect, it } from 'vitest';
import { type Failure, fingerprintOf, nameOf } from '../../src/domain/failure.ts';

const failure = (facts: Partial<Failure> = {}): Failure => ({
  tool: 'vitest',
  nature: 'test',
  test: 'cart › rounds',
  path: 'cart.test.ts',
  line: 5,
  message: 'expected 98 to be 99',
  excerpt: '',
  ...facts,
});
const print = (facts: Partial<Failure> = {}) => fingerprintOf('test', failure(facts));

describe('the fingerprint of a failure', () => {
  it.each<[string, Partial<Failure>]>([
    ['numbers of the message', { message: 'expected 7 to be 99' }],
    ['the line', { line: 80 }],
    ['what the log says beside it', { excerpt: 'more' }],
  ])('does not change with %s', (_what, facts) => {
    expect(print(facts)).toBe(print());
  });

  it.each([
    [
      'temporary folders',
      'cannot open /tmp/pytest-of-runner/pytest-0/x.db',
      'cannot open /tmp/pytest-of-runner/pytest-7/x.db',
    ],
    ['addresses', '<Cart at 0x7f67b8327850>', '<Cart at 0x7f0000327aaa>'],
    ['times', 'late at 10:11:12.500', 'late at 23:59:01.123'],
    ['identifiers', 'no order 3fa85f64-5717-4562-b3fc-2c963f66afa6', 'no order 00000000-5717-4562-b3fc-2c963f66afa6'],
  ])('does not change with %s', (_what, one, other) => {
    expect(print({ message: one })).toBe(print({ message: other }));
  });

  it.each<[string, Partial<Failure>]>([
    ['the test', { test: 'cart › adds' }],
    ['a case of a table', { test: 'cart › rounds [2]' }],
    ['the file', { path: 'price.test.ts' }],
    ['another kind of error', { message: 'x is not a function' }],
    ['its nature', { nature: 'build' }],
  ])('changes with %s', (_what, facts) => {
    expect(print(facts)).not.toBe(print());
  });

  it('tells checks apart', () => {
    expect(fingerprintOf('lint', failure())).not.toBe(print());
  });
});

it('a failure without a test is called by its place and what was said, in one bounded line', () => {
  expect(nameOf(failure())).toBe('cart › rounds');
  const { test: _test, ...unnamed } = failure({ message: 'TS1: no\nmore' });
  expect(nameOf(unnamed)).toBe('cart.test.ts:5: TS1: no more');
  expect(nameOf(failure({ test: 'x'.repeat(1_000) })).length).toBe(160);
});
