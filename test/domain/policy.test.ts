import { expect, test } from 'vitest';
import { defaultPolicy, revivePolicy } from '../../src/domain/policy.ts';

test('models that an earlier version stored as names are choices without parameters', () => {
  const { models: _models, ...older } = defaultPolicy;

  const revived = revivePolicy({ ...older, models: { coder: ['openai/a', 'anthropic/b/c'] } });

  expect(revived).toEqual({
    ...defaultPolicy,
    models: { coder: [{ model: 'openai/a' }, { model: 'anthropic/b/c' }] },
  });
});

test('choices with parameters come back as they were stored', () => {
  const policy = { ...defaultPolicy, models: { fast: [{ model: 'openai/a', effort: 'low' as const }] } };

  expect(revivePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
});
