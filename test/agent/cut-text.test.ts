import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutOutput, cutText } from '../../src/agent/cut-text.ts';

test('a short output stays as it is', () => {
  const output = cutOutput('hello\n', 200);

  expect(output).toBe('hello\n');
});

test('any output fits, says that it was cut, and can be stored', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 200, max: 300 }), (text, maxBytes) => {
      const output = cutOutput(text, maxBytes);

      expect(Buffer.byteLength(output)).toBeLessThanOrEqual(maxBytes);
      expect(output).not.toContain('\0');
      expect(output.isWellFormed()).toBe(true);
      expect(output.includes('[cut: ')).toBe(
        Buffer.byteLength(text.toWellFormed().replaceAll('\0', '\ufffd')) > maxBytes,
      );
    }),
  );
});

test('a cut never leaves half a character', () => {
  const cut = cutText('a😀b', 2);

  expect(cut.isWellFormed()).toBe(true);
  expect(cut).toContain('[2 more characters]');
});
