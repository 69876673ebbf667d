import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hintsOf, hintsText } from '../../src/domain/leftovers.ts';
import { textChange } from '../../src/domain/patched-file.ts';

const changed = (path: string, before: string | null, after: string | null) => textChange(path, before, after);
const found = (path: string, after: string, before: string | null = 'const a = 1;\n') =>
  hintsOf([changed(path, before, after)], '').map(({ kind, what }) => `${kind}: ${what}`);

describe('hints for the reviewer', () => {
  it.each([
    ['src/cart.ts', '  console.log(total);'],
    ['src/cart.js', 'debugger;'],
    ['shop/cart.py', '    print(total)'],
    ['shop/cart.py', 'import pdb; pdb.set_trace()'],
    ['src/cart.rs', 'let x = dbg!(total);'],
    ['cart/cart.go', '\tfmt.Println(total)'],
    ['src/Cart.java', 'System.out.println(total);'],
    ['lib/cart.rb', 'binding.pry'],
    ['src/Cart.php', 'var_dump($total);'],
  ])('in %s find the debug print %j', (path, line) => {
    expect(found(path, `const a = 1;\n${line}\n`)).toEqual(['leftover: prints, perhaps for debugging (line 2)']);
  });

  it.each([
    ['a program that prints', 'src/cli/main.ts', 'console.log(total);'],
    ['a command', 'cmd/shop/main.go', '\tfmt.Println(total)'],
    ['a test', 'test/cart.test.ts', 'console.log(total);'],
    ['a document', 'docs/cart.md', 'console.log(total);'],
    ['what was there before', 'src/cart.ts', 'const a = 1;'],
    ['a word that contains one', 'src/cart.py', 'blueprint(app)'],
  ])('leave %s alone', (_what, path, line) => {
    expect(found(path, `const a = 1;\n${line}\n`)).toEqual([]);
  });

  it.each([
    ['focused tests', 'test/cart.test.ts', "it.only('rounds', () => {});", 'tests: runs some tests only (line 2)'],
    ['a note', 'src/cart.ts', '// TODO: round once', 'leftover: leaves a note of something undone (line 2)'],
    [
      'commented-out code',
      'src/cart.ts',
      '// const b = round(a);\n// if (b > 1) {\n//   return b;\n// }',
      'leftover: comments code out (lines 2, 3, 4 and 1 more)',
    ],
  ])('find %s', (_what, path, lines, expected) => {
    expect(found(path, `const a = 1;\n${lines}\n`)).toEqual([expected]);
  });

  it('take a comment in words for what it is', () => {
    expect(
      found('src/cart.ts', 'const a = 1;\n// The total is rounded once,\n// at the end,\n// as the issue asks.\n'),
    ).toEqual([]);
  });

  it.each(['src/cart.ts.orig', 'scratch.py', 'tmp/out.txt', 'repro.js', 'cart.js.bak', '.DS_Store'])(
    'find the stray file %s',
    (path) => {
      expect(found(path, 'x\n', null)).toContain('leftover: is a new file with the name of something temporary');
    },
  );

  it('see a change of white space alone', () => {
    expect(found('src/cart.ts', '    const a = 1;\n')[0]).toContain('nothing but white space');
  });

  it('see many lines that differ in white space beside a real change', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `call(${index});`);

    const [hint] = found(
      'src/cart.ts',
      `${lines.map((line) => `\t${line}`).join('\n')}\nreal();\n`,
      `${lines.join('\n')}\n`,
    );

    expect(hint).toMatch(/^scope: changes about 4\d lines in white space alone$/);
  });

  it('name files that the plan does not, where it names any of the patch', () => {
    const changes = ['src/cart.ts', 'src/menu.ts', 'test/cart.test.ts', 'docs/cart.md'].map((path) =>
      changed(path, 'a\n', 'b\n'),
    );

    expect(hintsText(hintsOf(changes, 'Round once in `cart.ts`.'))).toBe(
      '- scope: src/menu.ts: is not named in the plan',
    );
    expect(hintsOf(changes, 'Round once.')).toEqual([]);
  });

  it('are bounded, and nothing of the patch stands in their words', () => {
    const lines = fc.array(
      fc.constantFrom('console.log(SECRET)', '// TODO SECRET', 'it.only(SECRET', '# x = SECRET', 'SECRET', '  '),
    );
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 60 }), (files) => {
        const changes = files.map((texts, index) => changed(`src/${index}.ts`, null, texts.join('\n')));

        const hints = hintsOf(changes, 'src/1.ts');

        expect(hints.length).toBeLessThanOrEqual(30);
        expect(hints.map(({ what }) => what).join()).not.toContain('SECRET');
      }),
    );
  });

  it('of lines of a megabyte take no time to speak of', () => {
    const started = performance.now();

    for (const line of ['a.', '// a.', 'a[', '//', '# '].map((piece) => piece.repeat(500_000)))
      hintsOf([changed('src/a.ts', null, `${line}\n${line}`)], '');

    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
