import { expect, test } from 'vitest';
import { z } from 'zod';
import { converse } from '../../src/agent/converse.ts';
import { defineFinish } from '../../src/agent/finish.ts';
import { answered, defineTool } from '../../src/agent/tool.ts';
import { ProviderError } from '../../src/domain/faults.ts';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import { calling, fakeModel, saying } from '../support/fake-model.ts';
import { fakeTurnLedger } from '../support/fake-turn-ledger.ts';
import { conversation, create, done, talk, tree } from './talk.ts';
import { write } from './tools/call.ts';

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
