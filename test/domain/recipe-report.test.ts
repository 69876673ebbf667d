import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxRecipeFiles, readRecipeReport } from '../../src/domain/recipe-report.ts';

const encoded = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const file = (path: string | Buffer, text: string | Buffer, mode = '100644'): string =>
  `file ${mode} ${encoded(path)} ${encoded(text)}`;
const ran = 'fixer 0 1 format';
const report = (...lines: readonly string[]): string => ['ai-fix-recipe 1', ...lines, ''].join('\n');
const read = (...lines: readonly string[]) => readRecipeReport(report(...lines), ['format']);
const reasonOf = (...lines: readonly string[]): string => {
  const reading = read(...lines);
  return reading.ok ? 'it was read' : reading.reason;
};

describe('the report of a run of fixers', () => {
  it('names what each fixer did, and every file as it is to be', () => {
    const lines = ['fixer 2 0 lint', ran, file('src/ä b.js', 'ü\n'), `deleted ${encoded('old.js')}`];

    const reading = readRecipeReport(report(...lines), ['lint', 'format']);

    expect(reading).toEqual({
      ok: true,
      records: [
        { name: 'lint', exitCode: 2, changedFiles: 0 },
        { name: 'format', exitCode: 0, changedFiles: 1 },
      ],
      files: [
        { path: 'src/ä b.js', content: { text: 'ü\n', encoding: 'utf-8' } },
        { path: 'old.js', content: null },
      ],
    });
  });

  it('may change nothing, and may leave a file empty', () => {
    expect(read(ran)).toMatchObject({ ok: true, files: [] });
    expect(read(ran, file('a.js', ''))).toMatchObject({ ok: true, files: [{ path: 'a.js', content: { text: '' } }] });
  });

  it('is the same however often it is written and read', () => {
    const files = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}\/[a-z]{1,8}\.js$/), fc.string()), {
      selector: ([path]) => path,
      maxLength: 20,
    });
    fc.assert(
      fc.property(files, (written) => {
        const texts = written.map(([path, text]) => ({ path, text: text.replaceAll('\0', '').toWellFormed() }));

        expect(read(ran, ...texts.map(({ path, text }) => file(path, text)))).toMatchObject({
          ok: true,
          files: texts.map(({ path, text }) => ({ path, content: { text } })),
        });
      }),
    );
  });

  it('may be any text: it is read or refused, and never throws', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(ran, file('a', 'b'), 'file 100644 ', 'deleted', 'fixer 0 0 '));
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), (lines, isHeaded) => {
        const reading = readRecipeReport(isHeaded ? report(...lines) : lines.join('\n'), ['format']);

        expect(reading.ok || reading.reason.length > 0).toBe(true);
      }),
    );
  });

  it.each([
    ['another heading', [''], 'cannot be read'],
    ['a link', [file('a.js', '/etc/passwd', '120000')], 'a link'],
    ['a submodule', [file('a.js', '', '160000')], 'a submodule'],
    ['a path above the repository', [file('../a.js', 'x')], '".." segment'],
    ['an absolute path', [file('/etc/passwd', 'x')], 'absolute'],
    ["a path into git's own folder", [file('.git/hooks/pre-commit', 'x')], '.git'],
    ['a path that is no UTF-8', [file(Buffer.from([0xff]), 'x')], 'no text'],
    ['a binary file', [file('a.png', Buffer.from([1, 0, 2]))], 'no text'],
    ['a file in no encoding that is known here', [file('a.txt', Buffer.from([0xc3, 0x28, 0x81]))], 'no text'],
    ['a file twice', [file('a.js', 'x'), file('a.js', 'y')], 'twice'],
    ['a file twice by another spelling', [file('a.js', 'x'), file('./a.js', 'y')], 'twice'],
    ['a file that is deleted and written', [file('a.js', 'x'), `deleted ${encoded('a.js')}`], 'twice'],
    ['what is no base64', ['file 100644 YQ== ****'], 'no text'],
    ['a fixer that was not to run', ['fixer 0 1 deploy'], 'not to run'],
    ['a fixer twice', [ran, ran], 'twice'],
    ['a word that it does not know', ['rename YQ== Yg=='], 'cannot be read'],
  ])('is refused with %s', (_what, lines, reason) => {
    expect(reasonOf(...lines)).toContain(reason);
  });

  it('is refused where it does not tell of every fixer that was to run', () => {
    expect(readRecipeReport(report(ran, file('a.js', 'x')), ['lint', 'format'])).toEqual({
      ok: false,
      reason: 'it does not tell of every fixer that was to run',
    });
  });

  it('is refused without its heading, with too many files, or when it is too large', () => {
    const many = Array.from({ length: maxRecipeFiles + 1 }, (_, index) => file(`${index}.js`, 'x'));

    expect(readRecipeReport(ran, ['format'])).toMatchObject({ ok: false });
    expect(reasonOf(...many)).toContain('more than 200 files');
    expect(reasonOf(file('a.js', 'x'.repeat(7_000_000)))).toContain('larger than 8 MB');
  });
});
