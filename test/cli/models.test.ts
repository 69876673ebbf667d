import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/command.ts';
import { type ModelsOrder, tellModels } from '../../src/cli/models/tell.ts';
import { modelsCommand } from '../../src/cli/models.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { captureTerminal } from '../support/captured-terminal.ts';

const key = 'sk-secret-0123456789';
const started: ScriptedModel[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((scripted) => scripted.close()));
});

async function tell(environment: Record<string, string>, order: Partial<ModelsOrder> = {}) {
  const terminal = captureTerminal();
  const whole = { named: [], withRegistry: false, asks: false, isJson: false, ...order };
  const taken = { ...environment };
  const code = await tellModels(whole, taken, terminal);
  return { code, said: terminal.said, left: Object.keys(taken) };
}

describe('ai-fix models', () => {
  it('says on a host without a key what each provider needs', async () => {
    const { code, said } = await tell({});

    expect(code).toBe(78);
    expect(said).toMatch(/^No model can be asked on this host/);
    for (const line of [
      /^anthropic +ANTHROPIC_API_KEY is not set$/m,
      /^azure +AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT are not both set +https:\/\/name\.openai\.azure\.com$/m,
      /^ollama +OLLAMA_BASE_URL is not set +http:\/\/localhost:11434$/m,
    ])
      expect(said).toMatch(line);
  });

  it('shows providers, roster, context and prices, within the width of a terminal', async () => {
    const { code, said, left } = await tell({
      ANTHROPIC_API_KEY: key,
      OLLAMA_HOST: 'gpu',
      AI_FIX_MODELS:
        '{ coder: [{ model: anthropic/claude-sonnet-5, effort: high, max_tokens: 9000 }], fast: [ollama/qwen] }',
      AI_FIX_ALLOWED_MODELS: 'anthropic/*',
      AI_FIX_PRICES: '{ "ollama/*": { input: 0, output: 0, context: 32768 } }',
    });

    expect(code).toBe(0);
    for (const line of [
      /^anthropic +ANTHROPIC_API_KEY +https:\/\/api\.anthropic\.com$/m,
      /^ollama +none +http:\/\/gpu:11434\/v1$/m,
      /^anthropic +Messages +yes +yes +signed blocks +marked by us +registry$/m,
      /^architect +anthropic\/claude-opus-5-5 +1,000,000 +4\.00 +0\.20 +5\.00 +20\.00$/m,
      /^coder +anthropic\/claude-sonnet-5 +effort high, max_tokens 9000 +1,000,000 +2\.00 +0\.20 +2\.50 +10\.00$/m,
      /^fast +ollama\/qwen +32,768 +0\.00 +0\.00 +– +0\.00$/m,
      /^Repositories may name: anthropic\/\*$/m,
      /^Not set up .*:\n {2}openai, azure, gemini, .*,\n {2}/m,
    ])
      expect(said).toMatch(line);
    expect(said).not.toContain(key);
    expect(left).not.toContain('ANTHROPIC_API_KEY');
    expect(Math.max(...said.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  it('shows a price that nobody knows as unknown, and the nearest names', async () => {
    const { code, said } = await tell({ DEEPSEEK_API_KEY: key }, { named: ['deepseek/deepseek-v4-prp'] });

    expect(code).toBe(0);
    expect(said).toMatch(/^deepseek\/deepseek-v4-prp +\? +\? +\? +\? +\?$/m);
    expect(said).toMatch(/Did you mean deepseek\/deepseek-v4-pro/);
    expect(said).not.toContain('Roster');
  });

  it('lists with --all what the registry knows of the providers that are set up', async () => {
    const { said } = await tell({ DEEPSEEK_API_KEY: key }, { withRegistry: true });

    expect(said).toMatch(/^deepseek\/deepseek-v3\.2 +128,000 +0\.2288/m);
    expect(said).not.toMatch(/^anthropic\//m);
  });

  it('shows what reasoning costs where the admin set a price for it', async () => {
    const AI_FIX_PRICES = '{ anthropic/claude-haiku-4-5: { input: 1, output: 5, reasoning: 7.5 } }';

    const { said } = await tell({ ANTHROPIC_API_KEY: key, AI_FIX_PRICES });

    expect(said).toMatch(/ output +reasoning$/m);
    expect(said).toMatch(/^fast +anthropic\/claude-haiku-4-5 .* 5\.00 +7\.50$/m);
    expect(said).toMatch(/^architect .* –$/m);
    expect((await tell({ ANTHROPIC_API_KEY: key })).said).not.toMatch(/output +reasoning/);
  });

  it('tells what is set and fits nothing, and a model that a chain asks twice', async () => {
    const { code, said } = await tell({
      ANTHROPIC_API_KEY: key,
      AI_FIX_MODELS: '{ coder: [anthropic/claude-sonnet-5, anthropic/claude-opus-5-5, anthropic/claude-sonnet-5] }',
      AI_FIX_PRICES: '{ openai/gpt-6-sal: { context: 3000 } }',
    });

    expect(code).toBe(0);
    expect(said).toMatch(/^To look at$/m);
    expect(said).toContain('AI_FIX_PRICES: "openai/gpt-6-sal" fits no model of the roster or of the price registry');
    expect(said).toContain(
      'AI_FIX_MODELS: models.coder.2: anthropic/claude-sonnet-5 stands at 0 already, with the same parameters',
    );
  });

  it('tells wrong settings beside what is right', async () => {
    const { code, said } = await tell({ ANTHROPIC_API_KEY: key, AI_FIX_MODELS: '{ codr: [a/b] }' });

    expect(code).toBe(78);
    expect(said).toMatch(/did you mean `coder`/);
    expect(said).toMatch(/^anthropic +ANTHROPIC_API_KEY/m);
  });

  it.each([
    ['depseek/x', /did you mean deepseek\?/],
    ['boss/x', /allowed providers: anthropic, openai/],
    ['anthropic/', /names no model/],
    ['anthropic//x', /nothing stands before, between or behind its slashes; allowed: provider\/model/],
    ['claude-opus-5-5', /names no provider that ai-fix knows; did you mean anthropic\/claude-opus-5-5\?/],
    ['gpt-6-soll', /did you mean openai\/gpt-6-sol\?/],
    ['openai/gpt-6-sol', /cannot be asked: OPENAI_API_KEY or OPENAI_BASE_URL is not set/],
  ])('refuses %s, which names nothing that can be asked', async (name, said) => {
    const telling = tell({ ANTHROPIC_API_KEY: key }, { named: [name] });

    await expect(telling).rejects.toThrow(UsageError);
    await expect(telling).rejects.toThrow(said);
  });

  it('prints all of it as JSON, without a secret', async () => {
    const { said } = await tell({ GEMINI_API_KEY: key }, { isJson: true });

    const survey = JSON.parse(said);
    expect(survey.providers.find(({ name }: { name: string }) => name === 'gemini')).toMatchObject({
      missing: null,
      hasKey: true,
      baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    });
    expect(survey.roster[0]).toMatchObject({
      role: 'architect',
      model: 'gemini/gemini-3.8-flash',
      contextTokens: 1_000_000,
    });
    expect(said).not.toContain(key);
  });

  it('asks with --ask each model once, says the cost before, and fails where one does not answer', async () => {
    const scripted = await startScriptedModel({ fast: [[{ text: 'ok' }]] });
    started.push(scripted);
    const environment = {
      ANTHROPIC_API_KEY: key,
      ANTHROPIC_BASE_URL: scripted.url,
      OPENAI_API_KEY: key,
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    };
    const roles = ['architect', 'coder', 'fast', 'debugger', 'reviewer'];
    const AI_FIX_MODELS = JSON.stringify(
      Object.fromEntries(roles.map((role) => [role, ['anthropic/claude-haiku-4-5', 'openai/mine']])),
    );

    const { code, said } = await tell({ ...environment, AI_FIX_MODELS }, { asks: true });

    expect(code).toBe(1);
    expect(said).toMatch(
      /^Asking 2 models one word each costs at most \$0\.0\d+, and what the 1 without a known price ask/m,
    );
    expect(said).toMatch(
      /^ok {4}model anthropic\/claude-haiku-4-5: answers; asking cost \$0\.\d+ and took \d+\.\d s$/m,
    );
    expect(said).toMatch(/^fail {2}model openai\/mine: openai\/mine cannot be reached/m);
    expect(scripted.requests).toHaveLength(1);
  });

  it('says of a key or an address that comes to nothing what is missing beside it', async () => {
    const { code, said } = await tell({
      OPENAI_API_KEY: key,
      AZURE_OPENAI_API_KEY: key,
      ANTHROPIC_BASE_URL: 'https://gateway.test',
    });

    expect(code).toBe(0);
    expect(said).toContain('ANTHROPIC_BASE_URL is set, but ANTHROPIC_API_KEY is not set: Anthropic is not asked');
    expect(said).toContain(
      'AZURE_OPENAI_API_KEY is set, but AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT are not both set: Azure OpenAI is not asked',
    );
    expect(said).not.toContain('- OPENAI_API_KEY is set');
  });

  it('explains itself', async () => {
    const terminal = captureTerminal();

    expect(await modelsCommand.run(['--help'], terminal)).toBe(0);
    expect(terminal.said).toContain('Usage: ai-fix models');
  });
});
