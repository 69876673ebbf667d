import { expect, test } from 'vitest';
import { editFileTool } from '../../../src/agent/tools/edit-file.ts';
import { fakeSyntax } from '../../support/fake-syntax.ts';
import { call, textAt } from './call.ts';

const tool = editFileTool(fakeSyntax());
const edit = (text: string, old_text: string, new_text: string, path = 'a.ts') =>
  call(tool, { path, old_text, new_text }, { [path]: text });

const block = 'function price() {\n  const rate = 3;\n  const total = 10;\n  const tax = 7;\n  return total;\n}\n';

test.each([
  {
    what: 'tabs where spaces were sent',
    text: 'f() {\n\ta();\n\tif (b) {\n\t\tc();\n\t}\n}\n',
    old: '    a();\n    if (b) {\n        c();\n    }',
    fresh: '    a();\n    if (b) {\n        d();\n        if (e) {\n            g();\n        }\n    }',
    want: 'f() {\n\ta();\n\tif (b) {\n\t\td();\n\t\tif (e) {\n\t\t\tg();\n\t\t}\n\t}\n}\n',
  },
  {
    what: 'four spaces where two were sent',
    text: 'f() {\n    if (b) {\n        c();\n    }\n}\n',
    old: 'f() {\n  if (b) {\n    c();\n  }\n}',
    fresh: 'f() {\n  if (b) {\n    d();\n  }\n}',
    want: 'f() {\n    if (b) {\n        d();\n    }\n}\n',
  },
  {
    what: 'blank lines that were not sent',
    text: 'one();\n\ntwo();\n\nthree();\n',
    old: 'one();\ntwo();\nthree();',
    fresh: 'one();\n2;\nthree();',
    want: 'one();\n\n2;\n\nthree();\n',
  },
  {
    what: 'a first line without its indentation',
    text: '  if (a) {\n    b();\n  }\n  c(); \n',
    old: 'if (a) {\n    b();\n  }\n  c();\n',
    fresh: 'if (a) {\n    x();\n  }\n  c();\n',
    want: '  if (a) {\n    x();\n  }\n  c(); \n',
  },
])('an edit keeps $what', async ({ text, old, fresh, want }) => {
  const outcome = await edit(text, old, fresh);

  expect(textAt(outcome.overlay, 'a.ts')).toBe(want);
  expect(outcome.output).toContain('fitted to the file');
});

test('typographic signs stay around a change that was sent with plain ones', async () => {
  const text = '// “It’s here” – he said\nf();\n';

  const outcome = await edit(text, '// "It\'s here" - he said\nf();\n', '// "It\'s there" - he said\nf();\n');

  expect(textAt(outcome.overlay, 'a.ts')).toBe('// “It’s there” – he said\nf();\n');
});

test('a change right at a typographic sign is refused: which one is meant cannot be told', async () => {
  const outcome = await edit('// “here”\nf();\n', '// "here"\nf();\n', '// "here" and "there"\nf();\n');

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
});

test('line numbers copied from read_file are taken off', async () => {
  const outcome = await edit(
    block,
    '2\t  const rate = 3;\n3\t  const total = 10;',
    '2\t  const rate = 4;\n3\t  const total = 10;',
  );

  expect(textAt(outcome.overlay, 'a.ts')).toBe(block.replace('rate = 3', 'rate = 4'));
});

test('a table with numbers in front is what it is', async () => {
  const outcome = await edit('1\ta\n2\tb\n', '1\ta\n2\tb\n', '1\ta\n2\tc\n', 'a.tsv');

  expect(textAt(outcome.overlay, 'a.tsv')).toBe('1\ta\n2\tc\n');
});

test('lines left out alike in both texts stay as they are', async () => {
  const mark = '  // … existing code …';
  const old = ['function price() {', mark, '  return total;', '}'].join('\n');

  const outcome = await edit(block, old, old.replace('return total', 'return total * 2'));

  expect(textAt(outcome.overlay, 'a.ts')).toBe(block.replace('return total', 'return total * 2'));
});

test.each([
  { what: 'new text alone', old: block, fresh: 'function price() {\n  // ... existing code ...\n  return 0;\n}\n' },
  {
    what: 'old text alone',
    old: 'function price() {\n  // ...\n  return total;\n}\n',
    fresh: 'function price() {\n}\n',
  },
  {
    what: 'new text of an exact edit',
    old: '  const rate = 3;',
    fresh: '  const rate = 4;\n  // ... rest unchanged ...',
  },
])('lines left out of the $what are refused', async ({ old, fresh }) => {
  const outcome = await edit(block, old, fresh);

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain('left out');
});

test('what is left out never reaches into the next function', async () => {
  const text = `${block.replace('return total', 'return 0')}${block.replace('price', 'other')}`;
  const old = 'function price() {\n  // ...\n  return total;\n}';

  const outcome = await edit(text, old, old.replace('total', '1'));

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
});

test('a Python stub of three dots is code', async () => {
  const outcome = await edit('def f():\n    ...\n', 'def f():\n    ...\n', 'def f() -> int:\n    ...\n', 'a.py');

  expect(textAt(outcome.overlay, 'a.py')).toBe('def f() -> int:\n    ...\n');
});

test('a kept line that drifted keeps what the file says', async () => {
  const outcome = await edit(block.replace('rate = 3', 'rate = 5'), block, block.replace('tax = 7', 'tax = 8'));

  expect(textAt(outcome.overlay, 'a.ts')).toBe(block.replace('rate = 3', 'rate = 5').replace('tax = 7', 'tax = 8'));
  expect(outcome.output).toContain('differed from old_text');
});

test('a changed line that drifted is refused, and the nearest place is shown to copy from', async () => {
  const outcome = await edit(block.replace('tax = 7', 'tax = 9'), block, block.replace('tax = 7', 'tax = 8'));

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain('4\t  const tax = 9;');
});

test('a drifted text that fits two places is refused', async () => {
  const twin = block.replace('rate = 3', 'rate = 5');

  const outcome = await edit(
    `${block}\n${twin}`,
    block.replace('rate = 3', 'rate = 4'),
    block.replace('rate = 3', 'rate = 4').replace('tax = 7', 'tax = 8'),
  );

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
});

test('new lines in the other sign are indented as the file is', async () => {
  const text = 'f() {\n\ta();\n\tb();\n\tif (c) {\n\t\td();\n\t}\n}\n';

  const outcome = await edit(text, '\ta();\n\tb();\n', '\ta();\n    x();\n    y();\n\tb();\n');

  expect(textAt(outcome.overlay, 'a.ts')).toContain('\ta();\n\tx();\n\ty();\n\tb();\n');
});

test('a text that also stands at the end but for the line break that the file lacks is refused', async () => {
  const outcome = await edit('a\n}\nb\n}', '}\n', ')\n');

  expect(outcome.output).toContain('at lines 2, 4');
});

test('a syntax error that the edit brings is told with its line, and the edit stands', async () => {
  const outcome = await edit('a\n@@ old\nb\n', 'b', 'b\n@@ new');

  expect(textAt(outcome.overlay, 'a.ts')).toBe('a\n@@ old\nb\n@@ new\n');
  expect(outcome.isError).toBe(false);
  expect(outcome.output).toContain('has new syntax errors:\nline 4, column 1: unexpected "@@" in: @@ new');
  expect(outcome.output).not.toContain('line 2');
});

test('a syntax error that was there before is not told again where it moved', async () => {
  const outcome = await edit('a\n@@ old\n', 'a', 'a\nb\nc');

  expect(outcome.output).not.toContain('syntax');
});

test('hostile texts are compared in bounded time', async () => {
  const many = Array.from({ length: 60_000 }, (_, index) => `line ${index % 50} of many`).join('\n');
  const old = Array.from({ length: 390 }, (_, index) => `line ${(index * 7) % 50} of many!`).join('\n');
  const startedAt = performance.now();

  const outcome = await edit(many, old, 'x');

  expect(outcome.isError).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});
