import { describe, expect, test } from 'vitest';
import type { ProviderError, ProviderFault, Remedy } from '../../src/domain/faults.ts';
import { toProviderError } from '../../src/models/provider-faults.ts';

const asked = { modelId: 'openai/gpt-6-soll', apiKey: 'sk-secret-0123456789' };

const answered = (status: number | undefined, code: string | null, message = 'no'): ProviderError =>
  toProviderError({ kind: 'answered', status, code, message, headers: new Headers() }, asked);

const geminis = (limits: string) =>
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, ' +
  `head to: https://ai.google.dev/gemini-api/docs/rate-limits. * Quota exceeded for metric: requests, ${limits}`;

describe('what an answer means', () => {
  test.each<[status: number | undefined, code: string | null, message: string, fault: ProviderFault, remedy: Remedy]>([
    [401, 'invalid_api_key', 'Incorrect API key', 'unauthorized', 'tell-admin'],
    [401, 'authentication_error', 'invalid x-api-key', 'unauthorized', 'tell-admin'],
    [403, null, 'not allowed', 'unauthorized', 'tell-admin'],
    [403, 'model_not_found', 'Project has no access to model', 'unknown-model', 'tell-admin'],
    [402, null, 'Payment required', 'no-credit', 'tell-admin'],
    [402, '402', 'This request requires more credits', 'no-credit', 'tell-admin'],
    [429, 'insufficient_quota', 'You exceeded your current quota', 'no-credit', 'tell-admin'],
    [429, null, geminis('Please retry in 12.4s.'), 'rate-limited', 'ask-again'],
    [429, null, geminis('limit: 250, model: gemini-3-pro'), 'rate-limited', 'ask-again'],
    [429, null, geminis('limit: 0, model: gemini-3-pro. Please retry in 12.4s.'), 'no-credit', 'tell-admin'],
    [429, 'credit_balance_exhausted', 'no credits', 'no-credit', 'tell-admin'],
    [400, 'invalid_request_error', 'Your credit balance is too low to access the API', 'no-credit', 'tell-admin'],
    [400, 'invalid_request_error', 'You have reached your specified API usage limits.', 'no-credit', 'tell-admin'],
    [400, 'billing_error', 'no', 'no-credit', 'tell-admin'],
    [404, 'not_found_error', 'model: claude-nope', 'unknown-model', 'tell-admin'],
    [400, null, 'foo/bar is not a valid model ID', 'unknown-model', 'tell-admin'],
    [404, null, "model 'qwen' not found, try pulling it first", 'unknown-model', 'tell-admin'],
    [413, 'request_too_large', 'Request exceeds the maximum size', 'too-long', 'ask-next'],
    [400, 'context_length_exceeded', 'too many tokens', 'too-long', 'ask-next'],
    [400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', 'too-long', 'ask-next'],
    [400, null, "This model's maximum context length is 8192 tokens", 'too-long', 'ask-next'],
    [400, 'content_filter', 'The response was filtered', 'filtered', 'ask-next'],
    [400, 'invalid_request_error', 'Output blocked by content filtering policy', 'filtered', 'ask-next'],
    [400, 'invalid_request_error', 'messages.3: unexpected field', 'rejected', 'give-up'],
    [422, null, 'temperature must be below 2', 'rejected', 'give-up'],
    [429, 'rate_limit_exceeded', 'Rate limit reached', 'rate-limited', 'ask-again'],
    [429, null, 'slow down', 'rate-limited', 'ask-again'],
    [500, 'server_error', 'The model does not exist in this region right now', 'overloaded', 'ask-again'],
    [529, 'overloaded_error', 'Overloaded', 'overloaded', 'ask-again'],
    [520, null, 'unknown error', 'overloaded', 'ask-again'],
    [522, null, 'connection timed out', 'timed-out', 'ask-again'],
    [526, null, 'invalid certificate', 'overloaded', 'ask-again'],
    [undefined, '429', 'upstream is rate limited', 'rate-limited', 'ask-again'],
    [undefined, '402', 'upstream wants money', 'no-credit', 'tell-admin'],
    [undefined, 'rate_limit_error', 'sorry', 'rate-limited', 'ask-again'],
    [401, 'api_error', 'a gateway hides the word', 'unauthorized', 'tell-admin'],
    [undefined, 'server_error', 'sorry', 'overloaded', 'ask-again'],
    [undefined, null, 'sorry', 'overloaded', 'ask-again'],
  ])('%s %s "%s" is %s: %s', (status, code, message, fault, remedy) => {
    const error = answered(status, code, message);

    expect(error).toMatchObject({ fault, remedy, isRetryable: remedy === 'ask-again' });
  });

  test.each([
    ['Please retry in 12.4s.', 12_400],
    ['Please try again in 1m2.5s.', 62_500],
    ['Please retry in 900ms.', 900],
    ['Please retry in 900h.', 3_600_000],
    ['Please retry in a while.', undefined],
  ])('a rate limit is waited for as long as its sentence says: %s', (words, retryAfterMs) => {
    expect(answered(429, null, words).retryAfterMs).toBe(retryAfterMs);
    expect(answered(400, null, words).retryAfterMs).toBeUndefined();
  });

  test('a model that nobody knows is told with the nearest names', () => {
    expect(answered(404, 'model_not_found', 'no such model').message).toContain('(near names: openai/gpt-6-sol');
  });

  test('the nearest names are those of the address that was asked', () => {
    const fault = { kind: 'answered', status: 404, code: 'model_not_found', message: 'no such model' } as const;

    const { message } = toProviderError(fault, {
      apiKey: asked.apiKey,
      modelId: 'openai/llama-3.3-70b-versatil',
      baseUrl: 'https://api.groq.com/openai/v1',
    });

    expect(message).toContain('(near names: openai/llama-3.3-70b-versatile');
  });

  test("a proxy's page is told by its title alone", () => {
    const page = `502 <!DOCTYPE html><html><head><title>Bad gateway</title></head>${'<p>x</p>'.repeat(1_000)}</html>`;

    const { message } = answered(502, null, page);

    expect(message).toBe(
      'openai/gpt-6-soll: 502 a web page in place of an answer: Bad gateway; a proxy stands between?',
    );
  });
});

describe('a connection that fails', () => {
  test.each([
    ['ENOTFOUND', 'unreachable', 'ask-again'],
    ['ECONNREFUSED', 'unreachable', 'ask-again'],
    ['ECONNRESET', 'unreachable', 'ask-again'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted', 'tell-admin'],
    ['CERT_HAS_EXPIRED', 'untrusted', 'tell-admin'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted', 'tell-admin'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted', 'tell-admin'],
  ] as const)('with %s is %s: %s', (code, fault, remedy) => {
    const error = toProviderError({ kind: 'unreachable', code }, asked);

    expect(error).toMatchObject({ fault, remedy });
    expect(error.message).toContain(code);
  });
});
