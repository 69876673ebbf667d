import { expect, test } from 'vitest';
import { z } from 'zod';
import { converse } from '../../src/agent/converse.ts';
import { answered, defineTool } from '../../src/agent/tool.ts';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import { calling, fakeModel, saying } from '../support/fake-model.ts';
import { fakeTree } from '../support/fake-tree.ts';
import { fakeTurnLedger } from '../support/fake-turn-ledger.ts';
import { conversation, create, done, quiet, talk } from './talk.ts';
import { write } from './tools/call.ts';

test('a call that the output limit cut off is told why', async () => {
  const ledger = fakeTurnLedger();
  const cut = { ...calling(create('b'), ['create_file', '{"path":"c","content":"half']), stop: 'length' } as const;

  const end = await talk([cut, calling(done)], ledger);

  expect(ledger.rows[0]?.results[1]?.output).toMatch(
    /^Your reply was cut off at the output limit[\s\S]*not valid JSON/,
  );
  expect(end.overlay).toEqual({ b: write('x\n') });
});

test('arguments with a slip of the pen are read as they were meant, and the model is told; a cut call never is', async () => {
  const ledger = fakeTurnLedger();
  const slip = "```json\n{'path': 'b.ts', 'content': 'x',}\n```";
  const cut = { ...calling(['create_file', slip]), stop: 'length' as const };

  await talk([cut, calling(['create_file', slip]), calling(done)], ledger);

  const [cutTurn, turn] = ledger.rows;
  expect(cutTurn?.results[0]).toMatchObject({ isError: true });
  expect(turn?.reply.toolCalls).toMatchObject([{ argumentsJson: '{"path":"b.ts","content":"x"}', isRepaired: true }]);
  expect(turn?.results[0]).toMatchObject({ isError: false, note: expect.stringContaining('no valid JSON') });
});

test('arguments that are nested without end are told as wrong, recorded, and no trouble when a conversation goes on', async () => {
  const deep = `{"path":"a.ts","list":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  const unclean = deep.replace(/}$/, ',}');
  const ledger = fakeTurnLedger();

  const end = await talk([calling(['read_file', deep], ['read_file', unclean]), calling(done)], ledger);
  const resumed = await talk([], ledger);

  expect(ledger.rows[0]?.results.map((result) => [result.isError, result.output.split('\n')[1]])).toEqual([
    [true, '- the arguments are nested too deep; write them flat'],
    [true, '- the arguments are nested too deep; write them flat'],
  ]);
  expect(end).toMatchObject({ kind: 'finished', turns: 2 });
  expect(resumed).toEqual(end);
});

test('however many calls of a reply want repair, it takes a moment', async () => {
  const long = `{${'a:1,'.repeat(200_000)}}`;
  const short = `{${'a:1,'.repeat(4_900)}}`;
  const begunMs = performance.now();

  await talk(
    [calling(['read_file', long], ...Array.from({ length: 200 }, () => ['read_file', short] as const)), calling(done)],
    fakeTurnLedger(),
  );

  expect(performance.now() - begunMs).toBeLessThan(8_000);
});

test('only the first twenty calls of a reply run', async () => {
  const ledger = fakeTurnLedger();
  const calls = Array.from({ length: 25 }, (_, index) => create(`f${index}`));

  const end = await talk([calling(...calls, done), calling(done)], ledger);

  expect(Object.keys(end.overlay)).toHaveLength(20);
  expect(ledger.rows[0]?.results.map((result) => result.isError)).toEqual([
    ...Array(20).fill(false),
    ...Array(6).fill(true),
  ]);
  expect(end.turns).toBe(2);
});

test('calls that share one id each get their own result', async () => {
  const ledger = fakeTurnLedger();
  const reply = calling(create('b'), create('../c'), done);
  const sameIds = { ...reply, toolCalls: reply.toolCalls.map((call) => ({ ...call, id: 'same' })) };

  const end = await talk([sameIds, calling(done)], ledger);

  expect(ledger.rows[0]?.results.map((result) => result.isError)).toEqual([false, true, true]);
  expect(end).toMatchObject({ kind: 'finished', turns: 2 });
});

test('an output is cut at 30 KB and freed of what a database cannot store', async () => {
  const loud = defineTool({
    name: 'loud',
    description: 'Says too much.',
    arguments: z.strictObject({}),
    run: (_, context) => answered(context, `\0\ud800${'é'.repeat(40_000)}`),
  });
  const ledger = fakeTurnLedger();

  await talk([calling(['loud', {}]), calling(done)], ledger, { tools: [loud] });

  const output = ledger.rows[0]?.results[0]?.output ?? '';
  expect(Buffer.byteLength(output)).toBeLessThanOrEqual(30_000);
  expect(output.slice(0, 3)).toBe('\ufffd\ufffdé');
  expect(output).toContain('[cut: this answer had 80006 bytes');
});

test('a reply with characters that a database cannot store is recorded without them', async () => {
  const ledger = fakeTurnLedger();

  await talk([saying('a\0b\ud800'), calling(['bad\0name', {}]), calling(done)], ledger);

  expect(ledger.rows[0]?.reply.text).toBe('a\ufffdb\ufffd');
  expect(ledger.rows[1]?.reply.toolCalls[0]?.name).toBe('bad\ufffdname');
});

test('a file read again unchanged is pointed at, and shown once an edit has changed it', async () => {
  const model = fakeModel([
    calling(['read_file', { path: 'big' }]),
    calling(['read_file', { path: 'big' }]),
    calling(['edit_file', { path: 'big', old_text: 'first', new_text: '1st' }]),
    calling(['read_file', { path: 'big' }]),
    calling(done),
  ]);
  const ledger = fakeTurnLedger();
  const big = fakeTree({ big: `first\n${'some words in a line\n'.repeat(200)}` });

  await converse(model, conversation, big, emptyOverlay, ledger, quiet);

  const [first, second, , fourth] = ledger.rows.map(({ results }) => results[0]?.output ?? '');
  expect(first).toContain('1\tfirst');
  expect(second).toMatch(/^\[unchanged: .*read_file.*\]$/);
  expect(fourth).toContain('1\t1st');
});

test('an answer that is the beginning of an earlier one is no repetition of it', async () => {
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`);
  let told = lines.length;
  const list = defineTool({
    name: 'list',
    description: 'Lists.',
    arguments: z.strictObject({}),
    run: (_args, context) => answered(context, [...lines.slice(0, told), ...(told > 150 ? ['[more]'] : [])].join('\n')),
  });
  const model = fakeModel([
    calling(['list', {}]),
    async () => {
      told = 150;
      return calling(['list', {}]);
    },
    calling(done),
  ]);
  const ledger = fakeTurnLedger();

  await talk(model, ledger, { tools: [list] });

  expect(ledger.rows[1]?.results[0]?.output).toContain('line 149');
});
