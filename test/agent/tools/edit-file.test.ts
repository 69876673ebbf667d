import { expect, test } from 'vitest';
import { editFileTool } from '../../../src/agent/tools/edit-file.ts';
import { bytesOf } from '../../../src/domain/overlay.ts';
import { fakeSyntax } from '../../support/fake-syntax.ts';
import { call, textAt, write } from './call.ts';

const editTool = editFileTool(fakeSyntax());
const edit = (text: string, old_text: string, new_text: string, more: object = {}) =>
  call(editTool, { path: 'a.ts', old_text, new_text, ...more }, { 'a.ts': text });

test('an exact text is replaced and the answer shows the place with three lines around it', async () => {
  const outcome = await edit('1\n2\n3\n4\nold\n6\n7\n8\n9\n', 'old', 'new');

  expect(textAt(outcome.overlay, 'a.ts')).toBe('1\n2\n3\n4\nnew\n6\n7\n8\n9\n');
  expect(outcome.output).toBe('Changed a.ts. It reads now:\n2\t2\n3\t3\n4\t4\n5\tnew\n6\t6\n7\t7\n8\t8');
  expect(outcome.isError).toBe(false);
});

test('dollar signs in the new text are plain text', async () => {
  const outcome = await edit('price\n', 'price', "$& $1 $' $$");

  expect(textAt(outcome.overlay, 'a.ts')).toBe("$& $1 $' $$\n");
});

test('an edit works on what an earlier edit left, not on the base', async () => {
  const outcome = await call(
    editTool,
    { path: 'a', old_text: 'two', new_text: '3' },
    { a: 'one\n' },
    { a: write('two\n') },
  );

  expect(textAt(outcome.overlay, 'a')).toBe('3\n');
});

test('an edit back to the base text takes the file out of the overlay', async () => {
  const outcome = await call(
    editTool,
    { path: 'a', old_text: 'two', new_text: 'one' },
    { a: 'one\n' },
    { a: write('two\n') },
  );

  expect(outcome.overlay).toEqual({});
});

test('an edit keeps the executable bit', async () => {
  const outcome = await call(
    editTool,
    { path: 'a', old_text: 'x', new_text: 'y' },
    { a: { mode: '100755', bytes: 'x' } },
  );

  expect(outcome.overlay).toEqual({ a: { kind: 'write', text: 'y', mode: '100755' } });
});

test.each([
  { what: 'a text that occurs twice', text: 'x\ny\nx\n', old: 'x', lines: '1, 3' },
  { what: 'a text that overlaps itself', text: 'aaa', old: 'aa', lines: '1, 1' },
  { what: 'lines that match twice but for trailing space', text: 'x \ny\nz\nx \ny\n', old: 'x\ny', lines: '1, 4' },
  { what: 'lines that match twice but for indentation', text: '  x\n  y\n    x\n    y\n', old: 'x\ny', lines: '1, 3' },
])('$what is refused with the lines of the places', async ({ text, old, lines }) => {
  const outcome = await edit(text, old, 'new');

  expect(outcome.isError).toBe(true);
  expect(outcome.output).toContain(`more than one place, at lines ${lines}.`);
  expect(outcome.overlay).toEqual({});
});

test('replace_all replaces every occurrence and shows the first places', async () => {
  const outcome = await edit('x\n1\n2\n3\n4\n5\n6\n7\n8\nx\n', 'x', 'long\nlines', { replace_all: true });

  expect(textAt(outcome.overlay, 'a.ts')).toBe('long\nlines\n1\n2\n3\n4\n5\n6\n7\n8\nlong\nlines\n');
  expect(outcome.output).toContain('in 2 places');
  expect(outcome.output).toContain('12\tlines');
});

test('replace_all takes occurrences that overlap from the left', async () => {
  const outcome = await edit('aaaaa', 'aa', 'b', { replace_all: true });

  expect(textAt(outcome.overlay, 'a.ts')).toBe('bba');
});

test('replace_all does not make places equal that differ in white space', async () => {
  const outcome = await edit('x \ny\nz\nx \ny\n', 'x\ny', 'new', { replace_all: true });

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
});

test('lines match without their trailing space, and lines that the edit leaves keep theirs', async () => {
  const outcome = await edit('keep  \nold\t\nrest \n', 'keep\nold\nrest\n', 'keep\nnew\nrest\n');

  expect(textAt(outcome.overlay, 'a.ts')).toBe('keep  \nnew\nrest \n');
});

test.each([
  {
    what: 'deeper',
    text: '\tif (a) {\n\n\t\tb();\n\t}\n',
    old: 'if (a) {\n\n\tb();\n}',
    fresh: 'if (c) {\n\n\td();\n}',
    want: '\tif (c) {\n\n\t\td();\n\t}\n',
  },
  {
    what: 'shallower',
    text: 'if (a) {\n  b();\n}\n',
    old: '    if (a) {\n      b();\n    }\n',
    fresh: '    if (a) {\n      c();\n    }\n',
    want: 'if (a) {\n  c();\n}\n',
  },
])(
  'lines that stand $what in the file match and the new lines are shifted alike',
  async ({ text, old, fresh, want }) => {
    const outcome = await edit(text, old, fresh);

    expect(textAt(outcome.overlay, 'a.ts')).toBe(want);
    expect(outcome.output).toContain('indentation');
  },
);

test.each([
  { what: 'lines whose indentation differs unevenly', text: '  a\n      b\n', old: 'a\nb', fresh: 'c' },
  { what: 'new lines that cannot be shifted', text: 'a\n  b\n', old: '  a\n    b', fresh: 'c\n    b' },
])('$what are refused with the line', async ({ text, old, fresh }) => {
  const outcome = await edit(text, old, fresh);

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain('at lines 1 but for its indentation');
});

test.each(['nowhere', 'a  =  1', '   \n', '\n\n\n'])('the text %j that is not there is refused', async (old) => {
  const outcome = await edit('a = 1;\nb = 2;\n', old, 'new');

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain('does not occur');
});

test.each([
  { what: 'CRLF', text: 'a\r\nb\r\nc\r\n', old: 'a\nb', fresh: 'a\nx\ny', want: 'a\r\nx\r\ny\r\nc\r\n' },
  { what: 'CRLF for lines added to one', text: 'a\r\nb\r\n', old: 'a', fresh: 'a\nx', want: 'a\r\nx\r\nb\r\n' },
  {
    what: 'CRLF for a match that starts behind a \\r',
    text: 'a\r\nb\r\n',
    old: '\nb',
    fresh: '\nx\nc',
    want: 'a\r\nx\r\nc\r\n',
  },
  { what: 'LF when the model writes CRLF', text: 'a\nb\n', old: 'a\r\nb', fresh: 'x\r\ny', want: 'x\ny\n' },
  {
    what: 'the ending of each line in a file that mixes them',
    text: 'a\r\nb\nc\r\nd\n',
    old: 'a\nb\nc\nd\n',
    fresh: 'a\nB\nC\nd\n',
    want: 'a\r\nB\nC\r\nd\n',
  },
  {
    what: 'the endings behind an added line in a file that mixes them',
    text: 'a\r\nb\nc\r\n',
    old: 'a\nb\nc\n',
    fresh: 'a\nNEW\nb\nc\n',
    want: 'a\r\nNEW\nb\nc\r\n',
  },
  { what: 'a byte order mark', text: '\ufeffa\nb\n', old: 'a\n', fresh: 'x\n', want: '\ufeffx\nb\n' },
  {
    what: 'one byte order mark when the model sends another',
    text: '\ufeffa\n',
    old: '\ufeffa',
    fresh: '\ufeffb',
    want: '\ufeffb\n',
  },
  { what: 'a missing final line break', text: 'a\nb', old: 'b', fresh: 'c\n', want: 'a\nc' },
  { what: 'a missing final line break after a deletion', text: 'a\nb', old: 'b', fresh: '', want: 'a' },
  { what: 'a final line break', text: 'a\r\nb\r\n', old: 'b\n', fresh: 'c', want: 'a\r\nc\r\n' },
  { what: 'a lone \\r as text', text: 'a\rb\n', old: 'b', fresh: 'c', want: 'a\rc\n' },
])('an edit keeps $what', async ({ text, old, fresh, want }) => {
  const outcome = await edit(text, old, fresh);

  expect(textAt(outcome.overlay, 'a.ts')).toBe(want);
});

test('tolerant matching at the end of a file without a final line break deletes whole lines', async () => {
  const outcome = await edit('a\nb ', 'b\n', '');

  expect(textAt(outcome.overlay, 'a.ts')).toBe('a');
});

test('a file may become empty', async () => {
  const outcome = await edit('a\n', 'a\n', '');

  expect(textAt(outcome.overlay, 'a.ts')).toBe('');
  expect(outcome.output).toContain('empty now');
});

test.each([
  { what: 'the same text', old: 'b', fresh: 'b' },
  { what: 'only a final line break', old: 'b', fresh: 'b\n' },
])('an edit to $what changes nothing and says so', async ({ old, fresh }) => {
  const outcome = await edit('a\nb', old, fresh);

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain('changes nothing');
});

test.each([
  { what: 'binary files', file: Buffer.from([0, 1, 2]), says: 'binary' },
  { what: 'files in UTF-16', file: Buffer.from('\ufeffa', 'utf16le'), says: 'an encoding other than UTF-8' },
  { what: 'symlinks', file: { mode: '120000', bytes: '/etc/passwd' } as const, says: 'symlink' },
  { what: 'empty files', file: '', says: 'create_file' },
])('$what are refused', async ({ file, says }) => {
  const outcome = await call(editTool, { path: 'a', old_text: 'a', new_text: 'b' }, { a: file });

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain(says);
});

test('a file in ISO-8859-1 keeps its bytes but for the edit', async () => {
  const file = Buffer.from('// Größe\r\nint a = 1; // café', 'latin1');

  const outcome = await call(
    editTool,
    { path: 'a', old_text: 'int a = 1; // café', new_text: 'int a = 2; // é' },
    { a: file },
  );

  const entry = outcome.overlay.a;
  expect(entry).toMatchObject({ kind: 'write', encoding: 'windows-1252' });
  expect(entry?.kind === 'write' && bytesOf(entry)).toEqual(Buffer.from('// Größe\r\nint a = 2; // é', 'latin1'));
});

test('a character that the encoding of the file does not have is refused by its code', async () => {
  const file = Buffer.from('// Größe', 'latin1');

  const outcome = await call(editTool, { path: 'a', old_text: 'Größe', new_text: 'Größe ✓' }, { a: file });

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain('the file is in windows-1252, which has no "✓" (U+2713)');
});

test('a file is edited back: nothing is left in the patch, whatever its encoding', async () => {
  const base = { a: Buffer.from('// Größe', 'latin1') };
  const there = await call(editTool, { path: 'a', old_text: 'Größe', new_text: 'size' }, base);

  const back = await call(editTool, { path: 'a', old_text: 'size', new_text: 'Größe' }, base, there.overlay);

  expect(back).toMatchObject({ isError: false, overlay: {} });
});

test('a heading of prose that speaks of others is a heading', async () => {
  const args = { path: 'docs/a.md', old_text: '## Options\n', new_text: '## Main options\n\n## Other options\n' };

  const outcome = await call(editTool, args, { 'docs/a.md': '# A\n\n## Options\n' });

  expect(outcome.isError).toBe(false);
});

test('a file that is not there is refused with files of that name', async () => {
  const outcome = await call(editTool, { path: 'a.ts', old_text: 'a', new_text: 'b' }, { 'src/A.ts': 'a' });

  expect(outcome.output).toContain('src/A.ts');
  expect(outcome.isError).toBe(true);
});

test('a replacement that would blow up the file is refused before it is made', async () => {
  const outcome = await edit('a'.repeat(900_000), 'a', 'b'.repeat(900_000), { replace_all: true });

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain('1000000 bytes');
});

test.each(['\0', '\ud800'])('a new text with %j is refused', async (fresh) => {
  const outcome = await edit('a', 'a', fresh);

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
});

test('repetitive texts are searched in linear time', async () => {
  const outcome = await edit(`${'a'.repeat(900_000)}\n`, `b${'a'.repeat(190_000)}`, 'c');

  expect(outcome.output).toContain('does not occur');
});
