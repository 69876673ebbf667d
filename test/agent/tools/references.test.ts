import { expect, test } from 'vitest';
import { referencesTool } from '../../../src/agent/tools/references.ts';
import { fakeSyntax } from '../../support/fake-syntax.ts';
import { call, write } from './call.ts';

const tool = referencesTool(fakeSyntax());
const files = {
  'a.ts': "import './b.ts'\nprice()\nold_price()\nprices\n",
  'b.ts': '// price\nfunction price() {\n}\n',
  'c.md': 'The price.\n',
};

test('definitions come first, then the other lines with the whole word', async () => {
  const outcome = await call(tool, { name: 'price' }, files);

  expect(outcome.output).toBe(
    'Defined (price):\nb.ts:2: function price() {\nUsed:\na.ts:2: price()\nb.ts:1: // price\nc.md:1: The price.',
  );
});

test('edits count, on both sides', async () => {
  const outcome = await call(tool, { name: 'price' }, files, {
    'b.ts': write('nothing\n'),
    'd.ts': write('const price = 1\n'),
  });

  expect(outcome.output).toContain('Defined (price):\nd.ts:1: const price = 1');
  expect(outcome.output).not.toContain('b.ts');
});

test('names with a dollar sign and letters beyond ASCII are whole words too', async () => {
  const outcome = await call(tool, { name: '$el' }, { a: '$el\n$element\nx$el\n($el)\n' });
  const umlaut = await call(tool, { name: 'größe' }, { a: 'größe\nxgröße\n' });

  expect(outcome.output).toBe('Used:\na:1: $el\na:4: ($el)');
  expect(umlaut.output).toBe('Used:\na:1: größe');
});

test('more than 100 lines are cut with a way to go on, which reaches the end', async () => {
  const many = { a: 'price\n'.repeat(150) };
  const first = await call(tool, { name: 'price' }, many);
  const second = await call(tool, { name: 'price', after: 'a:100' }, many);

  expect(first.output.split('\n').at(-1)).toContain('go on with after: "a:100"');
  expect(second.output.split('\n')).toHaveLength(51);
  expect(second.output).toContain('a:150: price');
});

test('folder and glob narrow', async () => {
  const outcome = await call(tool, { name: 'price', glob: '*.md' }, files);

  expect(outcome.output).toBe('Used:\nc.md:1: The price.');
});

test('a name that is nowhere is an answer, and what is no name is refused', async () => {
  const none = await call(tool, { name: 'nowhere' }, files);
  const wrong = await call(tool, { name: 'a b' }, files);

  expect(none).toMatchObject({ isError: false, output: expect.stringContaining('No line has the word nowhere') });
  expect(wrong).toMatchObject({ isError: true, output: expect.stringContaining('one name') });
});
