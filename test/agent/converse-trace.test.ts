import { expect, test } from 'vitest';
import { ProviderError } from '../../src/domain/faults.ts';
import { calling, fakeModel } from '../support/fake-model.ts';
import { fakeTurnLedger } from '../support/fake-turn-ledger.ts';
import { done, talk } from './talk.ts';

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

test('a tool that there is not is told of as unknown: its name may hold anything', async () => {
  const ledger = fakeTurnLedger();

  await talk([calling(['sk-0123456789abcdef', {}]), calling(done)], ledger);

  expect(ledger.traces.map((trace) => trace?.calls.map(({ name }) => name))).toEqual([['unknown'], ['finish']]);
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
