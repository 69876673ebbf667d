import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ForgeError } from '../../../src/domain/faults.ts';
import type { SolvedIssue } from '../../../src/ports/past-issues.ts';
import { similarIssuesText, tellingWords } from '../../../src/steps/context/similar-issues.ts';
import { fakeEffects } from '../../support/fake-effects.ts';
import { sampleFix } from '../../support/sample-fix.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const solvedIssue = (number: number, title = 'Discount is off'): SolvedIssue => ({
  number,
  title,
  pullRequest: { number: number + 1, paths: ['src/cart.ts', 'test/cart.test.ts'] },
});

function portsOf(answer: readonly SolvedIssue[] | Error) {
  const asked: (readonly string[])[] = [];
  const pastIssues = {
    solved: async (_repository: unknown, words: readonly string[]) => {
      asked.push(words);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { asked, ports: { effects: fakeEffects(), pastIssues, log: quiet } };
}

describe('issues that were solved before', () => {
  it('are told with the pull request that solved them and the files it changed', async () => {
    const { ports, asked } = portsOf([solvedIssue(3)]);

    const text = await similarIssuesText(ports, sampleFix());

    expect(text).toBe('- #3 "Discount is off", solved by #4, which changed src/cart.ts, test/cart.test.ts');
    expect(asked).toEqual([['discount', 'rounded', 'twice']]);
  });

  it('are asked for once: a conversation that goes on reads what it read', async () => {
    const { ports, asked } = portsOf([solvedIssue(3)]);
    const before = await similarIssuesText(ports, sampleFix());

    const after = await similarIssuesText(
      { ...ports, pastIssues: { solved: async () => [solvedIssue(9)] } },
      sampleFix(),
    );

    expect(after).toBe(before);
    expect(asked).toHaveLength(1);
  });

  it('are none where GitHub does not tell, and stay none', async () => {
    const { ports, asked } = portsOf(new ForgeError('timed out', { isRetryable: true }));

    const text = [await similarIssuesText(ports, sampleFix()), await similarIssuesText(ports, sampleFix())];

    expect(text).toEqual(['none known', 'none known']);
    expect(asked).toHaveLength(1);
  });

  it('are never the issue itself, and four at most, each on one line without what nobody sees', async () => {
    const title = `A\nB\u200b<!-- x -->${'y'.repeat(500)}`;
    const { ports } = portsOf(
      [sampleFix().issue.number, 101, 102, 103, 104, 105].map((one) => solvedIssue(one, title)),
    );

    const lines = (await similarIssuesText(ports, sampleFix())).split('\n');

    expect(lines.map((line) => /#\d+/.exec(line)?.[0])).toEqual(['#101', '#102', '#103', '#104']);
    expect(lines.every((line) => line.startsWith(`- #10`) && line.length < 250)).toBe(true);
  });
});

describe('the telling words of a title', () => {
  it('are names from the code first, then long words that say something', () => {
    expect(tellingWords('parseDate fails with an unexpected timezone when run twice')).toEqual([
      'parseDate',
      'unexpected',
      'timezone',
    ]);
  });

  it('are three at most and hold nothing that a search would read as an order, whatever the title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (title) => {
        const words = tellingWords(`${title} repo:evil/x is:open "a b" -label:c`);

        expect(words.length).toBeLessThanOrEqual(3);
        for (const word of words) expect(word).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
      }),
    );
  });
});
