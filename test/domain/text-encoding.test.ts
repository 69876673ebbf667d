import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeText, encodeText, legible, type TextEncoding, unencodable } from '../../src/domain/text-encoding.ts';

const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

it('loses no byte of whatever it calls a text', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const decoded = decodeText(bytes);
      fc.pre(decoded !== null);
      expect(encodeText(decoded.text, decoded.encoding)).toEqual(bytes);
    }),
  );
});

it('writes only what it reads again', () => {
  const encoding: TextEncoding = 'windows-1252';
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const strange = unencodable(text, encoding);
      if (strange !== null) expect(() => encodeText(text, encoding)).toThrow(TypeError);
      else expect(decodeText(encodeText(text, encoding))).not.toBeNull();
    }),
  );
});

it.each([
  ['UTF-8', Buffer.from('Größe ✓'), { text: 'Größe ✓', encoding: 'utf-8' }],
  ['UTF-8 with a mark', Buffer.from('\ufeffa'), { text: '\ufeffa', encoding: 'utf-8' }],
  ['ISO-8859-1', Buffer.from('Größe', 'latin1'), { text: 'Größe', encoding: 'windows-1252' }],
  ['windows-1252', Buffer.from([0x80, 0x93, 0x61, 0x94]), { text: '€“a”', encoding: 'windows-1252' }],
  ['nothing', Buffer.alloc(0), { text: '', encoding: 'utf-8' }],
  ['a zero byte', Buffer.from('a\0b'), null],
  ['UTF-16', Buffer.from('\ufeffab', 'utf16le'), null],
  ['bytes that stand for nothing', Buffer.from([0x61, 0x81]), null],
  ['a picture without a zero byte', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x1a, 0x0a]), null],
])('reads %s', (_, bytes, expected) => {
  expect(decodeText(bytes)).toEqual(expected);
});

it('shows lines of several encodings beside each other', () => {
  const bytes = Buffer.concat([Buffer.from('+ ✓\n'), Buffer.from('- Größe\n', 'latin1'), Buffer.from('  end')]);

  expect(legible(bytes)).toBe('+ ✓\n- Größe\n  end');
});
