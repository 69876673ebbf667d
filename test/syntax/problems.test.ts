import { afterAll, expect, test } from 'vitest';
import { createTreeSitterSyntax } from '../../src/syntax/tree-sitter-syntax.ts';

const syntax = createTreeSitterSyntax((text) => console.warn(text));
afterAll(() => syntax.close());

test.each([
  {
    what: 'a brace that nothing opened',
    path: 'a.ts',
    text: 'function f() {\n}\n}\nf();\n',
    told: ['3:1 unexpected "}"'],
  },
  { what: 'a brace that nothing closes', path: 'a.ts', text: 'if (a) {\n  b();\n', told: ['2:7 missing "}"'] },
  { what: 'a missing bracket', path: 'a.js', text: 'f(1, 2;\ng();\n', told: ['1:7 missing ")"'] },
  { what: 'a missing value', path: 'a.js', text: 'f();\nconst a = ;\n', told: ['2:9 unexpected "="'] },
  { what: 'an element that is not closed', path: 'a.tsx', text: 'const a = <b>;\n', told: null },
  { what: 'a missing colon', path: 'a.py', text: 'def f()\n    return 1\n', told: null },
  { what: 'a bracket too many', path: 'a.py', text: 'x = f(1))\ny = 2\n', told: ['1:9 unexpected ")"'] },
  { what: 'a brace too many', path: 'a.go', text: 'package a\n\nfunc f() {\n}}\n', told: ['4:2 unexpected "}"'] },
  { what: 'a missing semicolon', path: 'A.java', text: 'class A { int f = 1 }\n', told: ['1:20 missing ";"'] },
  { what: 'a missing brace', path: 'a.rs', text: 'fn f() {\n  let a = 1;\n', told: ['1:8 "{" is not closed'] },
])('$what in $path is told with its place', async ({ path, text, told }) => {
  const problems = (await syntax.problems(path, text)) ?? [];

  expect(problems.length).toBeGreaterThan(0);
  if (told !== null) expect(problems.map(({ line, column, text: says }) => `${line}:${column} ${says}`)).toEqual(told);
});

test('a long unexpected text is cut to its first line', async () => {
  const problems = await syntax.problems('a.ts', `const a = 1 ${'x '.repeat(60)}\n${'y '.repeat(9)};\n`);

  expect(problems?.[0]?.text.length).toBeLessThan(80);
  expect(problems?.[0]?.text).toContain('…"');
});

test('at most twenty problems are told', async () => {
  const problems = await syntax.problems('a.ts', 'const a = ;\nok();\n'.repeat(100));

  expect(problems).toHaveLength(20);
});

test('what newer grammars know is no problem', async () => {
  const text = `using file = open();
const a = b satisfies C;
class D { accessor e = 1; static { f(); } }
enum G { H = 1 << 2 }
type I<const J> = J extends infer K extends string ? K : never;
import k from './k.json' with { type: 'json' };
`;

  expect(await syntax.problems('a.ts', text)).toEqual([]);
});
