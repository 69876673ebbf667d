import { afterEach, expect, test } from 'vitest';
import { roles } from '../../src/domain/conversation.ts';
import { ConfigError } from '../../src/domain/faults.ts';
import { contextTokensOf } from '../../src/models/prices.ts';
import { createRoster, type RosterOptions } from '../../src/models/roster.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { key, request, unaborted } from './wires.ts';

const started: ScriptedModel[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((scripted) => scripted.close()));
});

const openAi = { apiKey: key };
const anthropic = { apiKey: key };
const server = { apiKey: key, baseUrl: 'http://127.0.0.1:4000/v1' };

function problemsOf(options: RosterOptions): readonly string[] {
  try {
    createRoster(options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test.each([
  ['Anthropic', { anthropic }],
  ['OpenAI', { openAi }],
  ['both', { anthropic, openAi }],
])('with a key of %s every role has a model whose price and context are known', (_name, environment) => {
  const roster = createRoster({ environment });

  const ids = roles.flatMap((role) => roster.describe()[role]);
  expect(ids).toHaveLength(roles.length * Object.keys(environment).length);
  expect(ids.filter((id) => roster.priceOf(id) === null || contextTokensOf(id) === null)).toEqual([]);
});

test('with both keys another vendor reviews than codes, and each stands in for the other', () => {
  const { coder, reviewer } = createRoster({ environment: { anthropic, openAi } }).describe();

  const providersOf = (ids: readonly string[]) => ids.map((id) => id.split('/')[0]);
  expect(providersOf(coder)).toEqual(['anthropic', 'openai']);
  expect(providersOf(reviewer)).toEqual(['openai', 'anthropic']);
});

test('a compatible server answers every role with the one model that was named', () => {
  const roster = createRoster({ environment: { openAi: server }, defaultModel: 'qwen/coder-480b' });

  const described = roster.describe();
  expect(Object.values(described)).toEqual(roles.map(() => ['openai/qwen/coder-480b']));
  expect(roster.priceOf('openai/qwen/coder-480b')).toBeNull();
});

test('a compatible server without a model is a problem, said once', () => {
  const problems = problemsOf({ environment: { openAi: server } });

  expect(problems).toEqual(['models: found OPENAI_BASE_URL, but no model for it; set AI_FIX_MODEL, or models by role']);
});

test('a compatible server beside Anthropic is asked only where a chain says so', () => {
  const roster = createRoster({
    environment: { openAi: server, anthropic },
    chains: { fast: ['openai/local'] },
  });

  expect(roster.describe()).toMatchObject({ fast: ['openai/local'], coder: [expect.stringMatching(/^anthropic\//)] });
});

test('without any key the problem names the variables', () => {
  const problems = problemsOf({ environment: {} });

  expect(problems).toEqual(['models: found no key; set ANTHROPIC_API_KEY or OPENAI_API_KEY or OPENAI_BASE_URL']);
});

test('every wrong entry is reported with its place, what was found and what is allowed', () => {
  const chains = {
    architect: [],
    coder: ['anthropic/claude-sonnet-5', 'sonnet', 'mistral/large'],
    reviewer: ['openai/gpt-6-sol', 'anthropic/', '__proto__/x'],
  };

  const problems = problemsOf({ environment: { anthropic }, chains });

  expect(problems).toEqual([
    'models.architect: found an empty list; allowed: at least one provider/model',
    'models.coder[1]: found "sonnet"; allowed: provider/model, for instance anthropic/claude-sonnet-5',
    'models.coder[2]: found "mistral/large"; allowed providers: anthropic, openai',
    'models.reviewer[0]: found "openai/gpt-6-sol", but OPENAI_API_KEY or OPENAI_BASE_URL is not set',
    'models.reviewer[1]: found "anthropic/"; allowed: provider/model, for instance anthropic/claude-sonnet-5',
    'models.reviewer[2]: found "__proto__/x"; allowed providers: anthropic, openai',
  ]);
});

test('the models of a chain are asked at their own providers', async () => {
  const scripted = await startScriptedModel({ coder: [[{ text: 'done' }]] });
  started.push(scripted);
  const roster = createRoster({
    environment: {
      openAi: { apiKey: key, baseUrl: `${scripted.url}/v1` },
      anthropic: { apiKey: key, baseUrl: scripted.url },
    },
    chains: { coder: ['openai/a/b'], reviewer: ['anthropic/c'] },
  });

  await roster.modelFor('coder').reply(request(), unaborted());
  await roster.modelFor('reviewer').reply(request(), unaborted());

  expect(scripted.requests.map(({ wire, modelId }) => `${wire} ${modelId}`)).toEqual(['openai a/b', 'anthropic c']);
});

test('one model is one object, whichever role it answers', () => {
  const chain = ['openai/m'];

  const roster = createRoster({ environment: { openAi }, chains: { coder: chain, debugger: chain } });

  expect(roster.modelFor('coder')).toBe(roster.modelFor('debugger'));
});
