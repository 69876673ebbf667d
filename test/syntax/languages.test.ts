import { afterAll, expect, test } from 'vitest';
import type { CodeSymbol } from '../../src/ports/syntax.ts';
import { createTreeSitterSyntax } from '../../src/syntax/tree-sitter-syntax.ts';
import { languageTexts } from './texts.ts';

const syntax = createTreeSitterSyntax((text) => console.warn(text));
afterAll(() => syntax.close());

const shown = ({ kind, name, depth, startLine, endLine }: CodeSymbol) =>
  `${'  '.repeat(depth)}${kind} ${name} ${startLine}-${endLine}`;

test.each(languageTexts)('the outline of $path has its symbols with their lines', async ({ path, text, outline }) => {
  const read = await syntax.outline(path, text);

  expect(read?.symbols.map(shown)).toEqual(outline);
});

test.each(languageTexts)('the imports of $path are told as they are written', async ({ path, text, imports }) => {
  const read = await syntax.outline(path, text);

  expect(read?.imports).toEqual(imports);
});

test.each(languageTexts)(
  '$path has no problem, with LF, with CRLF and behind a byte order mark',
  async ({ path, text }) => {
    const crlf = text.replaceAll('\n', '\r\n');

    expect(await syntax.problems(path, text)).toEqual([]);
    expect(await syntax.problems(path, crlf)).toEqual([]);
    expect(await syntax.problems(path, `\ufeff${text}`)).toEqual([]);
  },
);

test.each(languageTexts)(
  'line endings and a byte order mark change no line of the outline of $path',
  async ({ path, text }) => {
    const plain = await syntax.outline(path, text);

    expect(await syntax.outline(path, text.replaceAll('\n', '\r\n'))).toEqual(plain);
    expect(await syntax.outline(path, `\ufeff${text}`)).toEqual(plain);
  },
);

test('a signature is the line of the name, without the body that begins there', async () => {
  const read = await syntax.outline('a.ts', '@sealed\nexport class A<T> { m(a: number): void { this.a = a; } }\n');

  expect(read?.symbols.map(({ signature }) => signature)).toEqual([
    'export class A<T>',
    'export class A<T> { m(a: number): void',
  ]);
});

test.each(['a.txt', 'Makefile', 'a.ts.md', 'ts', ''])('%j is in no known language', async (path) => {
  expect(await syntax.outline(path, 'function f() {}')).toBeNull();
  expect(await syntax.problems(path, '}')).toBeNull();
});

test('the end of a name tells the language in any case', async () => {
  expect(await syntax.outline('A.PY', 'def f(): pass\n')).toMatchObject({ language: 'python' });
});
