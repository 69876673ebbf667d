import { expect, it } from 'vitest';
import { lookAtRoster } from '../../../src/cli/try/look-at-roster.ts';
import type { TryDesk, TryOptions } from '../../../src/cli/try/options.ts';
import { policyHere } from '../../../src/cli/try/policy-here.ts';
import type { Chains } from '../../../src/domain/conversation.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';

function look(model: string | null, models: Chains = {}): readonly string[] {
  const told: string[] = [];
  const desk: TryDesk = { progress: (line) => told.push(line), show: () => undefined, ask: async () => null };
  const options = { model, models: { providers: { openai: { apiKey: 'k' } } } } as unknown as TryOptions;
  const policy = policyHere({ ...defaultPolicy, models }, { model, budget: {} }, 'ai-fix/');
  lookAtRoster(options, { policy, workflowPath: 'w.yml', fixers: null }, desk);
  return told;
}

it('a name that nobody knows is told with the nearest one before it is asked', () => {
  expect(look('openai/gpt-6-soll')).toEqual([
    expect.stringMatching(/^openai\/gpt-6-soll .* Did you mean openai\/gpt-6-sol or/),
  ]);
  expect(look('openai/gpt-6-sol')).toEqual([]);
});

it('a model that cannot be asked is refused once, with where it was chosen', () => {
  expect(() => look('openi/gpt-6-sol')).toThrow(/^--model: found "openi\/gpt-6-sol"; did you mean openai\?$/);
  expect(() => look(null, { coder: [{ model: 'openai/a' }, { model: 'gemini/b' }] })).toThrow(
    /^\.github\/ai-fix\.yml: models\.coder\.1: found "gemini\/b", but GEMINI_API_KEY is not set$/,
  );
});
