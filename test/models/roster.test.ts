import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type Chains, roles } from '../../src/domain/conversation.ts';
import { ConfigError } from '../../src/domain/faults.ts';
import { createBreakers } from '../../src/models/breakers.ts';
import type { HostModels } from '../../src/models/host-models.ts';
import { contextTokensOf } from '../../src/models/prices.ts';
import { type ProviderName, providers } from '../../src/models/providers.ts';
import { createRoster, type RosterOptions } from '../../src/models/roster.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { key, request, unaborted } from './wires.ts';

const started: ScriptedModel[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((scripted) => scripted.close()));
});

const openai = { apiKey: key };
const anthropic = { apiKey: key };
const server = { apiKey: key, baseUrl: 'http://127.0.0.1:4000/v1' };

const hostOf = (...names: readonly ProviderName[]): HostModels => ({
  providers: Object.fromEntries(names.map((name) => [name, { apiKey: key }])),
});
const chainOf = (...models: readonly string[]) => models.map((model) => ({ model }));
const providersOf = (ids: readonly string[]) => ids.map((id) => id.split('/')[0]);

function problemsOf(options: RosterOptions): readonly string[] {
  try {
    createRoster(options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const withDefaults = providers.filter(({ defaults }) => defaults !== null).map(({ name }) => name);

describe('by the keys that are there', () => {
  test.each(withDefaults)(
    'a key of %s alone serves every role with models whose price and context are known',
    (name) => {
      const roster = createRoster({ host: hostOf(name) });

      const ids = roles.flatMap((role) => roster.describe()[role]);
      expect(ids).toHaveLength(roles.length);
      expect(ids.filter((id) => roster.priceOf(id) === null || contextTokensOf(id) === null)).toEqual([]);
      expect(roster.warnings).toEqual([]);
    },
  );

  test.each(withDefaults)('what is quick costs less at %s than what is not', (name) => {
    const roster = createRoster({ host: hostOf(name) });

    const { fast, coder } = roster.describe();
    const outputOf = ([id = '']: readonly string[]) => roster.priceOf(id)?.outputUsdPerMillion;
    expect(outputOf(fast)).toBeLessThan(outputOf(coder) ?? 0);
  });

  test('with two keys or more every role is served, and another provider reviews than codes, with another model', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...withDefaults), { minLength: 2 }), (names) => {
        const described = createRoster({ host: hostOf(...names) }).describe();

        for (const role of roles) expect(described[role].length).toBeGreaterThan(0);
        const [coder = '', reviewer = ''] = [described.coder[0], described.reviewer[0]];
        expect(providersOf([coder])).not.toEqual(providersOf([reviewer]));
        expect(coder.split('/').at(-1)).not.toBe(reviewer.split('/').at(-1));
        expect(described.coder.length).toBeLessThanOrEqual(3);
      }),
    );
  });

  test('with both keys each stands in for the other', () => {
    const { coder, reviewer } = createRoster({ host: hostOf('anthropic', 'openai') }).describe();

    expect(providersOf(coder)).toEqual(['anthropic', 'openai']);
    expect(providersOf(reviewer)).toEqual(['openai', 'anthropic']);
  });

  test('a compatible server answers every role with the one model that was named', () => {
    const roster = createRoster({
      host: { providers: { openai: server }, everyRole: { provider: 'openai', model: 'qwen/coder-480b' } },
    });

    const described = roster.describe();
    expect(Object.values(described)).toEqual(roles.map(() => ['openai/qwen/coder-480b']));
    expect(roster.priceOf('openai/qwen/coder-480b')).toBeNull();
  });

  test.each([
    ['a compatible server', { openai: server }, 'OPENAI_BASE_URL'],
    ['a local server', { ollama: server }, 'OLLAMA_BASE_URL'],
    ['a resource of Azure', { azure: server }, 'AZURE_OPENAI_ENDPOINT'],
  ])('%s without a model is a problem, said once', (_what, access, variable) => {
    const problems = problemsOf({ host: { providers: access } });

    expect(problems).toEqual([`models: found ${variable}, but no model for it; set AI_FIX_MODEL, or models by role`]);
  });

  test('a compatible server beside Anthropic is asked only where a chain says so', () => {
    const roster = createRoster({
      host: { providers: { openai: server, anthropic } },
      chains: { fast: chainOf('openai/local') },
    });

    expect(roster.describe()).toMatchObject({ fast: ['openai/local'], coder: [expect.stringMatching(/^anthropic\//)] });
  });

  test('without any key the problem names the variables', () => {
    const problems = problemsOf({ host: { providers: {} } });

    expect(problems).toEqual([
      expect.stringMatching(/^models: found no key; set ANTHROPIC_API_KEY or OPENAI_API_KEY or .*GROQ_API_KEY, or the/),
    ]);
  });
});

describe('a choice', () => {
  test('of the repository goes before the host’s, and the host’s before the defaults, each chain as a whole', () => {
    const host = {
      ...hostOf('anthropic', 'openai'),
      chains: { coder: chainOf('openai/host'), fast: chainOf('openai/host') },
    };

    const described = createRoster({ host, chains: { coder: chainOf('anthropic/own') } }).describe();

    expect(described).toMatchObject({
      coder: ['anthropic/own'],
      fast: ['openai/host'],
      debugger: [expect.stringMatching(/^anthropic\/claude/), expect.any(String)],
    });
  });

  test('that is wrong is reported with its place, what was found and what is allowed', () => {
    const chains: Chains = {
      architect: [],
      coder: chainOf(
        'anthropic/claude-sonnet-5',
        'sonnet',
        'mistal/large',
        'boss/x',
        'azure/mine',
        'ollama/qwen',
        'openai//x',
      ),
      reviewer: chainOf('openai/gpt-6-sol', 'anthropic/', '__proto__/x', 'gemini/gemini-3.8-flash'),
    };

    const problems = problemsOf({ host: hostOf('anthropic'), chains });

    expect(problems).toEqual([
      'models.architect: found an empty list; allowed: at least one provider/model',
      'models.coder.1: found "sonnet"; allowed: provider/model, for instance anthropic/claude-sonnet-5',
      'models.coder.2: found "mistal/large"; did you mean mistral?',
      expect.stringMatching(
        /^models\.coder\.3: found "boss\/x"; allowed providers: anthropic, openai, azure, .*lm-studio/,
      ),
      'models.coder.4: found "azure/mine", but AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT are not both set',
      'models.coder.5: found "ollama/qwen", but OLLAMA_BASE_URL is not set',
      'models.coder.6: found "openai//x"; nothing stands before, between or behind its slashes',
      'models.reviewer.0: found "openai/gpt-6-sol", but OPENAI_API_KEY or OPENAI_BASE_URL is not set',
      'models.reviewer.1: found "anthropic/"; allowed: provider/model, for instance anthropic/claude-sonnet-5',
      expect.stringMatching(/^models\.reviewer\.2: found "__proto__\/x"; allowed providers: /),
      'models.reviewer.3: found "gemini/gemini-3.8-flash", but GEMINI_API_KEY is not set',
    ]);
  });

  test('of the host that is wrong is named as the host’s', () => {
    const host = { ...hostOf('anthropic'), chains: { coder: chainOf('openai/x') } };

    expect(problemsOf({ host })).toEqual([
      'AI_FIX_MODELS: models.coder.0: found "openai/x", but OPENAI_API_KEY or OPENAI_BASE_URL is not set',
    ]);
  });

  test.each([
    ['anthropic', { temperature: 1.5 }, /^models.coder.0.temperature: found 1.5; allowed at Anthropic: 0 to 1$/],
    [
      'anthropic',
      { temperature: 0.2, effort: 'high' },
      /temperature: found 0.2 beside effort: high; allowed at Anthropic: one of/,
    ],
    ['openai', { temperature: 0.2, effort: 'low' }, /beside effort: low; allowed at OpenAI/],
  ] as const)('of parameters that %s would refuse is refused: %j', (provider, parameters, problem) => {
    const chains = { coder: [{ model: `${provider}/m`, ...parameters }] };

    expect(problemsOf({ host: hostOf(provider), chains })).toEqual([expect.stringMatching(problem)]);
  });

  test.each([
    ['anthropic', { temperature: 0.2, effort: 'none' }],
    ['anthropic', { effort: 'high' }],
    ['openai', { temperature: 2 }],
    ['deepseek', { temperature: 0.2, effort: 'low' }],
  ] as const)('of parameters that may work is left to the provider: %s %j', (provider, parameters) => {
    const chains = { coder: [{ model: `${provider}/m`, ...parameters }] };

    expect(problemsOf({ host: hostOf(provider), chains })).toEqual([]);
  });

  test('that the host does not allow is refused to a repository, and not to the host', () => {
    const host = {
      ...hostOf('anthropic', 'openai'),
      allowed: ['anthropic/*', 'openai/gpt-6-*'],
      chains: { fast: chainOf('openai/o3') },
    };
    const chains = { coder: chainOf('anthropic/x/y', 'openai/gpt-6-luna', 'openai/gpt-5') };

    expect(problemsOf({ host, chains })).toEqual([
      'models.coder.2: found "openai/gpt-5"; allowed on this host: anthropic/*, openai/gpt-6-*',
    ]);
  });

  test('of a name that the registry does not know is a warning with the nearest names', () => {
    const chains = { coder: chainOf('openai/gpt-6-soll', 'anthropic/claude-opus-9', 'openai/gpt-6-sol') };

    const { warnings } = createRoster({ host: hostOf('openai', 'anthropic'), chains });

    expect(warnings).toEqual([
      expect.stringMatching(/^openai\/gpt-6-soll is a name .* unknown\. Did you mean openai\/gpt-6-sol or /),
      expect.stringMatching(/^anthropic\/claude-opus-9 is a name .* Did you mean anthropic\/claude-opus-5 or /),
    ]);
  });

  test('that asks one model twice with the same parameters is a warning with its place', () => {
    const again = { model: 'openai/gpt-6-sol', effort: 'low' as const };
    const chains = { coder: [...chainOf('openai/gpt-6-sol'), again, ...chainOf('openai/gpt-6-sol'), again] };

    const { warnings } = createRoster({ host: hostOf('openai'), chains });

    expect(warnings).toEqual([
      'models.coder.2: openai/gpt-6-sol stands at 0 already, with the same parameters',
      'models.coder.3: openai/gpt-6-sol stands at 1 already, with the same parameters',
    ]);
  });

  test('of a name at a server of one’s own, or with a price of the host, warns of nothing', () => {
    const price = { inputUsdPerMillion: 1, cachedInputUsdPerMillion: 1, outputUsdPerMillion: 1 };
    const prices = [{ models: 'openai/brand-new', price, contextTokens: null }];
    const host = { providers: { openai, ollama: server }, prices };

    const roster = createRoster({ host, chains: { coder: chainOf('ollama/whatever', 'openai/brand-new') } });

    expect(roster.warnings).toEqual([]);
    expect(roster.priceOf('openai/brand-new')).toEqual(price);
  });
});

test('the models of a chain are asked at their own providers', async () => {
  const scripted = await startScriptedModel({ coder: [[{ text: 'done' }]] });
  started.push(scripted);
  const roster = createRoster({
    host: {
      providers: {
        openai: { apiKey: key, baseUrl: `${scripted.url}/v1` },
        anthropic: { apiKey: key, baseUrl: scripted.url },
      },
    },
    chains: { coder: chainOf('openai/a/b'), reviewer: chainOf('anthropic/c') },
  });

  await roster.modelFor('coder').reply(request(), unaborted());
  await roster.modelFor('reviewer').reply(request(), unaborted());

  expect(scripted.requests.map(({ wire, modelId }) => `${wire} ${modelId}`)).toEqual(['openai a/b', 'anthropic c']);
});

test('behind a key that cannot be sent the next model of the chain is asked, and the admin is told of the key', async () => {
  const scripted = await startScriptedModel({ coder: [[{ text: 'done' }]] });
  started.push(scripted);
  const told: unknown[] = [];
  const tell = (fields: object) => told.push('code' in fields ? fields.code : null);
  const breakers = createBreakers({ info: tell, warn: tell, error: tell });
  const roster = createRoster({
    host: {
      providers: {
        anthropic: { apiKey: 'sk-ant-…0123456789' },
        openai: { apiKey: key, baseUrl: `${scripted.url}/v1` },
      },
    },
    chains: { coder: chainOf('anthropic/a', 'openai/b') },
    breakers,
  });

  const reply = await roster.modelFor('coder').reply(request(), unaborted());

  expect(reply.text).toBe('done');
  expect(reply.passedOver).toEqual([
    { modelId: 'anthropic/a', reason: 'anthropic/a was not asked: its key holds a character U+2026 at place 8' },
  ]);
  expect(breakers.health()).toContainEqual(
    expect.objectContaining({ modelId: 'anthropic/a', state: 'open', fault: 'unauthorized' }),
  );
  expect(told).toEqual(['model-unauthorized']);
});

test('one model is one object, whichever role it answers, and another one with other parameters', () => {
  const chain = chainOf('openai/m');
  const chains = { coder: chain, debugger: chain, fast: [{ model: 'openai/m', effort: 'low' as const }] };

  const roster = createRoster({ host: hostOf('openai'), chains });

  expect(roster.modelFor('coder')).toBe(roster.modelFor('debugger'));
  expect(roster.modelFor('coder')).not.toBe(roster.modelFor('fast'));
});

test('a reply says with which parameters its model was asked', async () => {
  const scripted = await startScriptedModel({ coder: [[{ text: 'done' }], [{ text: 'done' }]] });
  started.push(scripted);
  const host: HostModels = { providers: { anthropic: { apiKey: key, baseUrl: scripted.url } } };
  const roster = createRoster({
    host,
    chains: { coder: [{ model: 'anthropic/a', temperature: 0.5 }], fast: chainOf('anthropic/a') },
  });

  const chosen = await roster.modelFor('coder').reply(request(), unaborted());
  const plain = await roster.modelFor('fast').reply(request(), unaborted());

  expect([chosen.parameters, plain.parameters]).toEqual([{ temperature: 0.5 }, undefined]);
});
