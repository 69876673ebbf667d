import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsonEnd } from '../../src/models/json-end.ts';
import { createChatCalls } from '../../src/models/openai-stream-calls.ts';
import { withUniqueIds } from '../../src/models/tool-calls.ts';

const callsOf = (pieces: readonly unknown[]) => {
  const calls = createChatCalls();
  for (const piece of pieces) calls.take(piece);
  return calls.all().map(({ id, name, argumentsJson }) => [id, name, argumentsJson]);
};

const fn = (name?: string, given?: unknown) => ({ ...(name !== undefined && { name }), arguments: given });
const two = [
  ['a', 'read', '{"p":1}'],
  ['b', 'read', '{"p":2}'],
];

test.each([
  [
    "in OpenAI's pieces",
    [
      { index: 0, id: 'a', function: fn('read', '') },
      { index: 0, function: fn(undefined, '{"p"') },
      { index: 0, function: fn(undefined, ':1}') },
      { index: 1, id: 'b', function: fn('read', '') },
      { index: 1, function: fn(undefined, '{"p":2}') },
    ],
  ],
  [
    'mixed with each other',
    [
      { index: 0, id: 'a', function: fn('read', '') },
      { index: 1, id: 'b', function: fn('read', '') },
      { index: 1, function: fn(undefined, '{"p"') },
      { index: 0, function: fn(undefined, '{"p"') },
      { index: 1, function: fn(undefined, ':2}') },
      { index: 0, function: fn(undefined, ':1}') },
    ],
  ],
  [
    'whole, all under the number 0',
    [
      { index: 0, id: 'a', function: fn('read', '{"p":1}') },
      { index: 0, id: 'b', function: fn('read', '{"p":2}') },
    ],
  ],
  [
    'whole, without numbers',
    [
      { id: 'a', function: fn('read', '{"p":1}') },
      { id: 'b', function: fn('read', '{"p":2}') },
    ],
  ],
  [
    'with id and name in every piece',
    [
      { index: 0, id: 'a', function: fn('read', '{"p"') },
      { index: 0, id: 'a', function: fn('read', ':1}') },
      { index: 1, id: 'b', function: fn('read', '{"p"') },
      { index: 1, id: 'b', function: fn('read', ':2}') },
    ],
  ],
  [
    'with a fresh id for each piece',
    [
      { index: 0, id: 'a', function: fn('read', '{"p"') },
      { index: 0, id: 'x', function: fn(undefined, ':1}') },
      { index: 1, id: 'b', function: fn('read', '{"p"') },
      { index: 1, id: 'y', function: fn(undefined, ':2}') },
    ],
  ],
  [
    'without numbers, by their ids, mixed',
    [
      { id: 'a', function: fn('read', '{"p"') },
      { id: 'b', function: fn('read', '{"p"') },
      { id: 'a', function: fn(undefined, ':1}') },
      { id: 'b', function: fn(undefined, ':2}') },
    ],
  ],
  [
    'with arguments as objects',
    [
      { index: 0, id: 'a', function: fn('read', { p: 1 }) },
      { index: 1, id: 'b', function: fn('read', { p: 2 }) },
    ],
  ],
])('two calls come through %s', (_how, pieces) => {
  expect(callsOf(pieces)).toEqual(two);
});

test.each([
  ['in one number', { index: 0 }],
  ['without numbers', {}],
])('two whole calls under one id are two, %s', (_how, at) => {
  const pieces = ['{"p":1}', '{"p":2}'].map((given) => ({ ...at, id: 'a', function: fn('read', given) }));

  expect(callsOf([...pieces, { ...at, id: 'a', function: fn('read', '') }])).toEqual([
    ['a', 'read', '{"p":1}'],
    ['a', 'read', '{"p":2}'],
  ]);
});

test('without ids and numbers, a name behind whole arguments belongs to the next call', () => {
  const pieces = [
    { function: fn('read', '') },
    { function: fn(undefined, '{"p":1}') },
    { function: fn('edit', '{"p"') },
    { function: fn(undefined, ':2}') },
  ];

  expect(callsOf(pieces)).toEqual([
    [null, 'read', '{"p":1}'],
    [null, 'edit', '{"p":2}'],
  ]);
});

test('a name may come in pieces, and pieces that say nothing open no call', () => {
  const pieces = [
    null,
    7,
    {},
    { index: 0 },
    { index: 0, id: 'a', function: fn('re') },
    { index: 0, function: fn('ad') },
  ];

  expect(callsOf(pieces)).toEqual([['a', 'read', '']]);
});

test('calls of any arguments, cut and mixed in any way, come together again', () => {
  const made = fc.array(fc.record({ name: fc.constantFrom('read', 'edit'), given: fc.json() }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(made, fc.infiniteStream(fc.nat()), (calls, chances) => {
      const chance = (below: number): number => (chances.next().value ?? 0) % below;
      const open = calls.map(({ name, given }, index) => [
        { index, id: `id-${index}`, function: { name, arguments: '' } },
        ...(given.match(/[\s\S]{1,4}/g) ?? []).map((piece) => ({ index, function: { arguments: piece } })),
      ]);
      // Calls open in their order; their pieces come in any.
      const pieces: unknown[] = open.flatMap(([first]) => (first === undefined ? [] : [first]));
      const rest = open.map(([, ...others]) => others);
      while (rest.some((others) => others.length > 0)) {
        const left = rest.filter((others) => others.length > 0);
        pieces.push(left[chance(left.length)]?.shift());
      }

      expect(callsOf(pieces)).toEqual(calls.map(({ name, given }, index) => [`id-${index}`, name, given]));
    }),
  );
});

test('arguments are whole exactly where they parse, in whatever pieces they come', () => {
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('', ' ', '\n\t'), fc.integer({ min: 1, max: 5 }), (json, space, size) => {
      fc.pre(/^[{[]/.test(json) || json.length < 90);
      const text = `${space}${json}${space}`;
      const end = createJsonEnd();
      let pushed = '';
      for (let at = 0; at < text.length; at += size) {
        const piece = text.slice(at, at + size);
        end.push(piece);
        pushed += piece;

        expect(end.isWhole).toBe(parses(pushed));
      }
    }),
  );
});

test('a name in every piece of long arguments costs no second reading of them', () => {
  const piece = { function: fn('edit', 'x'.repeat(10)) };
  const pieces = [{ function: fn('edit', '{"text":"') }, ...Array.from({ length: 100_000 }, () => piece)];
  const begunMs = performance.now();

  const [[, , given] = []] = callsOf([...pieces, { function: fn('edit', '"}') }]);

  expect(given).toHaveLength(1_000_011);
  expect(performance.now() - begunMs).toBeLessThan(10_000);
});

test.each([
  ['of an id each', (index: number) => `id-${index}`],
  ['of one id', () => 'a'],
])('very many calls %s are told apart in a moment', (_how, idOf) => {
  const pieces = Array.from({ length: 100_000 }, (_, index) => ({ id: idOf(index), function: fn('read', '{}') }));
  const begunMs = performance.now();

  const made = withUniqueIds(
    callsOf(pieces).map(([id, name, given]) => ({ id, name: name ?? '', argumentsJson: given ?? '' })),
  );

  expect(new Set(made.map(({ id }) => id)).size).toBe(100_000);
  expect(performance.now() - begunMs).toBeLessThan(10_000);
});
