import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryAfterOf } from '../../src/models/retry-after.ts';

const date = 'Fri, 27 Nov 2026 10:00:00 GMT';
const hour = 3_600_000;

describe('how long a provider wants to be left alone', () => {
  test.each<[what: string, headers: Record<string, string>, waitMs: number | undefined]>([
    ['nothing', {}, undefined],
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['parts of seconds', { 'retry-after': '0.25' }, 250],
    ['milliseconds before seconds', { 'retry-after-ms': '40', 'retry-after': '7' }, 40],
    ['a date, by the clock of the answer', { 'retry-after': 'Fri, 27 Nov 2026 10:00:30 GMT', date }, 30_000],
    ['a date without a clock', { 'retry-after': 'Fri, 27 Nov 2026 10:00:30 GMT' }, undefined],
    ['a date that has passed', { 'retry-after': 'Fri, 27 Nov 2026 09:00:00 GMT', date }, 0],
    ['a year', { 'retry-after': '31536000' }, hour],
    ['a year, as a date', { 'retry-after': 'Sat, 27 Nov 2027 10:00:00 GMT', date }, hour],
    ['less than nothing', { 'retry-after': '-5', date }, undefined],
    ['no number', { 'retry-after': 'NaN', date }, undefined],
    ['too much for a number', { 'retry-after': '9'.repeat(400) }, hour],
    ['words', { 'retry-after': 'soon', date }, undefined],
    [
      "OpenAI's limit that is used up",
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1m1.5s',
        'x-ratelimit-remaining-tokens': '100',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      61_500,
    ],
    [
      'the later of two limits that are used up',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '20ms',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '2s',
      },
      2_000,
    ],
    [
      "Anthropic's, by the clock of the answer",
      {
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-27T10:00:12Z',
        date,
      },
      12_000,
    ],
    [
      'limits of which something is left',
      { 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-reset-requests': '20s' },
      undefined,
    ],
  ])('%s', (_what, headers, waitMs) => {
    expect(retryAfterOf(new Headers(headers))).toBe(waitMs);
  });

  test('is never negative, no number, or longer than an hour, whatever stands there', () => {
    const names = [
      'retry-after',
      'retry-after-ms',
      'date',
      'x-ratelimit-reset-tokens',
      'x-ratelimit-remaining-tokens',
      'anthropic-ratelimit-tokens-remaining',
      'anthropic-ratelimit-tokens-reset',
    ];
    const value = fc.oneof(
      fc.integer().map(String),
      fc.double().map(String),
      fc.constantFrom('0', '1e308', 'Infinity', '99999d', date, '2026-11-27T10:00:12Z', '+275760-09-13T00:00:00Z'),
      fc.string({ unit: 'grapheme-ascii' }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (headers) => {
        const waitMs = retryAfterOf(new Headers(headers));

        expect(waitMs === undefined || (waitMs >= 0 && waitMs <= hour)).toBe(true);
      }),
    );
  });
});
