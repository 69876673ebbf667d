import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResolver, mentionsIn } from '../../src/localization/mentions.ts';

describe('a place that a text names is found', () => {
  it.each([
    ['Node', '    at parsePrice (/srv/app/src/cart/price.js:12:7)', 'srv/app/src/cart/price.js', 12, 'parsePrice'],
    ['Node without a name', '    at file:///srv/app/src/price.mjs:3:1', 'srv/app/src/price.mjs', 3, null],
    ['Node, async', '    at async Cart.total (src/cart.ts:40:11)', 'src/cart.ts', 40, 'Cart.total'],
    ['Python', '  File "/srv/shop/cart/price.py", line 7, in parse', 'srv/shop/cart/price.py', 7, 'parse'],
    ['Java', '\tat com.shop.cart.Price.parse(Price.java:88)', 'com/shop/cart/Price.java', 88, 'parse'],
    ['Go', '\t/srv/shop/cart/price.go:21 +0x1d', 'srv/shop/cart/price.go', 21, null],
    ['Rust', "thread 'main' panicked at src/cart/price.rs:9:5:", 'src/cart/price.rs', 9, null],
    ['rustc', '  --> crates/cart/src/price.rs:4:1', 'crates/cart/src/price.rs', 4, null],
    ['a compiler', 'src/cart/price.ts:5:3 - error TS2322', 'src/cart/price.ts', 5, null],
    ['a link', 'see src/cart/price.ts#L17 for it', 'src/cart/price.ts', 17, null],
    ['a sentence', 'I think `lib/price.rb` is wrong', 'lib/price.rb', null, null],
    ['words', 'in price.py, line 30 it fails', 'price.py', 30, null],
    ['Windows', 'src\\cart\\price.cs:6 broke', 'src/cart/price.cs', 6, null],
  ])('%s', (_kind, text, path, line, symbol) => {
    const [first] = mentionsIn(text);

    expect({ ...first, path: first?.path.replace(/^\//, '') }).toMatchObject({ path, line, symbol });
  });
});

it('frames of a stack trace come in their order, before what else is named', () => {
  const text = 'See README.md\n    at a (src/a.js:1:1)\n    at b (src/b.js:2:2)\n';

  expect(mentionsIn(text).map(({ path, from }) => `${from} ${path}`)).toEqual([
    'trace src/a.js',
    'trace src/b.js',
    'text README.md',
  ]);
});

it.each(['0', '99999999999', '999999999999'])('a line that no file has is none: %s', (line) => {
  expect(mentionsIn(`src/a.ts:${line}`)[0]).toMatchObject({ path: 'src/a.ts', line: null });
});

it.each([
  ['one line', 'a/'.repeat(500_000)],
  ['dots', '.'.repeat(1_000_000)],
  ['frames', '    at x (src/a.js:1:1)\n'.repeat(45_000)],
  ['open parentheses', '    at ('.repeat(150_000)],
  ['names', 'a.js '.repeat(200_000)],
  ['quotes', '  File "'.repeat(130_000)],
  ['blanks', ' '.repeat(1_000_000)],
])('a megabyte of %s is read in bounded time, to a bounded number of places', (_kind, text) => {
  const startMs = performance.now();

  const found = mentionsIn(text);

  expect(found.length).toBeLessThanOrEqual(200);
  expect(performance.now() - startMs).toBeLessThan(5_000);
});

describe('a written path', () => {
  const resolving = createResolver([
    'src/cart/price.ts',
    'src/price.ts',
    'lib/index.ts',
    'a/index.ts',
    'b/index.ts',
    'c/index.ts',
    'd/index.ts',
  ]);

  it.each([
    ['/home/me/shop/src/cart/price.ts', ['src/cart/price.ts']],
    ['SRC/Price.ts', ['src/price.ts']],
    ['price.ts', ['src/cart/price.ts', 'src/price.ts']],
    ['../../../etc/passwd', []],
    ['/etc/shadow.txt', []],
    ['../../src/price.ts', ['src/price.ts']],
    ['', []],
    ['c/index.ts', ['c/index.ts']],
  ])('%s means what the tree has', async (written, expected) => {
    expect((await resolving)(written)).toEqual(expected);
  });

  it('that may mean many files means none', async () => {
    expect((await resolving)('index.ts')).toEqual([]);
  });

  it('never means a file that is not in the tree', async () => {
    const known = ['src/a.ts', 'b.py'];
    const resolve = await createResolver(known);
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (written) => {
        for (const path of resolve(written)) expect(known).toContain(path);
      }),
    );
  });
});

it('a path with two endings is named whole, and a full stop is none of it', () => {
  const paths = mentionsIn('test/cart/price.test.ts:2 fails, and so does src/types.d.ts.').map(({ path, line }) => [
    path,
    line,
  ]);

  expect(paths).toEqual([
    ['test/cart/price.test.ts', 2],
    ['src/types.d.ts', null],
  ]);
});
