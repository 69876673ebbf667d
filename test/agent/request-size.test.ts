import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputSize } from '../../src/agent/request-size.ts';
import type { Message } from '../../src/domain/conversation.ts';
import type { ModelRequest } from '../../src/ports/model.ts';
import { paidTurns } from './turns.ts';

const requestOf = (messages: readonly Message[]): ModelRequest => ({
  system: 'role: coder',
  messages,
  tools: [],
  maxOutputTokens: 100,
});
const [turn] = paidTurns({ calls: [['list_files', {}, 'a']] });
const counted = (inputTokens: number) => ({
  ...(turn ?? expect.fail()),
  reply: {
    ...(turn ?? expect.fail()).reply,
    usage: { inputTokens, cachedInputTokens: 0, outputTokens: 1 },
  },
});

/** Any tokenizer: each text has a number of tokens of its own, at most one a byte. */
const tokensOf = (messages: readonly Message[], density: (text: string) => number): number =>
  messages.reduce((sum, message) => {
    const text = JSON.stringify(message);
    return sum + Math.floor(Buffer.byteLength(text) * density(text));
  }, 500);

describe('what a request is counted as', () => {
  it('is expected to be four bytes a token before anybody has counted', () => {
    const { estimatedTokens } = inputSize(requestOf([{ from: 'user', text: 'x'.repeat(40_000) }]), null);

    expect(estimatedTokens).toBeGreaterThan(10_000);
    expect(estimatedTokens).toBeLessThan(10_100);
  });

  it('follows what the provider counted last', () => {
    const before = requestOf([{ from: 'user', text: 'x'.repeat(40_000) }]);
    const after = requestOf([...before.messages, { from: 'user', text: 'y'.repeat(20_000) }]);

    const size = inputSize(after, { turn: counted(20_000), request: before });

    expect(size.estimatedTokens).toBeGreaterThan(29_500);
    expect(size.estimatedTokens).toBeLessThan(30_500);
    expect(size.mostTokens).toBeLessThan(40_200);
    expect(size.mostTokensElsewhere).toBeGreaterThan(size.mostTokens);
  });

  it('is bounded by its bytes where a provider told no usage', () => {
    const before = requestOf([{ from: 'user', text: 'x'.repeat(4_000) }]);

    expect(inputSize(before, { turn: counted(0), request: before }).mostTokens).toBeGreaterThan(4_000);
  });

  it('never exceeds its bound at the model that counted, whatever the texts, its tokenizer and what was dropped since', () => {
    const text = fc.record({
      from: fc.constant('user' as const),
      text: fc.string({ unit: 'grapheme', maxLength: 300 }),
    });
    const densities = fc.func(fc.nat(100).map((percent) => percent / 100));
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1 }),
        fc.array(text),
        fc.nat(20),
        densities,
        (old, fresh, dropped, density) => {
          const before = requestOf(old);
          const kept = old.map((message, index) =>
            index < dropped ? { from: 'user' as const, text: '[dropped]' } : message,
          );
          const after = requestOf([...kept, ...fresh]);

          const size = inputSize(after, { turn: counted(tokensOf(old, density)), request: before });

          expect(size.mostTokens).toBeGreaterThanOrEqual(tokensOf(after.messages, density));
        },
      ),
    );
  });
});
