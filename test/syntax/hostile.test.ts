import { afterAll, expect, test } from 'vitest';
import { createTreeSitterSyntax } from '../../src/syntax/tree-sitter-syntax.ts';
import { languageTexts } from './texts.ts';

const syntax = createTreeSitterSyntax((text) => console.warn(text));
afterAll(() => syntax.close());

const paths = languageTexts.map(({ path }) => path);
const deep = 100_000;
/** The grammars share one parser; two of them meet the whole depth, the others a part. */
const whole = ['src/basket.ts', 'shop/models.py'];
const partLength = 40_000;

const hostileTexts = [
  { what: 'nothing', text: '' },
  { what: 'NUL characters', text: 'a = 1\0\0\nb\0 = 2\n' },
  { what: 'half surrogates', text: 'a = "\ud800"\n\udfff = 2\n' },
  { what: 'brackets that nothing closes', text: '('.repeat(deep) },
  { what: 'brackets in brackets', text: '['.repeat(deep) + ']'.repeat(deep) },
  { what: 'braces in braces', text: '{'.repeat(deep) + '}'.repeat(deep) },
  { what: 'signs in a row', text: `x = ${'-'.repeat(deep)}1` },
  { what: 'angles', text: '<a'.repeat(deep) },
  { what: 'one very long line', text: `x = ${'1+'.repeat(200_000)}1` },
  { what: 'templates in templates', text: '`${'.repeat(deep) },
  { what: 'calls in calls', text: 'f('.repeat(deep) },
  { what: 'bytes that are no program', text: Buffer.from('\x89PNG\r\n\x1a\n').toString('latin1').repeat(5_000) },
];

test.each(hostileTexts)(
  '$what ends in an answer or in none, and the next text is read',
  async ({ text }) => {
    for (const path of paths) {
      const part = whole.includes(path) ? text : text.slice(0, partLength);
      const [outline, problems] = await Promise.all([syntax.outline(path, part), syntax.problems(path, part)]);

      if (outline !== null) expect(outline.symbols.length).toBeLessThanOrEqual(2_000);
      if (problems !== null) expect(problems.length).toBeLessThanOrEqual(20);
    }
    const next = await syntax.outline('a.py', 'def f(): pass\n');

    expect(next?.symbols).toHaveLength(1);
  },
  240_000,
);

test('a text of five megabytes is not parsed', async () => {
  const text = 'a();\n'.repeat(1_000_000);

  expect(await syntax.outline('a.ts', text)).toBeNull();
  expect(await syntax.problems('a.ts', text)).toBeNull();
});

test('a file of many symbols gives the first two thousand', async () => {
  const read = await syntax.outline('a.py', 'def f(): pass\n'.repeat(5_000));

  expect(read?.symbols).toHaveLength(2_000);
  expect(read?.symbols.at(-1)?.startLine).toBe(2_000);
});

test('classes in classes are read to a bounded depth', async () => {
  const levels = 500;
  const text = Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}class A${level}:\n`).join('');
  const read = await syntax.outline('a.py', `${text}${' '.repeat(levels)}pass\n`);

  expect(read?.symbols.map(({ depth }) => depth)).toEqual(Array.from({ length: 21 }, (_, level) => level));
});

test('a name of many characters is cut', async () => {
  const read = await syntax.outline('a.ts', `function ${'x'.repeat(10_000)}() {}\n`);

  expect(read?.symbols[0]?.name).toHaveLength(200);
  expect(read?.symbols[0]?.signature).toHaveLength(200);
});

test('this thread goes on while a large text is parsed', async () => {
  const text = 'const a = [1, 2, { b: "x" }];\n'.repeat(30_000);
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 5);

  await syntax.outline('a.ts', text);
  clearInterval(timer);

  expect(ticks).toBeGreaterThan(5);
});

test('a closed syntax begins anew when it is asked again', async () => {
  const own = createTreeSitterSyntax((text) => console.warn(text));
  await own.outline('a.ts', 'f();');
  await own.close();

  expect(await own.outline('a.ts', 'function f() {}')).toMatchObject({ symbols: [{ name: 'f' }] });
  await own.close();
});
