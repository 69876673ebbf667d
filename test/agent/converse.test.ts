import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Conversation } from '../../src/agent/conversation.ts';
import { converse } from '../../src/agent/converse.ts';
import { defineFinish } from '../../src/agent/finish.ts';
import { answered, defineTool } from '../../src/agent/tool.ts';
import { editingTools } from '../../src/agent/tool-sets.ts';
import { ProviderError } from '../../src/domain/faults.ts';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import { fakeHistory } from '../support/fake-history.ts';
import { calling, type FakeModel, type FakeReply, fakeModel, saying } from '../support/fake-model.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';
import { fakeTree } from '../support/fake-tree.ts';
import { type FakeTurnLedger, fakeTurnLedger } from '../support/fake-turn-ledger.ts';
import { write } from './tools/call.ts';

const finish = defineFinish({
  name: 'finish',
  description: 'Ends the work.',
  arguments: z.strictObject({ summary: z.string() }),
  check: ({ summary }) => (summary === 'lazy' ? 'say more than that' : null),
});

const conversation: Conversation<{ summary: string }> = {
  system: 'You mend code.',
  opening: 'Mend it.',
  tools: editingTools({ syntax: fakeSyntax(), history: fakeHistory() }),
  finishes: [finish],
  maxTurns: 8,
  maxOutputTokens: 1000,
};

const tree = fakeTree({ 'a.ts': 'one\ntwo\n' });
const quiet = new AbortController().signal;
const create = (path: string, content = 'x\n') => ['create_file', { path, content }] as const;
const done = ['finish', { summary: 'done' }] as const;

function talk(
  script: readonly FakeReply[] | FakeModel,
  ledger: FakeTurnLedger,
  more: Partial<typeof conversation> = {},
) {
  const model = 'reply' in script ? script : fakeModel(script);
  return converse(model, { ...conversation, ...more }, tree, emptyOverlay, ledger, quiet);
}

test('a conversation ends with the result, the edits and the number of turns', async () => {
  const ledger = fakeTurnLedger();

  const end = await talk([calling(['read_file', { path: 'a.ts' }]), calling(create('b.ts')), calling(done)], ledger);

  expect(end).toEqual({ kind: 'finished', result: { summary: 'done' }, overlay: { 'b.ts': write('x\n') }, turns: 3 });
});

test('the model is shown its own words and what its calls said', async () => {
  const model = fakeModel([calling(['read_file', { path: 'a.ts' }]), calling(done)]);

  await talk(model, fakeTurnLedger());

  expect(model.requests[0]?.messages).toEqual([{ from: 'user', text: 'Mend it.' }]);
  expect(model.requests[1]?.messages.slice(1)).toEqual([
    { from: 'model', text: '', toolCalls: calling(['read_file', { path: 'a.ts' }]).toolCalls },
    { from: 'tools', results: [{ callId: 'call-0', output: 'a.ts, lines 1-2 of 2:\n1\tone\n2\ttwo', isError: false }] },
  ]);
  expect(model.requests[1]?.tools.map((tool) => tool.name)).toContain('finish');
});

test('calls of one reply run in order, each on what the one before left, and the finish last', async () => {
  const ledger = fakeTurnLedger();
  const edit = ['edit_file', { path: 'b.ts', old_text: 'x', new_text: 'y' }] as const;

  const end = await talk([calling(done, create('b.ts'), edit)], ledger);

  expect(end).toMatchObject({ kind: 'finished', overlay: { 'b.ts': write('y\n') }, turns: 1 });
  expect(ledger.rows[0]?.results.map((result) => result.output.slice(0, 9))).toEqual([
    'Accepted.',
    'Made b.ts',
    'Changed b',
  ]);
});

test('what a turn changed is recorded, null for what it took out again', async () => {
  const ledger = fakeTurnLedger();

  await talk(
    [
      calling(create('b'), create('c')),
      calling(['delete_file', { path: 'b' }], ['delete_file', { path: 'a.ts' }]),
      calling(done),
    ],
    ledger,
  );

  expect(ledger.rows.map((row) => row.overlayChanges)).toEqual([
    { b: write('x\n'), c: write('x\n') },
    { b: null, 'a.ts': { kind: 'delete' } },
    {},
  ]);
});

const wholeScript = [
  calling(['read_file', { path: 'a.ts' }], ['edit_file', { path: 'a.ts', old_text: 'one', new_text: '1' }]),
  saying('Let me think.'),
  calling(create('b'), ['nonsense', {}]),
  calling(['delete_file', { path: 'b' }], ['finish', '{"summ']),
  calling(['finish', { summary: 'lazy' }]),
  calling(done),
];

test.each([0, 1, 2, 3, 4, 5, 6])(
  'killed after %i turns, it goes on from the rows and buys nothing twice',
  async (turnsBefore) => {
    const whole = fakeTurnLedger();
    const wholeModel = fakeModel(wholeScript);
    const wholeEnd = await talk(wholeModel, whole);
    const kill = new ProviderError('killed', { modelId: 'fake/model', fault: 'unreachable', isRetryable: true });
    const ledger = fakeTurnLedger();
    const first = talk([...wholeScript.slice(0, turnsBefore), kill], ledger);
    await first.catch((error: unknown) => expect(error).toBe(kill));
    const resumed = fakeModel(wholeScript.slice(turnsBefore));

    const end = await talk(resumed, ledger);

    expect(end).toEqual(wholeEnd);
    expect(ledger.rows).toEqual(whole.rows);
    expect(resumed.requests).toEqual(wholeModel.requests.slice(turnsBefore));
  },
);

test('a resumed conversation runs no tool again', async () => {
  let runs = 0;
  const count = defineTool({
    name: 'count',
    description: 'Counts.',
    arguments: z.strictObject({}),
    run(_, context) {
      runs += 1;
      return answered(context, '');
    },
  });
  const ledger = fakeTurnLedger((index) => (index < 2 ? { go: true } : { go: false, why: 'budget' }));
  await talk([calling(['count', {}]), calling(['count', {}])], ledger, { tools: [count] });

  await talk([], ledger, { tools: [count] });

  expect(runs).toBe(2);
});

test.each(['budget', 'stopped'] as const)(
  'a refusal before a turn (%s) halts without asking the model',
  async (why) => {
    const ledger = fakeTurnLedger((index) => (index === 0 ? { go: true } : { go: false, why }));
    const model = fakeModel([calling(create('b'))]);

    const end = await talk(model, ledger);

    expect(end).toEqual({ kind: 'halted', why, overlay: { b: write('x\n') }, turns: 1 });
    expect(model.requests).toHaveLength(1);
  },
);

test('the ledger hears an estimate of four characters a token that grows with the conversation', async () => {
  const ledger = fakeTurnLedger();

  await talk([calling(create('b')), calling(done)], ledger, { opening: 'x'.repeat(40_000) });

  const [first, second] = ledger.asked.map((ask) => ask.estimatedTokens);
  expect(first).toBeGreaterThan(10_000);
  expect(first).toBeLessThan(13_000);
  expect(second).toBeGreaterThan(first ?? Number.NaN);
});

test('turns run out, with the edits kept', async () => {
  const ledger = fakeTurnLedger();

  const end = await talk([calling(create('b')), calling(create('c'))], ledger, { maxTurns: 2 });

  expect(end).toEqual({ kind: 'out-of-turns', overlay: { b: write('x\n'), c: write('x\n') }, turns: 2 });
});

test('a finish that was accepted stays so, whatever its check would say a moment later', async () => {
  let asked = 0;
  const moody = defineFinish({
    name: 'finish',
    description: 'Ends the work.',
    arguments: z.strictObject({ summary: z.string() }),
    check: () => (++asked === 1 ? null : 'not now'),
  });
  const ledger = fakeTurnLedger();

  const first = await talk([calling(done)], ledger, { finishes: [moody] });
  const resumed = await talk([], ledger, { finishes: [moody] });

  expect(first).toMatchObject({ kind: 'finished', result: { summary: 'done' }, turns: 1 });
  expect(resumed).toEqual(first);
});

test('a finish in the last turn still counts', async () => {
  const end = await talk([calling(create('b')), calling(done)], fakeTurnLedger(), { maxTurns: 2 });

  expect(end.kind).toBe('finished');
});

test('the last results before the end say how many turns are left', async () => {
  const ledger = fakeTurnLedger();

  await talk(
    [1, 2, 3, 4].map((turn) => calling(create(`f${turn}`))),
    ledger,
    { maxTurns: 4 },
  );

  const notes = ledger.rows.map((row) => /\[.* left.*\]$/.exec(row.results[0]?.note ?? '')?.[0]);
  expect(notes).toEqual([
    undefined,
    '[2 turns are left; call finish before they end]',
    '[1 turn is left; call finish before they end]',
    undefined,
  ]);
});

test('prose without a call is answered with a request for one, and three in a row end it', async () => {
  const model = fakeModel([saying('a'), saying('b'), calling(create('b')), saying('c'), saying('d'), saying('e')]);

  const end = await talk(model, fakeTurnLedger());

  expect(end).toEqual({ kind: 'no-answer', why: 'prose', text: 'e', overlay: { b: write('x\n') }, turns: 6 });
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({
    from: 'user',
    text: expect.stringContaining('Call a tool'),
  });
});

test('a refusal ends it at once, on a resume too', async () => {
  const ledger = fakeTurnLedger();
  const end = await talk([saying('I will not.', 'refusal')], ledger);

  const again = await talk([], ledger);

  expect(end).toEqual({ kind: 'no-answer', why: 'refusal', text: 'I will not.', overlay: {}, turns: 1 });
  expect(again).toEqual(end);
});

test.each([
  {
    what: 'an unknown tool',
    calls: [['bash', { command: 'ls' }]] as const,
    says: 'There is no tool "bash". The tools are: list_files',
  },
  { what: 'a malformed finish', calls: [['finish', '{"summary":']] as const, says: 'not valid JSON' },
  {
    what: 'a finish that the check refuses',
    calls: [['finish', { summary: 'lazy' }]] as const,
    says: 'say more than that',
  },
  { what: 'a second finish', calls: [['finish', { summary: 'lazy' }], done] as const, says: 'Only one finish a reply' },
  {
    what: 'a finish beside a call that failed',
    calls: [create('../x'), done] as const,
    says: 'a call in the same reply failed',
  },
])('$what is corrected and the conversation goes on', async ({ calls, says }) => {
  const ledger = fakeTurnLedger();

  const end = await talk([calling(...calls), calling(done)], ledger);

  expect(ledger.rows[0]?.results.at(-1)).toMatchObject({ isError: true, output: expect.stringContaining(says) });
  expect(end).toMatchObject({ kind: 'finished', turns: 2 });
});

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

test('what is known of the repository stands before the opening', async () => {
  const model = fakeModel([calling(done)]);

  await talk(model, fakeTurnLedger(), { about: 'It sells stickers.' });

  expect(model.requests[0]?.messages).toEqual([
    { from: 'user', text: 'It sells stickers.' },
    { from: 'user', text: 'Mend it.' },
  ]);
});

test('what has to be known of a folder is told when calls first come there, and recorded', async () => {
  const ledger = fakeTurnLedger();
  const guide = async (paths: readonly string[], before: readonly string[]) =>
    paths.includes('a.ts') && !before.includes('a.ts') ? '[a.ts is old]' : '';
  const script = [calling(['read_file', { path: 'a.ts' }]), calling(['read_file', { path: 'a.ts' }]), calling(done)];

  await talk(script, ledger, { guide });

  expect(ledger.rows.map(({ results }) => results[0]?.note?.includes('[a.ts is old]') ?? false)).toEqual([
    true,
    false,
    false,
  ]);
});

test('what has to be known is asked for with every file and folder that a call names', async () => {
  const asked: (readonly string[])[] = [];
  const guide = async (paths: readonly string[]) => {
    asked.push(paths);
    return '';
  };
  const script = [
    calling(['read_file', { path: './a.ts' }], ['move_file', { from: 'a.ts', to: 'lib/b.ts' }]),
    calling(['list_files', { folder: './lib/' }]),
    calling(done),
  ];

  await talk(script, fakeTurnLedger(), { guide });

  expect(asked).toEqual([['a.ts', 'a.ts', 'lib/b.ts'], ['lib/'], []]);
});

test('where little money is left the model may write less, and is told to come to an end', async () => {
  const ledger = fakeTurnLedger((index) => ({ go: true, maxOutputTokens: 700, leftShare: index === 0 ? 0.5 : 0.123 }));
  const model = fakeModel([calling(create('b')), calling(create('c')), calling(done)]);

  await talk(model, ledger);

  expect(model.requests.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([700, 700, 700]);
  expect(ledger.rows.map(({ results }) => /\[about.*\]$/.exec(results[0]?.note ?? '')?.[0])).toEqual([
    undefined,
    '[about 12% of the budget is left; come to an end with finish]',
    '[about 12% of the budget is left; come to an end with finish]',
  ]);
});

test('a model that goes in circles is told so, then ended, on a resume too', async () => {
  const ledger = fakeTurnLedger();
  const circle = Array.from({ length: 5 }, () => calling(['read_file', { path: 'a.ts' }]));

  const end = await talk(circle, ledger);
  const again = await talk([], ledger);

  expect(end).toMatchObject({ kind: 'stuck', text: 'it made the same call 5 times in a row', turns: 5 });
  expect(again).toEqual(end);
  expect(ledger.rows.map(({ results }) => results[0]?.note?.includes('you made the same call') ?? false)).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});

test('a fault of the provider goes through and records nothing', async () => {
  const ledger = fakeTurnLedger();
  const fault = new ProviderError('busy', { modelId: 'fake/model', fault: 'overloaded', isRetryable: true });

  const talking = talk([calling(create('b')), fault], ledger);

  await expect(talking).rejects.toBe(fault);
  expect(ledger.rows).toHaveLength(1);
});

test('an abort before a turn ends it with its reason, without asking', async () => {
  const stop = AbortSignal.abort(new Error('stopped by a person'));
  const model = fakeModel([calling(done)]);
  const ledger = fakeTurnLedger();

  const talking = converse(model, conversation, tree, emptyOverlay, ledger, stop);

  await expect(talking).rejects.toThrow('stopped by a person');
  expect([model.requests.length, ledger.asked.length]).toEqual([0, 0]);
});

test('an abort while the model answers reaches the model', async () => {
  const controller = new AbortController();
  const ledger = fakeTurnLedger();
  const hanging = fakeModel([
    (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        controller.abort(new Error('stopped meanwhile'));
      }),
  ]);

  const talking = converse(hanging, conversation, tree, emptyOverlay, ledger, controller.signal);

  await expect(talking).rejects.toThrow('stopped meanwhile');
  expect(ledger.rows).toEqual([]);
});

test('a reply that has come is recorded although an abort came with it, so that its cost is known', async () => {
  const controller = new AbortController();
  const ledger = fakeTurnLedger();
  const model = fakeModel([
    () => {
      controller.abort(new Error('too late'));
      return Promise.resolve(calling(create('b')));
    },
  ]);

  const talking = converse(model, conversation, tree, emptyOverlay, ledger, controller.signal);

  await expect(talking).rejects.toThrow('too late');
  expect(ledger.rows).toHaveLength(1);
});

test('each turn is told with its numbers: prompt, digests, and what each call came to', async () => {
  const prompt = { name: 'code', version: 3, system: 'is no part of a trace' };
  const ledger = fakeTurnLedger();

  await talk([calling(['read_file', { path: 'a.ts' }], ['read_file', { path: 'none.ts' }]), calling(done)], ledger, {
    prompt,
  });

  const [first, second] = ledger.traces;
  expect(first).toMatchObject({
    prompt: { name: 'code', version: 3 },
    parameters: { maxOutputTokens: 1000 },
    calls: [
      { name: 'read_file', isError: false, argumentsBytes: 15 },
      { name: 'read_file', isError: true, argumentsBytes: 18 },
    ],
  });
  expect(first?.prompt).not.toHaveProperty('system');
  expect(first?.inputDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(second?.inputDigest).not.toBe(first?.inputDigest);
  expect(second?.inputBytes).toBeGreaterThan(first?.inputBytes ?? 0);
  expect(first?.latencyMs).toBeGreaterThanOrEqual(0);
});

test('a turn tells with which parameters it was asked, as far as the roster says so', async () => {
  const ledger = fakeTurnLedger();
  const reply = { ...calling(done), parameters: { temperature: 0.2, effort: 'high', maxOutputTokens: 9_000 } } as const;

  await talk([reply], ledger);

  expect(ledger.traces[0]?.parameters).toEqual({ maxOutputTokens: 1000, temperature: 0.2, effort: 'high' });
});

test('the same question has the same digest, whoever asks it', async () => {
  const [one, two] = [fakeTurnLedger(), fakeTurnLedger()];

  for (const ledger of [one, two]) await talk([calling(done)], ledger);

  expect(one.traces[0]?.inputDigest).toBe(two.traces[0]?.inputDigest);
});

test('a question that fails is told with its class, and the fault goes on', async () => {
  const fault = new ProviderError('too many', {
    modelId: 'a/b',
    fault: 'rate-limited',
    status: 429,
    isRetryable: true,
  });
  const ledger = fakeTurnLedger();

  await expect(talk({ ...fakeModel([]), reply: async () => Promise.reject(fault) }, ledger)).rejects.toBe(fault);

  expect(ledger.faults).toEqual([
    expect.objectContaining({ index: 0, modelId: 'a/b', fault: 'rate-limited', status: 429, reason: 'too many' }),
  ]);
  expect(ledger.rows).toEqual([]);
});

test('a bug is no call that failed', async () => {
  const ledger = fakeTurnLedger();
  const bug = new TypeError('x is not a function');

  await expect(talk({ ...fakeModel([]), reply: async () => Promise.reject(bug) }, ledger)).rejects.toBe(bug);

  expect(ledger.faults).toEqual([]);
});
