import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repairedArguments } from '../../src/agent/repair-arguments.ts';

const meant = '{"path":"a.ts","lines":[1,2],"all":true,"why":null}';

describe('what plainly stands for an object is read as that object', () => {
  test.each([
    ['a fence around it', `\`\`\`json\n${meant}\n\`\`\``],
    ['words around it', `Here is the call: ${meant} — done.`],
    ['a brace too many', `${meant}}`],
    ['trailing commas', '{"path":"a.ts","lines":[1,2,],"all":true,"why":null,}'],
    ['single quotes', "{'path':'a.ts','lines':[1,2],'all':true,'why':null}"],
    ['names without quotes', '{path:"a.ts",lines:[1,2],all:true,why:null}'],
    ["Python's words", "{'path': 'a.ts', 'lines': [1, 2], 'all': True, 'why': None}"],
    ['a missing comma', '{"path":"a.ts" "lines":[1,2],"all":true,"why":null}'],
    ['an object written as a string', JSON.stringify(meant)],
  ])('%s', (_name, written) => {
    const repaired = repairedArguments(written);

    expect(JSON.parse(repaired ?? 'null')).toEqual(JSON.parse(meant));
  });
});

describe('nothing is repaired where the repair could change what was meant', () => {
  test.each([
    ['quotes inside a text', '{"find": "say "hi" now"}'],
    ['a text without an end', '{"path": "a.ts, "find": "x"}'],
    ['an object without an end', '{"path": "a.ts"'],
    ['a list without an end', '{"edits": [{"find": "a"}, {"find": "b"}'],
    ['two objects', '{"path":"a.ts"}{"path":"b.ts"}'],
    ['two objects with words between', '{"path":"a.ts"} and {"path":"b.ts"}'],
    ['a backslash that JSON has no word for', String.raw`{"find": "\d+",}`],
    ['texts that are added up', '{"find": "a" + "b"}'],
    ['a text without quotes', '{"path": a.ts}'],
    ['a list', '[1, 2,]'],
    ['prose', 'I would rather not call this tool.'],
    ['nothing', ''],
  ])('%s', (_name, written) => {
    expect(repairedArguments(written)).toBeNull();
  });
});

test('a line break in a text stays the line break that it is', () => {
  const repaired = repairedArguments('{"find": "one\ntwo",}');

  expect(JSON.parse(repaired ?? 'null')).toEqual({ find: 'one\ntwo' });
});

/** Texts as code has them: quotes of all kinds, backslashes, braces, breaks. */
const code = fc.string({ unit: fc.constantFrom('a', '"', "'", '\\', '{', '}', '[', ',', ':', '\n', 'é', '`', ' ') });
const values = fc.record({ path: code, edits: fc.array(fc.record({ find: code, put: code }), { maxLength: 3 }) });

const damages: readonly ((json: string) => string)[] = [
  (json) => `\`\`\`json\n${json}\n\`\`\``,
  (json) => json.replace(/}$/, ',}'),
  (json) => `Sure: ${json}`,
  (json) => `${json}\n\nThat is all.`,
  (json) => json.replaceAll(/\\n/g, '\n'),
];

test('a repair never changes a text, whatever stands in it', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(...damages), (value, damage) => {
      const repaired = repairedArguments(damage(JSON.stringify(value)));

      if (repaired !== null) expect(JSON.parse(repaired)).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

test('what was cut anywhere is never repaired', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 0.999, noNaN: true }), (value, share) => {
      const json = JSON.stringify(value);

      expect(repairedArguments(json.slice(0, Math.floor(json.length * share)))).toBeNull();
    }),
    { numRuns: 500 },
  );
});

test('a repair of anything at all is an object or nothing', () => {
  const noise = fc.string({ unit: fc.constantFrom('{', '}', '"', "'", 'a', ':', ',', '\\', '[', ']', '1', ' ') });
  fc.assert(
    fc.property(noise, (text) => {
      const repaired = repairedArguments(text);

      if (repaired !== null) expect(JSON.parse(repaired)).toBeTypeOf('object');
    }),
    { numRuns: 1_000 },
  );
});
