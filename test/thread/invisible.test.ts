import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBlank, visibleReference, withoutInvisible } from '../../src/thread/invisible.ts';

const point = String.fromCodePoint;

describe('text on a screen', () => {
  it.each([
    ['a zero-width space', 0x200b],
    ['a zero-width non-joiner', 0x200c],
    ['a zero-width joiner between letters', 0x200d],
    ['a word joiner', 0x2060],
    ['a byte order mark', 0xfeff],
    ['a soft hyphen', 0xad],
    ['a Hangul filler', 0x3164],
    ['a halfwidth Hangul filler', 0xffa0],
    ['a Hangul choseong filler', 0x115f],
    ['a Mongolian vowel separator', 0x180e],
    ['a combining grapheme joiner', 0x34f],
    ['a variation selector behind a letter', 0xfe0f],
    ['a variation selector of the supplement', 0xe0121],
    ['a tag character', 0xe0041],
    ['an interlinear annotation', 0xfff9],
    ['an invisible plus', 0x2064],
    ['a function application', 0x2061],
    ['an Egyptian hieroglyph joiner', 0x13430],
    ['a musical beam', 0x1d173],
    ['a blank of Braille', 0x2800],
    ['half of a character', 0xd800],
    ['a noncharacter', 0xffff],
  ])('has no %s', (_name, code) => {
    const removed: string[] = [];

    const text = withoutInvisible(`a${code === 0xd800 ? '\ud800' : point(code)}b`, (what) => removed.push(what));

    expect(text).toBe('ab');
    expect(removed).toEqual(['invisible']);
  });

  it.each([0x061c, 0x200e, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069])('is not turned around by U+%i', (code) => {
    const removed: string[] = [];

    const text = withoutInvisible(`a${point(code)}b`, (what) => removed.push(what));

    expect(text).toBe('ab');
    expect(removed).toEqual(['bidi']);
  });

  it.each([
    ['a bell', '\u0007', ''],
    ['an escape', '\u001b[31m', '[31m'],
    ['a delete', '\u007f', ''],
    ['a control of the second set', '\u009b', ''],
    ['a next line', '\u0085', ' '],
    ['a line separator', '\u2028', ' '],
    ['a form feed', '\f', ' '],
  ])('has no %s', (_name, character, left) => {
    expect(withoutInvisible(`a${character}b`)).toBe(`a${left}b`);
  });

  it.each([
    ['a family', '👨‍👩‍👧‍👦'],
    ['a profession with a skin tone', '👩🏽‍💻'],
    ['a red heart', '❤️'],
    ['a rainbow flag', '🏳️‍🌈'],
    ['a keycap', '1️⃣ #️⃣'],
    ['a flag of two letters', '🇩🇪'],
    ['a combining accent', 'e\u0301'],
    ['Arabic', 'مرحبا \u0600\u0661'],
    ['line feeds and tabs', 'a\n\tb'],
    ['a hard space', 'a\u00a0b'],
  ])('keeps %s', (_name, text) => {
    expect(withoutInvisible(text)).toBe(text);
  });

  it.each([
    ['a joiner that nothing follows', '👩\u200d', '👩'],
    ['a second selector', '❤\ufe0f\ufe0f', '❤\ufe0f'],
    ['words in selectors behind an emoji', '😀\u{e0148}\u{e0149}', '😀'],
    ['words in tags behind a flag', '🏴\u{e0067}\u{e0062}\u{e007f}', '🏴'],
  ])('has an emoji without %s', (_name, text, left) => {
    expect(withoutInvisible(text)).toBe(left);
  });

  it('is the same when it is cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = withoutInvisible(text);

        expect(withoutInvisible(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is blank when it holds only spaces and what nobody sees', () => {
    expect(isBlank(' \u00a0\u200b\n')).toBe(true);
    expect(isBlank(' . ')).toBe(false);
  });
});

describe('a character reference', () => {
  it.each([
    '&#x200b;',
    '&#8203;',
    '&ZeroWidthSpace;',
    '&shy;',
    '&zwnj;',
    '&rlm;',
    '&NoBreak;',
    '&#x202E;',
    '&#7;',
    '&#xE0041;',
  ])('%s is not seen', (reference) => {
    expect(visibleReference(reference)).toBe('');
  });

  it.each([
    '&lt;',
    '&#60;',
    '&amp;',
    '&nbsp;',
    '&copy;',
    '&#x1F600;',
    '&#0;',
    '&#xD800;',
    '&#x110000;',
    '&unknown;',
    '&#9999999;',
  ])('%s is seen, and stays as it is written', (reference) => {
    expect(visibleReference(reference)).toBe(reference);
  });

  it('that needs no semicolon leaves the word behind it', () => {
    expect(visibleReference('&shyword;')).toBe('word;');
  });
});
