import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelSettings } from '../../src/config/model-settings.ts';

type Variables = Readonly<Record<string, string>>;

const read = (variables: Variables) => readModelSettings(variables, false);
const problemsOf = (variables: Variables) => read(variables).problems;
const withKey = (variables: Variables) => problemsOf({ ANTHROPIC_API_KEY: 'sk-ant-1', ...variables });

const folder = mkdtempSync(join(tmpdir(), 'ai-fix-models-'));
function fileOf(text: string): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.yml`);
  writeFileSync(path, text);
  return path;
}

describe('a provider is there', () => {
  it.each([
    [{ GEMINI_API_KEY: 'k' }, { gemini: { apiKey: 'k' } }],
    [
      { MISTRAL_API_KEY: ' k ', MISTRAL_BASE_URL: 'https://eu.mistral.example/v1/' },
      { mistral: { apiKey: 'k', baseUrl: 'https://eu.mistral.example/v1' } },
    ],
    [
      { XAI_API_KEY: 'k', GROQ_API_KEY: 'k', DEEPSEEK_BASE_URL: 'https://x.example' },
      { xai: {}, groq: {} },
    ],
    [{ OPENROUTER_API_KEY: 'k' }, { openrouter: { apiKey: 'k' } }],
  ])('with its key: %j', (variables, access) => {
    const { models, problems } = read(variables as Variables);

    expect(problems).toEqual([]);
    expect(Object.keys(models.providers).sort()).toEqual(Object.keys(access).sort());
    expect(models.providers).toMatchObject(access);
  });

  it.each([
    [{ OLLAMA_BASE_URL: 'http://gpu.internal:11434' }, 'ollama', 'http://gpu.internal:11434/v1'],
    [{ OLLAMA_HOST: '0.0.0.0' }, 'ollama', 'http://127.0.0.1:11434/v1'],
    [{ OLLAMA_HOST: '0.0.0.0:8080' }, 'ollama', 'http://127.0.0.1:8080/v1'],
    [{ OLLAMA_HOST: ':1234' }, 'ollama', 'http://127.0.0.1:1234/v1'],
    [{ OLLAMA_HOST: 'gpu' }, 'ollama', 'http://gpu:11434/v1'],
    [{ OLLAMA_HOST: 'https://ollama.example' }, 'ollama', 'https://ollama.example/v1'],
    [{ VLLM_BASE_URL: 'http://10.0.0.7:8000/v1' }, 'vllm', 'http://10.0.0.7:8000/v1'],
    [{ LLAMA_CPP_BASE_URL: 'http://localhost:8080/' }, 'llama-cpp', 'http://localhost:8080/v1'],
    [{ LM_STUDIO_BASE_URL: 'http://[::1]:1234' }, 'lm-studio', 'http://[::1]:1234/v1'],
    [{ OPENAI_COMPATIBLE_BASE_URL: 'https://llm.example/api' }, 'openai-compatible', 'https://llm.example/api'],
    [
      { AZURE_OPENAI_ENDPOINT: 'https://mine.openai.azure.com/', AZURE_OPENAI_API_KEY: 'k' },
      'azure',
      'https://mine.openai.azure.com/openai/v1',
    ],
    [
      { OPENAI_BASE_URL: 'http://llm.example/v1', AI_FIX_HTTP_HOSTS: 'a.example, LLM.example' },
      'openai',
      'http://llm.example/v1',
    ],
  ])('at its address: %j', (variables, name, baseUrl) => {
    const { models, problems } = read({ ...(variables as Variables), AI_FIX_MODEL: 'one' });

    expect(problems).toEqual([]);
    expect(Object.entries(models.providers)).toEqual([[name, expect.objectContaining({ baseUrl })]]);
    expect(models.everyRole).toEqual({ provider: name, model: 'one' });
  });

  it('no more with half of what it needs', () => {
    expect(Object.keys(read({ AZURE_OPENAI_API_KEY: 'k', OPENAI_API_KEY: 'k' }).models.providers)).toEqual(['openai']);
  });
});

describe('an address is refused', () => {
  it.each([
    ['localhost:1', /^OPENAI_BASE_URL: found "localhost:1"; allowed: an http or https address/],
    ['file:///etc/passwd', /allowed: an http or https address/],
    ['http://llm.example/v1', /allowed: https; http only on this machine, .* AI_FIX_HTTP_HOSTS/],
    ['http://169.254.169.254/v1', /allowed: https/],
    [
      'https://me:hidden@llm.example/v1',
      /found a value that is not shown; allowed: .* the key belongs into OPENAI_API_KEY/,
    ],
    ['https://llm.example/v1?api-version=1', /allowed: an address that ends with its path/],
  ])('%s', (address, problem) => {
    const problems = problemsOf({ OPENAI_BASE_URL: address, AI_FIX_MODEL: 'one' });

    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain('hidden');
  });
});

describe('a key is refused that no request could carry', () => {
  it.each([
    ['sk-ant-…aaa', 'a character U+2026 at place 8'],
    ['sk-ant-\naaa', 'a line break at place 8'],
    ['sk ant', 'a space at place 3'],
    ['sk-ant\u200b', 'a character U+200B at place 7'],
    ['sk-😀', 'a character U+1F600 at place 4'],
  ])('%j', (apiKey, odd) => {
    expect(problemsOf({ ANTHROPIC_API_KEY: apiKey, OPENAI_API_KEY: 'k' })).toEqual([
      `ANTHROPIC_API_KEY: found a value that is not shown, with ${odd}; allowed: letters, digits and signs of ASCII, as they are copied whole from the provider's page`,
    ]);
  });

  it('beside whatever else is wrong', () => {
    const problems = problemsOf({ ANTHROPIC_API_KEY: '…', GEMINI_API_KEY: '…', ANTHROPIC_BASE_URL: 'nope' });

    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_BASE_URL',
      'GEMINI_API_KEY',
    ]);
  });
});

describe('AI_FIX_MODEL', () => {
  it.each([
    [{ OPENAI_API_KEY: 'k', AI_FIX_MODEL: 'gpt-7' }, 'openai', 'gpt-7'],
    [{ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', AI_FIX_MODEL: 'gpt-7' }, 'openai', 'gpt-7'],
    [{ GEMINI_API_KEY: 'k', AI_FIX_MODEL: 'gemini-4' }, 'gemini', 'gemini-4'],
    [{ GEMINI_API_KEY: 'k', XAI_API_KEY: 'k', AI_FIX_MODEL: 'xai/grok-5' }, 'xai', 'grok-5'],
    [{ OLLAMA_HOST: 'gpu', AI_FIX_MODEL: 'ollama/qwen3-coder:30b' }, 'ollama', 'qwen3-coder:30b'],
    [{ OLLAMA_HOST: 'gpu', AI_FIX_MODEL: 'hf.co/some/model' }, 'ollama', 'hf.co/some/model'],
    [{ OPENAI_BASE_URL: 'http://gpu/v1', AI_FIX_MODEL: 'openai/gpt-oss-20b' }, 'openai', 'openai/gpt-oss-20b'],
    [{ OLLAMA_HOST: 'gpu', VLLM_BASE_URL: 'http://gpu', AI_FIX_MODEL: 'vllm/qwen' }, 'vllm', 'qwen'],
  ])('names one model: %j', (variables, provider, model) => {
    const { models, problems } = read(variables as Variables);

    expect([problems, models.everyRole]).toEqual([[], { provider, model }]);
  });

  it.each([
    [
      { OPENAI_API_KEY: 'k', AI_FIX_MODEL: 'anthropic/claude-opus-5-5' },
      'found "anthropic/claude-opus-5-5", but ANTHROPIC_API_KEY is not set; allowed: openai/anthropic/claude-opus-5-5 where a model of openai is called so',
    ],
    [
      { OPENAI_API_KEY: 'k', GEMINI_API_KEY: 'k', AI_FIX_MODEL: 'opnai/gpt-6-sol' },
      'found "opnai/gpt-6-sol"; allowed: openai/opnai/gpt-6-sol where a model of openai is called so; did you mean openai/gpt-6-sol?',
    ],
    [
      { OLLAMA_HOST: 'gpu', AI_FIX_MODEL: 'olama/qwen' },
      'found "olama/qwen"; allowed: ollama/olama/qwen where a model of ollama is called so; did you mean ollama/qwen?',
    ],
    [
      { OPENAI_API_KEY: 'k', AI_FIX_MODEL: 'openai//gpt-6-sol' },
      'found "openai//gpt-6-sol"; nothing stands before, between or behind its slashes; allowed: provider/model',
    ],
  ])('that means another provider is no model of the only one: %j', (variables, problem) => {
    expect(problemsOf(variables as Variables)).toEqual([`AI_FIX_MODEL: ${problem}`]);
  });

  it.each([
    [{ OPENROUTER_API_KEY: 'k', AI_FIX_MODEL: 'anthropic/claude-opus-5.5' }, 'openrouter', 'anthropic/claude-opus-5.5'],
    [{ OPENROUTER_API_KEY: 'k', AI_FIX_MODEL: 'x-ai/grok-4.6' }, 'openrouter', 'x-ai/grok-4.6'],
    [{ OPENROUTER_API_KEY: 'k', AI_FIX_MODEL: 'openrouter/openai/gpt-9' }, 'openrouter', 'openai/gpt-9'],
    [{ GROQ_API_KEY: 'k', AI_FIX_MODEL: 'openai/gpt-oss-120b' }, 'groq', 'openai/gpt-oss-120b'],
    [{ OLLAMA_HOST: 'gpu', AI_FIX_MODEL: 'openai/gpt-oss-20b' }, 'ollama', 'openai/gpt-oss-20b'],
  ])('may begin with another maker where such a model is sold: %j', (variables, provider, model) => {
    const { models, problems } = read(variables as Variables);

    expect([problems, models.everyRole]).toEqual([[], { provider, model }]);
  });

  it('has to say at which of several servers', () => {
    expect(problemsOf({ OLLAMA_HOST: 'gpu', VLLM_BASE_URL: 'http://gpu', AI_FIX_MODEL: 'qwen' })).toEqual([
      'AI_FIX_MODEL: found "qwen"; allowed: provider/model with one of ollama, vllm',
    ]);
  });

  it('is missing where there is only a server of one’s own, unless the roster names its models', () => {
    const all =
      '{ architect: [ollama/a], coder: [ollama/a], fast: [ollama/a], debugger: [ollama/a], reviewer: [ollama/a] }';

    expect(problemsOf({ OLLAMA_HOST: 'gpu' })).toEqual([
      'AI_FIX_MODEL: missing; with OLLAMA_BASE_URL, name the model that this server offers',
    ]);
    expect(readModelSettings({ OLLAMA_HOST: 'gpu' }, true).problems).toEqual([]);
    expect(problemsOf({ OLLAMA_HOST: 'gpu', AI_FIX_MODELS: all })).toEqual([]);
  });
});

describe('AI_FIX_MODELS', () => {
  const chains = {
    coder: [{ model: 'anthropic/a', effort: 'high', maxOutputTokens: 8_000 }, { model: 'anthropic/b' }],
  };

  it.each([
    ['YAML right there', 'coder:\n  - { model: anthropic/a, effort: high, max_tokens: 8000 }\n  - anthropic/b'],
    ['JSON', '{"coder":[{"model":"anthropic/a","effort":"high","max_tokens":8000},"anthropic/b"]}'],
    ['a file', fileOf('coder: [{ model: anthropic/a, effort: high, max_tokens: 8000 }, anthropic/b]')],
    [
      'a part of a repository’s file',
      fileOf('models: { coder: [{ model: anthropic/a, effort: high, max_tokens: 8000 }, anthropic/b] }'),
    ],
  ])('is %s', (_how, value) => {
    const { models, problems } = read({ ANTHROPIC_API_KEY: 'k', AI_FIX_MODELS: value });

    expect([problems, models.chains]).toEqual([[], chains]);
  });

  it.each([
    [
      'nowhere.yml',
      /^AI_FIX_MODELS: found "nowhere.yml", which cannot be read \(ENOENT\); allowed: the path of a YAML/,
    ],
    ['{}', /no role stands there/],
    ['{ boss: [openai/b] }', /unknown key `boss` in `models`; allowed: `architect`/],
    ['{ codr: [openai/b] }', /`codr` \(did you mean `coder`\?\)/],
    ['{ coder: openai/b }', /`models.coder`: found the text `openai\/b`; allowed: a list of 1 to 8/],
    ['{ coder: [sonnet] }', /`models.coder.0`: found the text `sonnet`; allowed: `provider\/model` or/],
    ['{ coder: [{ temperature: 1 }] }', /`models.coder.0.model`: found nothing; allowed: `provider\/model`/],
    [
      '{ coder: [{ model: openai/b, temprature: 1 }] }',
      /`temprature` \(did you mean `temperature`\?\) in `models.coder.0`/,
    ],
    [
      '{ coder: [{ model: openai/b, temperature: 3 }] }',
      /`models.coder.0.temperature`: found the number 3; allowed: a number from 0 to 2/,
    ],
    [
      '{ coder: [{ model: openai/b, temperature: .nan }] }',
      /`models.coder.0.temperature`: found .*; allowed: a number from 0 to 2/,
    ],
    [
      '{ coder: [{ model: openai/b, effort: hihg }] }',
      /allowed: `none`, `low`, `medium`, `high` or `max`; did you mean `high`\?/,
    ],
    [
      '{ coder: [{ model: openai/b, max_tokens: 10 }] }',
      /`models.coder.0.max_tokens`: found the number 10; allowed: a whole/,
    ],
    ['{ coder: [openi/b] }', /`models.coder.0`: found the text `openi\/b`; did you mean openai\?; allowed: /],
    ['{ coder: [openai//b] }', /`models.coder.0`: found the text `openai\/\/b`; allowed: `provider\/model`/],
    ['{ coder: ["openai/b\\u200b"] }', /`models.coder.0`: found the text `openai\/b `; a character in it is not shown/],
    ['{ coder: [&a x/y, *a] }', /alias/],
    ['{ coder: a b: c }', /^AI_FIX_MODELS: line 1: /],
    ['{ coder: [openai/x] }', /^AI_FIX_MODELS: models.coder.0: found "openai\/x", but OPENAI_API_KEY or/],
  ])('%s is refused', (value, problem) => {
    expect(withKey({ AI_FIX_MODELS: value })).toEqual([expect.stringMatching(problem)]);
  });
});

describe('AI_FIX_PRICES', () => {
  it('is read by model and glob', () => {
    const value = `
"ollama/*": { input: 0, output: 0, context: 32768 }
anthropic/next: { input: 3, cached_input: 0.3, cache_write: 3.75, output: 15 }
anthropic/known: { context: 500000 }`;

    const { models, problems } = read({ ANTHROPIC_API_KEY: 'k', AI_FIX_PRICES: value });

    expect(problems).toEqual([]);
    expect(models.prices).toEqual([
      {
        models: 'ollama/*',
        price: { inputUsdPerMillion: 0, cachedInputUsdPerMillion: 0, outputUsdPerMillion: 0 },
        contextTokens: 32_768,
      },
      {
        models: 'anthropic/next',
        price: {
          inputUsdPerMillion: 3,
          cachedInputUsdPerMillion: 0.3,
          cacheWriteUsdPerMillion: 3.75,
          outputUsdPerMillion: 15,
        },
        contextTokens: null,
      },
      { models: 'anthropic/known', price: null, contextTokens: 500_000 },
    ]);
  });

  it.each([
    [
      '{ openai/b: { input: .nan, output: 1 } }',
      /^AI_FIX_PRICES: `openai\/b`, `input`: found NaN; allowed: a number of US dollars/,
    ],
    ['{ openai/b: { input: -1, output: 1 } }', /`input`: found -1; allowed/],
    ['{ openai/b: { input: .inf, output: 1 } }', /`input`: found Infinity; allowed/],
    ['{ openai/b: { input: 1, output: 99999 } }', /`output`: found 99999; allowed: .* from 0 to 10000/],
    ['{ openai/b: { input: "1", output: 1 } }', /`input`: found 1; allowed/],
    ['{ openai/b: { input: 1 } }', /found `input` alone; allowed: both of them, or neither/],
    ['{ openai/b: { cached_input: 1 } }', /found a price of caches or reasoning alone/],
    [
      '{ openai/b: {} }',
      /`openai\/b`: found nothing; allowed: input, cached_input, cache_write, output, reasoning, context/,
    ],
    ['{ openai/b: { inptu: 1 } }', /unknown key `inptu`; allowed: input/],
    ['{ openai/b: 3 }', /found no group of keys/],
    ['{ openi/b: { input: 1, output: 1 } }', /`openi\/b`: there is no such provider; did you mean openai\?$/],
    ['{ "zzz*/b": { input: 1, output: 1 } }', /there is no such provider; allowed providers: anthropic, openai, /],
    ['{ ab: { input: 1, output: 1 } }', /`ab`: allowed: `provider\/model`/],
    ['{ openai/b: { context: 12.5 } }', /`context`: found 12.5; allowed: a whole number/],
    ['{ openai/b: { context: 10 } }', /`context`: found 10; allowed/],
    ['[1]', /cannot be read/],
    ['\n- 1\n- 2', /no keys stand there/],
  ])('%s is refused', (value, problem) => {
    expect(withKey({ AI_FIX_PRICES: value })).toEqual([expect.stringMatching(problem)]);
  });
});

it('AI_FIX_ALLOWED_MODELS is a list of globs', () => {
  const { models } = read({ ANTHROPIC_API_KEY: 'k', AI_FIX_ALLOWED_MODELS: 'anthropic/*, openai/gpt-6-*' });

  expect(models.allowed).toEqual(['anthropic/*', 'openai/gpt-6-*']);
  expect(withKey({ AI_FIX_ALLOWED_MODELS: 'sonnet' })).toEqual([
    'AI_FIX_ALLOWED_MODELS: found "sonnet"; allowed: provider/model, or a glob as in anthropic/*',
  ]);
});

describe('a name or glob that fits nothing', () => {
  it('is refused where it is of no provider', () => {
    expect(withKey({ AI_FIX_ALLOWED_MODELS: 'openi/*' })).toEqual([
      'AI_FIX_ALLOWED_MODELS: found "openi/*"; did you mean openai?',
    ]);
  });

  it('is a warning where it is of no known model', () => {
    const { problems, warnings } = read({
      OPENAI_API_KEY: 'k',
      AI_FIX_PRICES: '{ openai/gpt-6-sal: { input: 1, output: 1 }, "openai/gpt-9-*": { context: 3000 } }',
      AI_FIX_ALLOWED_MODELS: 'anthropic/claude-opus-5-6',
    });

    expect([problems, warnings]).toEqual([
      [],
      [
        'AI_FIX_ALLOWED_MODELS: "anthropic/claude-opus-5-6" fits no model of the roster or of the price registry; did you mean anthropic/claude-opus-4-6?',
        'AI_FIX_PRICES: "openai/gpt-6-sal" fits no model of the roster or of the price registry; did you mean openai/gpt-6-sol?',
        'AI_FIX_PRICES: "openai/gpt-9-*" fits no model of the roster or of the price registry',
      ],
    ]);
  });

  it('is nothing where the roster has it, where it is dated, or where names are the admin’s own', () => {
    const { warnings } = read({
      OPENAI_API_KEY: 'k',
      OLLAMA_HOST: 'gpu',
      AI_FIX_MODELS: '{ coder: [openai/gpt-9-new, ollama/qwen3] }',
      AI_FIX_PRICES:
        '{ openai/gpt-9-new: { context: 3000 }, openai/gpt-4o-2024-08-06: { context: 3000 }, ollama/llama: { context: 3000 }, azure/my-deployment: { context: 3000 } }',
      AI_FIX_ALLOWED_MODELS: '*, openai/gpt-6-*, ollama/*',
    });

    expect(warnings).toEqual([]);
  });
});
