import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { answered, defineTool } from '../../src/agent/tool.ts';
import { editingTools } from '../../src/agent/tool-sets.ts';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import { fakeHistory } from '../support/fake-history.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';
import { fakeTree } from '../support/fake-tree.ts';

const context = { tree: fakeTree({ 'src/a.ts': 'a\n' }), overlay: emptyOverlay };

const tools = editingTools({ syntax: fakeSyntax(), history: fakeHistory() });

const echo = defineTool({
  name: 'echo',
  description: 'Says it again.',
  arguments: z.strictObject({
    text: z.string().meta({ examples: ['hello'] }),
    times: z.int().min(1).default(1),
    tone: z.enum(['loud', 'low']).optional(),
  }),
  run: ({ text, times }, given) => answered(given, text.repeat(times)),
});

test('the parameters are the JSON Schema of what a model may send', () => {
  const { parameters } = echo.spec;

  expect(parameters).toMatchObject({ type: 'object', required: ['text'], additionalProperties: false });
  expect(parameters).not.toHaveProperty('$schema');
});

test('arguments are parsed, with defaults', async () => {
  const outcome = await echo.run('{"text":"hi"}', context);

  expect(outcome).toEqual({ output: 'hi', isError: false, overlay: emptyOverlay });
});

test.each([
  { what: 'JSON that was cut off', json: '{"text":"hel', says: ['not valid JSON', '12 characters'] },
  { what: 'a wrong type', json: '{"text":7}', says: ['text: ', 'expected string', 'found 7'] },
  { what: 'a missing argument', json: '', says: ['text: ', 'found nothing'] },
  { what: 'a misspelt argument', json: '{"text":"a","time":2}', says: ['"time"', 'times (integer, optional)'] },
  {
    what: 'a word that is not allowed',
    json: '{"text":"a","tone":"shrill"}',
    says: ['"loud"|"low"', 'found "shrill"'],
  },
  { what: 'a number out of range', json: '{"text":"a","times":0}', says: ['>=1', 'found 0'] },
  { what: 'an array', json: '[1]', says: ['expected object', 'an array of 1'] },
  { what: 'null', json: 'null', says: ['expected object', 'found null'] },
])('$what is answered with what was found, what is allowed and a right call', async ({ json, says }) => {
  const outcome = await echo.run(json, context);

  expect(outcome.isError).toBe(true);
  for (const part of says) expect(outcome.output).toContain(part);
  expect(outcome.output).toContain('A right call: echo {"text":"hello"}');
});

test.each([
  { what: 'a value nested deeper than the stack', json: `{"text":${'['.repeat(200_000)}${']'.repeat(200_000)}}` },
  { what: 'five million characters', json: `{"text":"${'a'.repeat(5_000_000)}"}` },
])('$what ends in a short correction', async ({ json }) => {
  const outcome = await echo.run(json, context);

  expect(outcome.isError).toBe(true);
  expect(outcome.output.length).toBeLessThan(2_000);
});

test('a schema that is no object is a bug', () => {
  const define = () => defineTool({ ...echo.spec, arguments: z.string(), run: (_, given) => answered(given, '') });

  expect(define).toThrow(TypeError);
});

test.each(tools)('$spec.name corrects an empty call with an example that it takes', async (tool) => {
  const outcome = await tool.run('{"no such argument":1}', context);
  const example = /A right call: \S+ (\{.*\})$/.exec(outcome.output)?.[1] ?? '';
  const retried = await tool.run(example, context);

  expect(outcome.isError).toBe(true);
  expect(retried.output).not.toContain('its arguments are wrong');
});

test('a correction shows paths as they should be', async () => {
  const [list, , read] = tools;
  const outcome = await read?.run('{"path":"../etc/passwd"}', context);

  expect(outcome?.output).toContain('path: the path has a ".." segment; found "../etc/passwd"');
  expect(outcome?.output).toContain('A right call: read_file {"path":"src/index.ts"}');
  expect(list?.spec.parameters).toMatchObject({ properties: { folder: { examples: ['src'] } } });
});

test.each(tools)('$spec.name survives any arguments', async (tool) => {
  const names = Object.keys(Object(tool.spec.parameters.properties));
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('src/a.ts', 'src', 'a'),
    fc.boolean(),
    fc.integer({ min: -1, max: 9 }),
  );
  const args = fc.dictionary(fc.constantFrom(...names), value).map((given) => JSON.stringify(given));
  await fc.assert(
    fc.asyncProperty(fc.oneof(args, args, fc.json(), fc.string()), async (json) => {
      const outcome = await tool.run(json, context);

      expect(outcome.output).not.toBe('');
      expect(outcome.isError ? outcome.overlay : emptyOverlay).toBe(emptyOverlay);
      expect(Object.keys(outcome.overlay).filter((path) => path.startsWith('/') || path.includes('..'))).toEqual([]);
    }),
  );
});
