import { describe, expect, it } from 'vitest';
import { costUsd, noUsage } from '../../src/domain/cost.ts';
import { asSha, fullName } from '../../src/domain/ids.ts';
import { changedPaths, emptyOverlay, withEntry } from '../../src/domain/overlay.ts';
import { signalSchema } from '../../src/domain/signal.ts';
import { sampleIssue, sampleRepository } from '../support/sample-fix.ts';

describe('the name of a git object', () => {
  it('is forty hex digits in lower case', () => {
    expect(asSha('0123456789abcdef0123456789abcdef01234567')).toHaveLength(40);
  });

  it.each(['', 'a'.repeat(39), 'a'.repeat(41), 'A'.repeat(40), 'g'.repeat(40), `${'a'.repeat(40)}\n`, 'HEAD', '--all'])(
    'is not %j',
    (text) => {
      expect(() => asSha(text)).toThrow(TypeError);
    },
  );
});

it('a repository is named by its owner and name', () => {
  expect(fullName(sampleRepository)).toBe('acme/shop');
});

describe('an overlay', () => {
  const write = { kind: 'write', text: 'one', mode: '100644' } as const;

  it('is left as it was by a further edit', () => {
    const first = withEntry(emptyOverlay, 'a.ts', write);

    const second = withEntry(first, 'a.ts', { kind: 'delete' });

    expect([emptyOverlay, first, second]).toEqual([{}, { 'a.ts': write }, { 'a.ts': { kind: 'delete' } }]);
  });

  it('names its paths sorted, and takes names of JavaScript for names of files', () => {
    const overlay = ['b.ts', '__proto__', 'constructor', 'a.ts'].reduce(
      (sum, path) => withEntry(sum, path, write),
      emptyOverlay,
    );

    expect(changedPaths(overlay)).toEqual(['__proto__', 'a.ts', 'b.ts', 'constructor']);
    expect(changedPaths(JSON.parse(JSON.stringify(overlay)))).toEqual(changedPaths(overlay));
  });
});

describe('the cost of a reply', () => {
  const price = { inputUsdPerMillion: 2, cachedInputUsdPerMillion: 0.5, outputUsdPerMillion: 10 };

  it('takes each kind of token at its own price', () => {
    const usd = costUsd({ inputTokens: 1_000_000, cachedInputTokens: 400_000, outputTokens: 100_000 }, price);

    expect(usd).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 0.1 * 10, 10);
  });

  it('takes what goes into a cache at the price of that, where it has one', () => {
    const usage = { inputTokens: 1_000_000, cachedInputTokens: 400_000, cacheWriteTokens: 500_000, outputTokens: 0 };

    expect(costUsd(usage, price)).toBeCloseTo(0.6 * 2 + 0.4 * 0.5, 10);
    expect(costUsd(usage, { ...price, cacheWriteUsdPerMillion: 3 })).toBeCloseTo(0.1 * 2 + 0.4 * 0.5 + 0.5 * 3, 10);
  });

  it('of a long prompt takes the dearer price for all of it', () => {
    const steps = [{ ...price, inputUsdPerMillion: 4, aboveInputTokens: 200_000 }];
    const usd = (inputTokens: number) => costUsd({ ...noUsage, inputTokens }, { ...price, steps });

    expect([usd(200_000), usd(200_001)]).toEqual([0.4, expect.closeTo(0.800004, 10)]);
  });

  it('of nothing is nothing', () => {
    expect(costUsd({ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }, price)).toBe(0);
  });
});

describe('a signal', () => {
  const actor = { login: 'alice', isBot: false };
  const labelled = { type: 'issue-labelled', repository: sampleRepository, actor, label: 'ai-fix', issue: sampleIssue };

  it('is cut down to the fields we know', () => {
    const parsed = signalSchema.parse({
      ...labelled,
      payload: 'x'.repeat(1_000),
      issue: { ...sampleIssue, reactions: 9 },
    });

    expect(parsed).toEqual(labelled);
  });

  it.each([
    ['no installation', { ...labelled, repository: { owner: 'acme', name: 'shop' } }],
    ['an installation of nobody', { ...labelled, repository: { ...sampleRepository, installationId: 0 } }],
    ['a repository without a name', { ...labelled, repository: { ...sampleRepository, name: '' } }],
    ['no actor', { ...labelled, actor: undefined }],
    ['an issue without a number', { ...labelled, issue: { ...sampleIssue, number: undefined } }],
    ['a type of its own', { ...labelled, type: 'issue-exploded' }],
    [
      'a command we do not know',
      {
        type: 'command',
        repository: sampleRepository,
        actor,
        number: 1,
        commentId: 2,
        order: { kind: 'command', word: 'merge', text: '' },
      },
    ],
  ])('with %s is none', (_what, raw) => {
    expect(signalSchema.safeParse(raw).success).toBe(false);
  });
});
