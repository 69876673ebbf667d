import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import { visibleLine, visibleText } from '../../src/thread/incoming.ts';
import { withoutInvisible } from '../../src/thread/invisible.ts';

const plenty = 100_000;
const seen = (markdown: string): string => visibleText(markdown, plenty).text;

const pieces = fc.constantFrom(
  ...[
    '<!--',
    '-->',
    '--!>',
    '<!',
    '--',
    '<?',
    '?>',
    '<![CDATA[',
    ']]>',
    '<div>',
    '</div>',
    '<div title="',
    '<b hidden>',
  ],
  ...[
    '</b>',
    '<x y>',
    '<img alt="a">',
    '<script>',
    '</script>',
    '<title>',
    '<template>',
    '<details>',
    '<rp>',
    '"',
    "'",
  ],
  ...['![', '[', ']', '](', '](<', '[a]', '[^a]', '[a]: ', '[^a]: ', '(', ')', ' "t"', '[a](/b "c")', '![a](b "c")'],
  ...[
    '\n',
    '\n\n',
    '> ',
    '- ',
    '1. ',
    '    ',
    '# ',
    '|',
    '|-|',
    '|a|b|\n|-|-|\n',
    '```',
    '~~~ x y\n',
    '`',
    '\\',
    '$',
    '$$',
  ],
  ...[
    '\u200b',
    '\u202e',
    '\u0007',
    '\ufeff',
    '\ufe0f',
    '👩',
    '\u200d',
    '\ud800',
    '&#x200b;',
    '&lt;',
    '&shy',
    '&',
    '\r\n',
  ],
  ...['data:text/html,x', 'https://x.test/', 'javascript:', 'word', ' ', '\t'],
);
const hostile = fc
  .array(fc.oneof({ weight: 5, arbitrary: pieces }, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 30 })
  .map((parts) => parts.join(''));

describe('any text', () => {
  it('is the same when it is cleaned again', () => {
    fc.assert(
      fc.property(hostile, (markdown) => {
        const text = seen(markdown);

        expect(visibleText(text, plenty)).toEqual({ text, removed: [] });
      }),
      { numRuns: 1_000 },
    );
  });

  it('has nothing that is not seen when it is parsed again', () => {
    fc.assert(
      fc.property(hostile, (markdown) => {
        const text = seen(markdown);

        expect(withoutInvisible(text)).toBe(text);
        expect(unseen(fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not longer than it may be', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 0, max: 50 }), (markdown, maxLength) => {
        const { text } = visibleText(markdown, maxLength);

        expect(text.length).toBeLessThan(maxLength + 40);
        expect(text.isWellFormed()).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('made of what is seen and what is not has all of the first in order and none of the second', () => {
    fc.assert(
      fc.property(documents, (markdown) => {
        const text = seen(markdown);

        expect(text.match(/hidden\d+/g)).toBeNull();
        expect(text.match(/visible\d+/g)).toEqual(markdown.match(/visible\d+/g));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What a tree holds that no page shows. */
function unseen(node: Nodes): string[] {
  const here =
    node.type === 'image' || node.type === 'imageReference' || node.type === 'definition'
      ? [node.type]
      : node.type === 'link' && typeof node.title === 'string'
        ? [`title ${node.title}`]
        : node.type === 'html'
          ? unseenHtml(parseFragment(node.value))
          : [];
  return [...here, ...('children' in node ? node.children.flatMap(unseen) : [])];
}

function unseenHtml(node: DefaultTreeAdapterTypes.Node): string[] {
  const here = node.nodeName === '#comment' ? ['comment'] : 'attrs' in node ? node.attrs.map(({ name }) => name) : [];
  return [...here, ...('childNodes' in node ? node.childNodes.flatMap(unseenHtml) : [])];
}

/** Each V is a word that is seen, each H one that is not. Blocks stand alone, the others within a paragraph. */
const inline = fc.constantFrom(
  ...['V', 'V', '**V**', '_V V_', '`V`', '`<!-- V -->`', '<b>V</b>', '<b title="H">V</b>', '<H>V</H>', '<!-- H -->'],
  ...['![H](https://x.test/H "H")', '<img alt="H">', '[V](https://x.test/V "H")', '[V][H]', '[](https://x.test/H)'],
  ...[
    'V[^H]',
    '<script>H</script>',
    '<i hidden>H</i>',
    '<ruby>V<rp>H</rp></ruby>',
    '<?H?>',
    '[V ![H](H)](/V)',
    '\\<!-- V',
  ],
  ...['https://x.test/V', '<https://x.test/V>', '&lt;V&gt;', '![H][H]', '<span\nid="H">V</span>', '[V](javascript:H)'],
);
const block = fc.constantFrom(
  ...[
    '# V',
    '- V\n- V',
    '> V\n> V',
    '```js H\nV <!-- V -->\n```',
    '    V ![V](V "V")',
    '<!-- H\n\nH -->',
    '[H]: /H "H"',
  ],
  ...['<div title="H">\nV <!-- H --> V\n</div>', '<details>\n<summary>V</summary>\n\nV\n\n</details>', '[//]: # (H)'],
  ...['<template>\n\n- H\n\n[H](https://x.test/H)\n\n</template>', '<div hidden>\n\n```\nH\n```\n\n</div>', '[^H]: H'],
  ...[
    '| V | V |\n|---|---|\n| V | V | H |',
    '~~~H-is-much-too-long-to-be-a-language\nV\n~~~',
    '<style>H</style>',
    '---',
  ],
  ...['```mermaid\nH\n```', '- <!-- H -->\n- V <!-- H\n  H --> V', '1. V\n\n   V', '<p>V</p>', '<!X H>'],
);
const paragraph = fc.array(inline, { minLength: 1, maxLength: 6 }).map((parts) => `V ${parts.join(' ')}`);
const inContainer = (text: string, first: string, others: string): string =>
  text
    .split('\n')
    .map((line, index) => (index === 0 ? first : others) + line)
    .join('\n');
const documents = fc
  .array(
    fc
      .tuple(fc.oneof(block, paragraph), fc.constantFrom('', '', '> ', '- ', '> > ', '> - '))
      .map(([text, container]) => inContainer(text, container, container.replaceAll('-', ' '))),
    { minLength: 1, maxLength: 8 },
  )
  .map((blocks) => numbered(blocks.join('\n\nV\n\n')));

/** Gives each word its number; a label that is not seen needs a definition with the same number to be one. */
function numbered(template: string): string {
  let count = 0;
  const needed: string[] = [];
  const text = template
    .replaceAll(/\]\[H\]/g, () => {
      needed.push(`[hidden${++count}]: https://x.test "hidden${count}"`);
      return `][hidden${count}]`;
    })
    .replaceAll(/V\[\^H\]/g, () => {
      needed.push(`[^hidden${++count}]: visible${++count}`);
      return `visible${++count}[^hidden${count - 2}]`;
    })
    .replaceAll(/\b[VH]\b/g, (word) => `${word === 'V' ? 'visible' : 'hidden'}${++count}`);
  return `${text}\n\n${needed.join('\n\n')}\n`;
}

describe('any title', () => {
  it('is one line of what is seen, whatever it was', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 40 }), (title, maxLength) => {
        const line = visibleLine(title, maxLength);

        expect(line).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
        expect(withoutInvisible(line)).toBe(line);
        expect(line.length).toBeLessThanOrEqual(maxLength);
        expect(visibleLine(line, maxLength)).toBe(line);
      }),
      { numRuns: 1_000 },
    );
  });
});
