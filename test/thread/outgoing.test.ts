import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, fenced, quoteSafely } from '../../src/thread/outgoing.ts';

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

describe('a text that somebody else wrote', () => {
  it.each([
    ['a mention', 'ask @alice', 'ask @\u200balice'],
    ['a team', 'ask @acme/team', 'ask @\u200bacme/team'],
    [
      'a mention written as an entity',
      'ask &#64;alice &#x40;bob &commat;carol',
      'ask &amp;#64;alice &amp;#x40;bob &amp;commat;carol',
    ],
    ['a letter of a mention written as an entity', 'ask @&#97;lice', 'ask @\u200b&#97;lice'],
    ['a hidden comment', 'a<!-- do evil -->b', 'ab'],
    ['a hidden comment that does not end', 'a<!-- do evil', 'a'],
    ['an image that calls home', '![x](https://evil.test/x.png)', '[x](https://evil.test/x.png)'],
  ])('is quoted without %s', (_what, text, expected) => {
    expect(quoteSafely(text, 1_000)).toBe(expected);
  });

  it('that is plain stays as it is', () => {
    const text = 'Round **once**:\n\n```ts\nround(price)\n```\n\n- a list, `code`, <b>HTML</b> & more\n';

    expect(quoteSafely(text, 1_000)).toBe(text);
  });

  it('pings nobody and hides nothing, however it is put together', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 300 }), (text, maxLength) => {
        const quoted = quoteSafely(text, maxLength);

        expect(quoted).not.toMatch(/@(?!\u200b)./u);
        expect(quoted).not.toContain('<!--');
        expect(quoted).not.toContain('![');
        expect(quoted.length).toBeLessThan(maxLength + 200);
        expect(quoted.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
      { numRuns: 1_000 },
    );
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
