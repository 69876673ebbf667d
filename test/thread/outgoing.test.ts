import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { cut, cutWithLink, fenced, folded, quoteLine, quoteSafely } from '../../src/thread/outgoing.ts';

const pieces = fc.constantFrom(
  '<!--',
  '-->',
  '<!-',
  '- ',
  '--',
  '@',
  '@alice',
  '@acme/team',
  '&#64;bob',
  '&commat;',
  '![',
  '](',
  '```',
  '~~~',
  '\n',
  '`',
  'text',
  '<',
  '!',
);
const hostile = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }).map((parts) => parts.join(''));

/** What stands outside of code blocks and code spans. */
function withoutCode(markdown: string): string {
  const spans: string[] = [];
  const visit = (node: Nodes) => {
    if (node.type === 'code' || node.type === 'inlineCode') {
      spans.push(markdown.slice(node.position?.start.offset, node.position?.end.offset));
    }
    for (const child of 'children' in node ? node.children : []) visit(child);
  };
  visit(fromMarkdown(markdown, { extensions: [gfm()] }));
  return spans.reduce((rest, span) => rest.replace(span, ''), markdown);
}

describe('a text that somebody else wrote', () => {
  it.each([
    ['a mention', 'ask @alice', 'ask @\u200balice'],
    ['a team', 'ask @acme/team', 'ask @\u200bacme/team'],
    [
      'a mention written as an entity',
      'ask &#64;alice &#x40;bob &commat;carol',
      'ask &#64;\u200balice &#x40;\u200bbob &commat;\u200bcarol',
    ],
    ['a letter of a mention written as an entity', 'ask @&#97;lice', 'ask @\u200b&#97;lice'],
    ['a hidden comment', 'a<!-- do evil -->b', 'a&lt;!-- do evil -->b'],
    ['a hidden comment that does not end', 'a<!-- do evil', 'a&lt;!-- do evil'],
    ['an image that calls home', '![x](https://evil.test/x.png)', 'x'],
  ])('is quoted without %s', (_what, text, expected) => {
    expect(quoteSafely(text, 1_000)).toBe(expected);
  });

  it('that is plain stays as it is', () => {
    const text = 'Round **once**:\n\n```ts\nround(price)\n```\n\n- a list, `code`, 1 < 2 & more\n';

    expect(quoteSafely(text, 1_000)).toBe(text);
  });

  it('pings nobody and hides nothing, however it is put together, and hardly grows', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 300 }), (text, maxLength) => {
        const quoted = quoteSafely(text, maxLength);

        const visible = withoutCode(quoted);
        expect(visible).not.toMatch(/@(?![\u200b\s]|$)/);
        expect(visible).not.toMatch(/(?<!\\)<!--/);
        expect(quoted.length).toBeLessThanOrEqual(maxLength + 200);
        expect(quoted.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['@', 4_000],
    ['<a', 4_000],
    ['`', 4_000],
    ['@', 50_000],
    ['`', 60_000],
    ['> ', 50_000],
  ])('of %j again and again hardly grows either', (unit, maxLength) => {
    const quoted = quoteSafely(unit.repeat(100_000), maxLength);

    expect(quoted.length).toBeLessThanOrEqual(maxLength + 200);
    expect(quoted).toMatch(/more characters\)/);
  });

  it('links to the hosts it may link to', () => {
    const text = 'https://github.com/a https://ghes.acme.test/a';

    expect(quoteSafely(text, 100)).toBe('https://github.com/a `ghes.acme.test`');
    expect(quoteSafely(text, 100, ['ghes.acme.test'])).toBe('`github.com` https://ghes.acme.test/a');
  });

  it.each([
    ['never ended', 'see:\n```ts\nconst a = 1;', 'see:\n```ts\nconst a = 1;\n```'],
    ['ended', '```\na\n```\nb', '```\na\n```\nb'],
    ['of tildes with backticks inside', '~~~\n```\na', '~~~\n```\na\n~~~'],
    ['ended by a longer fence', '```\na\n````', '```\na\n````'],
    ['not ended by a fence with a word', '```\na\n```ts', '```\na\n```ts\n```'],
  ])('whose code block was %s lets no later text be code', (_what, text, expected) => {
    expect(quoteSafely(text, 1_000)).toBe(expected);
  });

  it('whose code block is cut is ended after the cut', () => {
    const quoted = quoteSafely(`\`\`\`\n${'x'.repeat(100)}\n\`\`\``, 50);

    expect(quoted).toMatch(/more characters\)\n```$/);
  });
});

describe('a fenced text', () => {
  it('can never end its own fence', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = fenced(text, 'text', 1_000).split('\n');

        const fence = lines.at(-1) ?? '';
        const inside = lines.slice(1, -1);
        expect(fence).toMatch(/^`{3,}$/);
        expect(lines[0]).toBe(`${fence}text`);
        expect(inside.filter((line) => line.includes(fence))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is never much longer than its text', () => {
    const text = fenced('`'.repeat(10_000), 'text', 10_000);

    expect(text.length).toBeLessThan(10_500);
    expect(text.replaceAll(/\u200b|text|\n/g, '').length).toBe(10_000 + 2 * 65);
  });

  it('keeps its text', () => {
    expect(fenced('a\n```\nb\n', 'diff', 100)).toBe('````diff\na\n```\nb\n````');
  });
});

describe('a cut', () => {
  it('says how much is missing and leaves no half of a sign', () => {
    const text = cut(`${'a'.repeat(9)}🙂${'b'.repeat(2_000)}`, 10);

    expect(text).toBe('aaaaaaaaa\ufffd\n… (2,001 more characters)');
  });

  it('leaves alone what fits', () => {
    expect(cut('abc', 3)).toBe('abc');
  });
});

describe('a line that somebody else wrote', () => {
  it.each([
    ['several lines', 'a\n\n# b\tc\u2028d\r\ne', 'a # b c d e'],
    ['a mention', 'ask @alice', 'ask @\u200balice'],
    ['an entity', 'ask &#64;alice & Bob;', 'ask &\u200b#\u200b64;alice & Bob;'],
    ['a closing keyword', 'fixes #1, GH-2', 'fixes #\u200b1, GH-\u200b2'],
    ['cells', 'a | b \\| c', 'a ¦ b \\¦ c'],
    ['code', '`a` and ```', "'a' and '''"],
    ['emphasis', '*a* _b_ __init__ ~~c~~ snake_case', '∗a∗ \u200b_b_\u200b \u200b__init__\u200b ∼∼c∼∼ snake_case'],
    ['a link', '[a](b) ![c][d]', '[a]\u200b(b) ![c]\u200b[d]'],
    ['a tag', 'Array<string> <!-- a 1 < 2', 'Array<\u200bstring> <\u200b!-- a 1 < 2'],
    ['an address', 'https://a.b www.a.b a@b.c', 'https:\u200b//a.b www\u200b.a.b a@\u200bb.c'],
    ['a headline', '# a', '\u200b# a'],
    ['a list', '1. a', '\u200b1. a'],
    ['an order to read backwards', 'a\u202eb\u2066c', 'abc'],
    ['a backslash at its end', 'C:\\', 'C:\\\u200b'],
  ])('keeps no Markdown of %s', (_what, text, expected) => {
    expect(quoteLine(text, 100)).toBe(expected);
  });

  it('is one paragraph of text, wherever it stands', () => {
    const signs = fc.constantFrom(
      ...'*_~`[]()<>!|#@&;\\/:.-+= \n\u200b\u2028',
      'a',
      '1',
      'www.',
      'http://a.b',
      '&lt;',
      'GH-1',
      '1. ',
      '🙂',
      '\ud800',
      '    ',
    );
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (parts, maxLength) => {
        const line = quoteLine(parts.join(''), maxLength);

        expect(line.length).toBeLessThanOrEqual(maxLength);
        expect(line.isWellFormed()).toBe(true);
        expect(quoteLine(line, maxLength)).toBe(line);
        const options = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };
        const { children } = fromMarkdown(line, options);
        expect(children.map(({ type }) => type)).toEqual(line === '' ? [] : ['paragraph']);
        const table = fromMarkdown(`| a | b |\n|---|---|\n| ${line} | end |`, options);
        const cells = [{ type: 'tableCell' }, { type: 'tableCell', children: [{ type: 'text', value: 'end' }] }];
        expect(table).toMatchObject({ children: [{ type: 'table', children: [{}, { children: cells }] }] });
        const [paragraph] = children;
        const texts = paragraph?.type === 'paragraph' ? paragraph.children : [];
        expect(texts.map(({ type }) => type)).toEqual(texts.map(() => 'text'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('that is too long ends in an ellipsis', () => {
    expect(quoteLine('round the price once', 10)).toBe('round the…');
  });
});

describe('a cut with a link', () => {
  const url = 'https://github.test/acme/shop/runs/1';

  it('ends with a link to the rest, behind the last whole line', () => {
    const text = cutWithLink(`${'a line\n'.repeat(20)}`, 100, url);

    expect(text).toMatch(/a line\n\n… \(\[43 more characters\]\(https:\/\/github\.test\/acme\/shop\/runs\/1\)\)$/);
    expect(text.split('\n').slice(0, 14)).toEqual(Array(14).fill('a line'));
  });

  it('leaves alone what fits', () => {
    expect(cutWithLink('abc', 3, url)).toBe('abc');
  });

  it('ends code and folded parts before the link', () => {
    const text = cutWithLink(folded('Log', fenced('x\n'.repeat(100), 'text', 1_000)), 150, url);

    expect(text).toMatch(/\nx\n```\n\n<\/details>\n\n… \(\[\d+ more characters\]/);
  });

  it('takes nothing in code for a folded part', () => {
    const text = cutWithLink(`${fenced('<details>\n', 'html', 100)}\n\n${'x'.repeat(200)}`, 100, url);

    expect(text).not.toContain('</details>');
  });
});
