import { describe, expect, it } from 'vitest';
import { parseMarkdown } from '../../src/thread/incoming-markdown.ts';
import { newMeter, TangledMarkdown } from '../../src/thread/incoming-meter.ts';

const size = 100_000;
const fill = (unit: string): string => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);

/** Each took the parser between ten seconds and some minutes. */
const tangled: readonly (readonly [string, string])[] = [
  ['quotes in quotes', fill('>')],
  ['lists in lists', fill('1. ')],
  ['lists that may be rules', `${fill('- ')}</`],
  ['quotes beside quotes', fill('> \n\n')],
  ['lists of other kinds', fill('* \n1) ')],
  ['lines that continue a quote', `>${fill(' "\n')}`],
  ['headings', fill('a\n=\n')],
  ['closing brackets', fill(']')],
  ['titles that do not end', fill('[a](b (')],
  ['calls of no footnote', fill('[^a]')],
  ['comments that do not end', `a ${fill('<!-- ')}`],
  ['instructions that do not end', `a ${fill('<?')}`],
  ['code that does not end', fill('\\``````b>>')],
  ['addresses behind a bracket', `[${fill('h ')}`],
  ['words that are nothing', fill(':@~[')],
  ['short lines', fill('a\n')],
];

describe('the parser', () => {
  it.each(tangled)('is stopped in %s', (_what, text) => {
    const meter = newMeter();

    expect(() => parseMarkdown(text, meter)).toThrow(TangledMarkdown);
  });

  it('is stopped in the same place each time', () => {
    const offsets = [1, 2].map(() => {
      try {
        parseMarkdown(`a\n\n${fill(']')}`, newMeter());
        return null;
      } catch (error) {
        return error instanceof TangledMarkdown ? error.offset : error;
      }
    });

    expect(offsets[0]).toBeTypeOf('number');
    expect(offsets[1]).toBe(offsets[0]);
  });

  it.each([
    ['prose', 'A sentence of some words, which "says" nothing (much) at all; http://x.test/y.\n\n'],
    ['one long paragraph', 'A sentence of some words, and here is what they hide.\n'],
    [
      'a change log',
      '- **thing:** did a thing ([#12](https://x.test/issues/12)) ([abc123](https://x.test/commit/abc123))\n',
    ],
    ['a table', '| a name | `code` | [a link](https://x.test) |\n|---|---|---|\n'],
    ['code', '```ts\nconst a = [1, 2, [3]]; // <b> * _ ~\n```\n\n'],
    ['a log', '2026-01-01T00:00:00Z [INFO] <server> started `a` with {"b": [1, 2]} at *:80\n'],
    ['answers', '> > a quote of a quote, of some length\n\nAn answer to it, of some words more than that.\n\n'],
    ['a trace', 'goroutine 1 [running]:\nmain.main(0x1, [2])\n'],
    ['HTML', '<details>\n<summary>a</summary>\n\ntext <!-- comment -->\n\n</details>\n\n'],
  ])('reads %s as long as GitHub takes it', (_what, unit) => {
    const text = unit.repeat(Math.ceil(65_536 / unit.length)).slice(0, 65_536);

    const { tree } = parseMarkdown(text, newMeter());

    expect(tree.children.length).toBeGreaterThan(0);
  });
});
