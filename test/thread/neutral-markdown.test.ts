import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { neutralMarkdown } from '../../src/thread/neutral-markdown.ts';

const knownHosts = ['github.com', 'docs.github.com'];
const neutral = (text: string): string => neutralMarkdown(text, { knownHosts });

const isKnown = (url: string): boolean => /^#|^https:\/\/(?:docs\.)?github\.com(?:[/?#]|$)/.test(url);

/** What GitHub's readers would get beside words: found by the whole parser, with its search for addresses in texts. */
function harmIn(markdown: string): string[] {
  const harm: string[] = [];
  const visit = (node: Nodes) => {
    if (/^(?:html|image|imageReference|linkReference|definition|footnote.*)$/.test(node.type)) harm.push(node.type);
    if (node.type === 'link' && !isKnown(node.url)) harm.push(`link to ${node.url}`);
    const path = node.type === 'link' ? (URL.parse(node.url)?.pathname ?? '') : '';
    if (/\/(?:issues|pull|discussions)\/\d/.test(path)) harm.push(`trace at ${path}`);
    if (node.type === 'code' && /^(?:mermaid|math)$/.test(node.lang ?? '')) harm.push(`drawing of ${node.lang}`);
    if (node.type === 'text' && /@[A-Za-z\d]/.test(node.value)) harm.push(`mention in ${node.value}`);
    if (node.type === 'text' && /[\w.-]#\d/.test(node.value)) harm.push(`reference in ${node.value}`);
    // In a link GitHub looks for no names.
    for (const child of 'children' in node && node.type !== 'link' ? node.children : []) visit(child);
  };
  visit(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  return harm;
}

const fence = '```';
const hostile = fc.constantFrom(
  ...[
    '<!--',
    '-->',
    '<!-',
    '<details>',
    '</details>',
    '<b>',
    '<img src=x>',
    '<source ',
    '<div',
    '<?',
    '<![CDATA[',
    '<X!',
  ],
  ...['<a href="https://evil.test">', '<script>', '<base href="//evil.test">', '<', '>', '</', '&lt;b>', '&#60;b>'],
  ...['@', '@alice', '@acme/team', '&#64;bob', '&commat;', '&#x40;c', '\\@d', '&amp;#64;e', '@&#97;f', '@\u200bg'],
  ...[
    '![',
    '](',
    '][',
    ')',
    '[',
    ']',
    '!',
    '[x]',
    '[x][y]',
    '![x]',
    '\n[x]: ',
    '\n[y]: https://evil.test',
    '[^1]',
    '\n[^1]: ',
  ],
  ...[
    '(https://evil.test)',
    '(//evil.test)',
    '(https://github.com/a/b)',
    '(#here)',
    '(<https://evil.test>)',
    '(javascript:x)',
  ],
  ...[
    '(https://github.com/a/b/pull/1)',
    '(data:text/html,x)',
    '(https://github.com@evil.test)',
    '(/rel "t")',
    '((',
    "'t'",
  ],
  ...[
    'https://evil.test',
    'http://github.com',
    'https://github.com/a',
    'https://github.com',
    'www.evil.test',
    'WWW.',
    'ftp://a.b',
  ],
  ...[
    'https://github.com/a/b/issues/1',
    '.evil.test',
    '@evil.test',
    'a@evil.test',
    'mailto:a@b.c',
    'xmpp:a@b.c',
    'https&#58;//a.b',
  ],
  ...[
    '<https://evil.test>',
    '<a@b.c>',
    '<https://github.com/a>',
    '<javascript:x>',
    '<mailto:a@b>',
    'https\\://a.b',
    '://',
    '&#58;//',
  ],
  ...['a/b#1', '#1', 'b#2', 'fixes #3', 'closes: #4', '**fixes** #5', 'resolves GH-6', '\\#7', '&#35;8', '&num;9'],
  ...[
    fence,
    '~~~',
    `${fence}mermaid`,
    '~~~ Math',
    '`',
    '``',
    '\n',
    '\n\n',
    '\n    ',
    '\n> ',
    '\n- ',
    '\n1. ',
    '\t',
    '\r',
    '\0',
    '\ufeff',
  ],
  ...[
    '> ',
    '- ',
    '# ',
    '\n---\n',
    '\n===\n',
    '|',
    '\n|-|-|\n',
    '| a | b |',
    '*',
    '**',
    '_',
    '~~',
    '\\',
    '&',
    '🙂',
    'é',
    '\ud800',
    ' ',
  ],
);
const texts = fc.array(fc.oneof({ weight: 9, arbitrary: hostile }, fc.string({ maxLength: 5 })), { maxLength: 25 });

describe('neutral Markdown', () => {
  it('holds nothing but words and known links, however it is put together', () => {
    fc.assert(
      fc.property(texts, (parts) => {
        const text = neutral(parts.join(''));

        expect(harmIn(text)).toEqual([]);
        expect(neutral(text)).toBe(text);
      }),
      { numRuns: 1_500 },
    );
  });

  it('lets what follows stand for itself', () => {
    fc.assert(
      fc.property(texts, (parts) => {
        const tree = fromMarkdown(`${neutral(parts.join(''))}\n\n## The **end**\n`, { extensions: [gfm()] });

        const last = tree.children.at(-1);
        expect(last).toMatchObject({ type: 'heading', children: [{ value: 'The ' }, { type: 'strong' }] });
      }),
      { numRuns: 300 },
    );
  });

  it('keeps every word', () => {
    const words = fc.constantFrom('price', 'round', 'total', 'Größe', '日本');
    const around = fc.constantFrom(
      ...(['%', '**%**', '# %', '- %', '> %', '`%`', '<b>%</b>', '<!-- % -->', '![%](https://evil.test)'] as const),
      ...([
        '[%](https://evil.test)',
        '[%](https://github.com/a)',
        '[%][x]\n\n[x]: //evil.test',
        '@% %',
        '| % |\n|---|',
      ] as const),
      ...([
        '[^1]\n\n[^1]: %',
        `${fence}\n%\n${fence}`,
        '<details>\n\n%',
        '![**%** `a`][x]\n\n[x]: y',
        '<https://evil.test/> %',
      ] as const),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(words, around), { minLength: 1, maxLength: 8 }), (said) => {
        const text = neutral(said.map(([word, how]) => how.replaceAll('%', word)).join('\n\n'));

        const kept = text.match(/price|round|total|Größe|日本/g) ?? [];
        const expected = said.flatMap(([word, how]) =>
          how
            .split('%')
            .slice(1)
            .map(() => word),
        );
        expect(kept).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves alone what is neutral', () => {
    const text = [
      '# Round once',
      'Round **once**, _not_ ~~twice~~: `total()` and `@decorator`, see #12 and GH-3.',
      '- [ ] a task\n- [x] another\n  1. nested\n\n> a quote',
      '| a | b |\n|---|---|\n| `x \\| y` | 1 < 2 & more |',
      `${fence}ts\n// ask @alice, <b>https://evil.test</b>\n${fence}`,
      '[the docs](https://docs.github.com/actions "t"), [below](#end), https://github.com/acme/shop/blob/main/a.ts.',
      '    indented @code\n\n---\n',
    ].join('\n\n');

    expect(neutral(text)).toBe(text);
  });
});

describe('neutral Markdown makes', () => {
  it.each([
    ['a mention', 'ask @alice or @acme/team', 'ask @\u200balice or @\u200bacme/team'],
    ['a mention by entities', '&#64;alice &commat;bob @&#97;c', '&#64;\u200balice &commat;\u200bbob @\u200b&#97;c'],
    ['a mention behind a backslash', '\\@alice', '\\@\u200balice'],
    ['a reference', 'acme/shop#1, shop#2', 'acme/shop#\u200b1, shop#\u200b2'],
    ['a reference to a commit', 'acme/shop@0123abc', 'acme/shop@\u200b0123abc'],
    ['a closing keyword', 'Fixes #1, **closes**: GH-2', 'Fixes #\u200b1, **closes**: GH-\u200b2'],
    ['an issue elsewhere', 'https://github.com/a/b/issues/1#x', '`github.com/a/b/issues/1#x`'],
    ['a link to an issue elsewhere', '[this](https://github.com/a/b/pull/1)', 'this'],
    ['an image', 'a ![b *c*](https://evil.test/x.png "t") d', 'a b *c* d'],
    ['a badge', '[![build](https://evil.test/a)](https://evil.test/b)', 'build'],
    ['an image by reference', '![b][r]\n\n[r]: https://evil.test', 'b\n\n'],
    ['an image with words that mean something', '![a_b* \\[c\\](d)](x)', 'a_b* \\[c\\](d)'],
    ['a link', '[**text**](https://evil.test "t")', '**text**'],
    ['a link by reference', '[a][r], [r][], [r]\n\n[r]: https://evil.test "t"', 'a, r, r\n\n'],
    ['a known link by reference', '[a][r]\n\n[r]: https://github.com/a?b&c', '[a](<https://github.com/a?b&amp;c>)\n\n'],
    ['a link without text', 'a [](https://evil.test) b', 'a  b'],
    ['a path', '[a](/b) [c](//evil.test) [d](e.md)', 'a c d'],
    ['another scheme', '[a](javascript:x) [b](data:x) [c](mailto:a@b.c)', 'a b c'],
    ['an insecure link', '[a](http://github.com) http://github.com/a', 'a `github.com`'],
    ['a name before a known host', 'https://github.com@evil.test/', '`evil.test`'],
    ['a known host as a part', 'https://github.com.evil.test/', '`github.com.evil.test`'],
    ['a host that looks known', 'https://gıthub.com/', '`xn--gthub-n4a.com`'],
    ['an address', 'see https://evil.test/a?b=c.', 'see `evil.test`.'],
    ['an address with a port', 'http://localhost:3000/a', '`localhost:3000`'],
    ['an address without a scheme', '(www.evil.test/a)', '(`www.evil.test`)'],
    ['an address by FTP', 'ftp://evil.test/a', '`evil.test`'],
    ['an address in brackets', '<https://evil.test/a> <javascript:x>', '`evil.test` `javascript:`'],
    ['addresses side by side', '<https://a.test><https://b.test>', '`a.test` `b.test`'],
    ['an address in a table', '|a|\n|-|\n|https://evil.test|', '|a|\n|-|\n|`evil.test`|'],
    ['an address by e-mail', 'a@evil.test <b@evil.test>', 'a@\u200bevil.test b@\u200bevil.test'],
    ['a comment', 'a<!-- b -->c', 'a&lt;!-- b -->c'],
    ['a comment that does not end', 'a\n\n<!-- b\n\nc', 'a\n\n&lt;!-- b\n\nc'],
    ['a folded part', '<details><summary>a</summary>', '&lt;details>&lt;summary>a&lt;/summary>'],
    ['a tag of older HTML', 'a\n<source b', 'a\n&lt;source b'],
    ['a footnote', 'a[^1]\n\n[^1]: b', 'a\\[^1]\n\n\\[^1]\u200b: b'],
    ['what an older parser takes for a link', '[a](//evil.test(( )', '[a]\u200b(//evil.test(( )'],
    ['what an older parser takes for a definition', '[a]: //evil.test((', '[a]\u200b: //evil.test(('],
    ['backticks that nothing ends', '`` a `b`', '\\`\\` a `b`'],
    ['a drawing', `${fence}mermaid\ngraph\n${fence}`, `${fence}text\ngraph\n${fence}`],
    ['a drawing in a quote', '> ~~~ Mermaid x\n> graph', '> ~~~text\n> graph'],
    ['a code block that is open', `${fence}ts\na`, `${fence}ts\na\n${fence}`],
    ['a code block that is open in a list', `- ${fence}\n  a`, `- ${fence}\n  a`],
    ['a code block that is open in a quote', `> ${fence}\n> a`, `> ${fence}\n> a`],
    ['line breaks of Windows', 'a\r\nb\rc', 'a\nb\nc'],
  ])('%s harmless', (_what, text, expected) => {
    expect(neutral(text)).toBe(expected);
    expect(harmIn(expected)).toEqual([]);
  });

  it('only the hosts known that it was told of', () => {
    const text = 'https://ghes.acme.test/a https://github.com/a https://ghes.acme.test:8443/a';

    expect(neutralMarkdown(text, { knownHosts: ['ghes.acme.test'] })).toBe(
      'https://ghes.acme.test/a `github.com` `ghes.acme.test:8443`',
    );
  });
});

describe('a text that is made to keep the parser busy', () => {
  const long = (unit: string): string => unit.repeat(Math.floor(50_000 / unit.length));

  it.each([
    ...[
      '>',
      '> ',
      '[',
      '![',
      '*',
      '_*',
      '<div>',
      '<div>\n\n',
      '<',
      '- ',
      '+ ',
      '1. ',
      '`',
      '`` \\',
      '@a ',
      'a@b.c ',
      ']',
      '](',
      '&a;',
    ],
    ...[
      'a\n==\n',
      '>\n\n[\n> ',
      '[^1]: \n',
      '- a\n  - b\n',
      '|a',
      '\n|-|\n',
      '[a](',
      '<!--',
      'http://a.b/',
      '\\[',
      '~a',
      '#1 a',
    ],
  ])('of %j, again and again, is neutral in about a second', (unit) => {
    const before = process.cpuUsage();
    const text = neutral(long(unit));
    const { user } = process.cpuUsage(before);

    expect(user / 1e6).toBeLessThan(3);
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(neutral(text)).toBe(text);
  });

  it.each([
    ['images in images', `${'!['.repeat(5_000)}a${'](b)'.repeat(5_000)}`],
    ['links in links', `${'['.repeat(5_000)}a${'](b)'.repeat(5_000)}`],
    ['strong text in strong text', `${'*'.repeat(25_000)}a${'*'.repeat(25_000)}`],
    ['quotes in quotes', Array.from({ length: 300 }, (_, depth) => '>'.repeat(depth)).join('\n')],
    ['lists in lists', Array.from({ length: 200 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n')],
  ])('of %s is neutral in about a second', (_what, hard) => {
    const before = process.cpuUsage();
    const text = neutral(hard);
    const { user } = process.cpuUsage(before);

    expect(user / 1e6).toBeLessThan(3);
    expect(neutral(text)).toBe(text);
  });

  it('is shown as code, with all its words', () => {
    const text = neutral(`${'> '.repeat(100)}@alice`);

    expect(text).toBe(`${fence}text\n${'> '.repeat(100)}@alice\n${fence}`);
  });

  it('is shown as code where it would grow above what GitHub takes', () => {
    const text = neutral('@'.repeat(60_000));

    expect(text).toBe(`${fence}text\n${'@'.repeat(60_000)}\n${fence}`);
  });
});
