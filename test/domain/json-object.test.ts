import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNestedDeeper, jsonObject } from '../../src/domain/json-object.ts';

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test('the depth of any JSON is told, whatever brackets its texts hold', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(6), (value, most) => {
      expect(isNestedDeeper(JSON.stringify(value), most)).toBe(depthOf(value) > most);
    }),
    { numRuns: 500 },
  );
  expect(isNestedDeeper(JSON.stringify({ text: '[[[["\\' }), 1)).toBe(false);
});

test('only an object of a depth that can be written again is an object', () => {
  const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

  expect(jsonObject('{"a":1}')).toEqual({ a: 1 });
  expect([nested(99), nested(100), '[1]', 'null', '"a"', '{'].map((text) => jsonObject(text) !== null)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
