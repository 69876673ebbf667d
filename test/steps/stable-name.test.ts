import { describe, expect, it, test } from 'vitest';
import { stableName } from '../../src/steps/stable-name.ts';

describe('a name is the same in every run: it has no', () => {
  test.each([
    ['workspace', '/home/runner/work/shop/shop/test/a.js loads', 'test/a.js loads'],
    ['workspace of macOS', 'loads "/Users/runner/work/shop/shop/a.js"', 'loads "a.js"'],
    ['workspace of Windows', 'D:\\a\\shop\\shop\\test\\a.js', 'test\\a.js'],
    ['workspace of a container', '/__w/shop/shop/a.js and /github/workspace/b.js', 'a.js and b.js'],
    ['workspace of an own runner', 'file:///opt/actions-runner/_work/shop/shop/a.js', 'a.js'],
    ['UUID', 'user 45c50042-482E-477e-88ae-60cfcc3eaf8c is new', 'user <uuid> is new'],
    ['time', 'at 2026-11-20T10:11:12.123Z and 2026-11-20 10:11+01:00', 'at <time> and <time>'],
    ['time in milliseconds', 'file-1795170000123.txt', 'file-<time>.txt'],
    ['duration', 'ends (12.5 ms), in 3s, after 2 minutes', 'ends (<duration>), in <duration>, after <duration>'],
    ['memory address', '<Price object at 0x7f3a5c0d1e80>', '<Price object at <address>>'],
    ['port', 'http://localhost:43127/ and 127.0.0.1:80', 'http://localhost:<port>/ and 127.0.0.1:<port>'],
    ['control or hidden character', 'a\tb\u202ec\u200bd\u{e0041}e\u00a0f', 'a b c d e f'],
  ])('%s', (_what, name, stable) => {
    expect(stableName(name)).toBe(stable);
  });

  test.each([
    'src/work/a/b/c.js',
    'src/work/shop/shop/a.js',
    'adds 3 and 12 items',
    'parses 0xff',
    'v1.2.3',
    'on 2026-11-20',
    'a 5-minute walk',
  ])('reason to change %s', (name) => {
    expect(stableName(name)).toBe(name);
  });

  it('more than a few hundred characters, and yet two long names stay two', () => {
    const one = stableName(`${'a '.repeat(400)}one`);
    const other = stableName(`${'a '.repeat(400)}other`);

    expect(one.length).toBeLessThanOrEqual(300);
    expect(one).not.toBe(other);
  });
});
