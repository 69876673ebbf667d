import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ConfigError } from '../../src/domain/faults.ts';
import { type ModelScript, readModelScript } from './model-script.ts';
import { type ScriptedModel, startScriptedModel } from './scripted-model.ts';

const started: ScriptedModel[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((scripted) => scripted.close()));
});

async function start(script: ModelScript): Promise<ScriptedModel> {
  const scripted = await startScriptedModel(script);
  started.push(scripted);
  return scripted;
}

interface Question {
  readonly system?: string;
  readonly user?: string;
  /** How often the model has spoken already. */
  readonly turn?: number;
}

const historyOf = ({ user = 'do it', turn = 0 }: Question) => [
  { role: 'user', content: user },
  ...Array.from({ length: turn }, (_, index) => [
    { role: 'assistant', content: `said ${index}` },
    { role: 'user', content: 'go on' },
  ]).flat(),
];

function askOpenAi(scripted: ScriptedModel, question: Question): Promise<Response> {
  const system = { role: 'system', content: question.system ?? 'You fix bugs.\nrole: coder\nBe brief.' };
  return fetch(`${scripted.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [system, ...historyOf(question)] }),
  });
}

function askAnthropic(scripted: ScriptedModel, question: Question): Promise<Response> {
  const system = [{ type: 'text', text: question.system ?? 'You fix bugs.\nrole: coder\nBe brief.' }];
  return fetch(`${scripted.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', max_tokens: 9, system, messages: historyOf(question) }),
  });
}

interface OpenAiBody {
  readonly choices: readonly [
    { readonly finish_reason: string; readonly message: { readonly content: string | null } },
  ];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

interface AnthropicBody {
  readonly content: readonly unknown[];
  readonly stop_reason: string;
  readonly usage: object;
}

const bodyOf = async <Body>(asked: Promise<Response>) => (await (await asked).json()) as Body;
const bodyFromOpenAi = (scripted: ScriptedModel, question: Question) =>
  bodyOf<OpenAiBody>(askOpenAi(scripted, question));
const bodyFromAnthropic = (scripted: ScriptedModel, question: Question) =>
  bodyOf<AnthropicBody>(askAnthropic(scripted, question));

async function textFromOpenAi(scripted: ScriptedModel, question: Question): Promise<string | null> {
  return (await bodyFromOpenAi(scripted, question)).choices[0].message.content;
}

test('the reply follows from role, attempt and turn alone, whatever was asked before', async () => {
  const scripted = await start({
    coder: [[{ text: 'first' }, { text: 'second' }], [{ text: 'again' }]],
    reviewer: [[{ text: 'fine' }]],
  });

  const second = await textFromOpenAi(scripted, { turn: 1 });
  const first = await textFromOpenAi(scripted, { turn: 0 });
  const again = await textFromOpenAi(scripted, { user: 'fix it\nattempt: 2\nplease' });
  const review = await textFromOpenAi(scripted, { system: 'role: reviewer' });

  expect([first, second, again, review]).toEqual(['first', 'second', 'again', 'fine']);
});

test('the last reply and the last conversation repeat', async () => {
  const scripted = await start({ coder: [[{ text: 'a' }], [{ text: 'b' }, { text: 'c' }]] });

  const text = await textFromOpenAi(scripted, { user: 'attempt: 7', turn: 9 });

  expect(text).toBe('c');
});

test('a matching script wins for its roles and leaves the others to the top', async () => {
  const scripted = await start({
    coder: [[{ text: 'anything' }]],
    reviewer: [[{ text: 'fine' }]],
    match: { 'issue 7': { coder: [[{ text: 'seven' }]] } },
  });

  const seven = await textFromOpenAi(scripted, { user: 'This is issue 7.' });
  const eight = await textFromOpenAi(scripted, { user: 'This is issue 8.' });
  const review = await textFromOpenAi(scripted, { user: 'This is issue 7.', system: 'role: reviewer' });

  expect([seven, eight, review]).toEqual(['seven', 'anything', 'fine']);
});

test('a request that no script knows is answered 400, naming its place', async () => {
  const scripted = await start({ coder: [[{ text: 'a' }]] });

  const answers = await Promise.all([
    askOpenAi(scripted, { system: 'role: architect', user: 'attempt: 3', turn: 2 }),
    askAnthropic(scripted, { system: 'no role here' }),
    askOpenAi(scripted, { system: 'role: __proto__' }),
  ]);
  const bodies = await Promise.all(answers.map((answer) => answer.json()));

  expect(answers.map((answer) => answer.status)).toEqual([400, 400, 400]);
  expect(bodies).toMatchObject([
    { error: { message: expect.stringContaining('role architect, attempt 3, turn 2') } },
    { error: { message: expect.stringContaining('role (none), attempt 1, turn 0') } },
    { error: { message: expect.stringContaining('role __proto__') } },
  ]);
});

test('both wires carry text, tool calls and usage', async () => {
  const tools = [{ name: 'read', arguments: { path: 'a.ts' } }];
  const usage = { input: 100, cachedInput: 40, output: 7 };
  const scripted = await start({ coder: [[{ text: 'look', tools, usage }]] });

  const openAi = await bodyFromOpenAi(scripted, {});
  const anthropic = await bodyFromAnthropic(scripted, {});

  expect(openAi.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: 'look',
      tool_calls: [{ id: 'call-0-0', function: { name: 'read', arguments: '{"path":"a.ts"}' } }],
    },
  });
  expect(openAi.usage).toMatchObject({
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 40 },
  });
  expect(anthropic.content).toEqual([
    { type: 'text', text: 'look' },
    { type: 'tool_use', id: 'call-0-0', name: 'read', input: { path: 'a.ts' } },
  ]);
  expect(anthropic.usage).toEqual({ input_tokens: 60, output_tokens: 7, cache_read_input_tokens: 40 });
});

test('usage that no script sets is above zero and the same each time', async () => {
  const scripted = await start({ coder: [[{ text: 'a few words' }]] });

  const [first, second] = await Promise.all([bodyFromOpenAi(scripted, {}), bodyFromOpenAi(scripted, {})]);
  const { usage } = await bodyFromAnthropic(scripted, {});

  expect(first.usage.prompt_tokens).toBeGreaterThan(0);
  expect(first.usage.completion_tokens).toBeGreaterThan(0);
  expect(second.usage).toEqual(first.usage);
  expect(usage).toEqual({ input_tokens: first.usage.prompt_tokens, output_tokens: first.usage.completion_tokens });
});

test('faults are scripted by turn on both wires', async () => {
  const scripted = await start({
    coder: [[{ status: 503, retryAfterSeconds: 4 }, { status: 429, retryAfterSeconds: 5 }, { empty: true }]],
    fast: [[{ text: 'cut', truncated: true }]],
  });

  const unavailable = await askAnthropic(scripted, {});
  const limited = await askOpenAi(scripted, { turn: 1 });
  const empty = await bodyFromAnthropic(scripted, { turn: 2 });
  const cutOpenAi = await bodyFromOpenAi(scripted, { system: 'role: fast' });
  const cutAnthropic = await bodyFromAnthropic(scripted, { system: 'role: fast' });

  expect([unavailable.status, unavailable.headers.get('retry-after')]).toEqual([503, '4']);
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '5']);
  expect(empty.content).toEqual([{ type: 'text', text: '' }]);
  expect(cutOpenAi.choices[0].finish_reason).toBe('length');
  expect(cutAnthropic.stop_reason).toBe('max_tokens');
});

test('a disconnect closes the connection without an answer', async () => {
  const scripted = await start({ coder: [[{ disconnect: true }]] });

  const asked = askOpenAi(scripted, {});

  await expect(asked).rejects.toThrow(TypeError);
  expect(scripted.requests).toHaveLength(1);
});

test('requests are recorded with their place, also when many run at once', async () => {
  const scripted = await start({ coder: [[{ text: 'a', delayMs: 20 }]] });

  await Promise.all([
    askOpenAi(scripted, { user: 'one' }),
    askAnthropic(scripted, { user: 'two\nattempt: 2' }),
    askOpenAi(scripted, { user: 'three', turn: 1 }),
  ]);

  const seen = scripted.requests.map(({ wire, role, attempt, turn, modelId, body }) => ({
    place: `${wire} ${role} ${attempt} ${turn} ${modelId}`,
    user: body.messages.find((message) => message.role === 'user')?.content,
  }));
  expect(seen).toHaveLength(3);
  expect(seen).toEqual(
    expect.arrayContaining([
      { place: 'openai coder 1 0 m', user: 'one' },
      { place: 'anthropic coder 2 0 m', user: 'two\nattempt: 2' },
      { place: 'openai coder 1 1 m', user: 'three' },
    ]),
  );
});

test('a script file is checked whole, and every problem names its place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'model-script-'));
  const path = join(folder, 'script.json');
  await writeFile(path, JSON.stringify({ coder: [[{}, { text: 1 }], []], tester: [], match: { x: { fast: 'y' } } }));

  const read = readModelScript(path);

  const error = await read.catch((fault: unknown) => fault);
  expect(error).toBeInstanceOf(ConfigError);
  const problems = error instanceof ConfigError ? error.problems.map((problem) => problem.replace(path, 'script')) : [];
  expect(problems).toEqual([
    expect.stringMatching(/^script: coder\[0\]\[0\]: says nothing; allowed: text, tools/),
    expect.stringMatching(/^script: coder\[0\]\[1\]\.text: /),
    expect.stringMatching(/^script: coder\[1\]: /),
    expect.stringMatching(/^script: match\.x\.fast: /),
    expect.stringMatching(/^script: \(top\): .*"tester"/),
  ]);
  await rm(folder, { recursive: true });
});

test('a file that is no JSON is a problem of that file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'model-script-'));
  const path = join(folder, 'script.json');
  await writeFile(path, '{ coder');

  const read = readModelScript(path);

  await expect(read).rejects.toThrow(ConfigError);
  await rm(folder, { recursive: true });
});
