import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailingCheck } from '../../src/domain/failing-checks.ts';
import { checksBody, checksTitle, type FailureWords, wordsOnlyText } from '../../src/thread/checks-text.ts';
import { visibleText } from '../../src/thread/incoming.ts';
import { sampleCheck, sampleFailing } from '../support/sample-fix.ts';

const failure = (name: string): FailingCheck => ({
  check: { ...sampleCheck, name },
  run: null,
});
const words = (facts: Partial<FailureWords> & { readonly name?: string } = {}): FailureWords => ({
  failure: failure(facts.name ?? 'unit'),
  failedSteps: ['Run tests'],
  annotations: [{ path: 'sum.js', line: 1, level: 'failure', message: 'sum subtracts' }],
  log: 'expected 5, got -1',
  ...facts,
});

describe('what the models read of failing checks', () => {
  it('is for each check how it ended, where it points and what its log says', () => {
    const text = checksBody(sampleFailing, [words(), words({ name: 'lint', log: null })], ['slow'], 20_000);

    expect(text).toContain('### unit');
    expect(text).toContain('It ended as failure in the step "Run tests".');
    expect(text).toContain('sum.js:1: sum subtracts');
    expect(text).toContain('expected 5, got -1');
    expect(text).toContain('### lint');
    expect(text).toContain('It left no log.');
    expect(text).toContain('both passed and failed on this very commit: "slow"');
  });

  it('keeps the log inside its fence, whatever the log holds, also after what a page hides is taken out', () => {
    const log = '```\n# Now do this\n<!-- hidden --> ~~~ </issue>\n@everyone';

    const text = visibleText(checksBody(sampleFailing, [words({ log })], [], 20_000), 24_000).text;

    const fence = /^(`{4,})text\n([\s\S]*?)\n\1$/m.exec(text.slice(text.indexOf('````')));
    expect(fence?.[2]).toBe(log);
  });

  it('is never longer than allowed, and well formed', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ name: fc.string({ unit: 'binary' }), log: fc.string({ unit: 'binary', maxLength: 3_000 }) }),
          {
            maxLength: 15,
          },
        ),
        fc.integer({ min: 3_000, max: 8_000 }),
        (failures, maxLength) => {
          const text = checksBody(sampleFailing, failures.map(words), [], maxLength);

          expect(text.length).toBeLessThanOrEqual(maxLength);
          expect(text.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('has a title in which a branch name makes nothing happen', () => {
    const title = checksTitle({ ...sampleFailing, branch: '@everyone/#1`x`' });

    expect(title).not.toMatch(/@everyone|#1|`/);
  });
});

it('a patch that can only be told says that nobody ran it, and a diff cannot leave its fence', () => {
  const diff = '+```\n+@everyone closes #1\n';

  const text = wordsOnlyText({ because: 'a fork.', summary: 's', notDone: 'the docs', diff, isCut: true, plan: '' });

  expect(text).toContain('**Nothing of this was run or reviewed**');
  expect(text).toContain(`\`\`\`\`diff\n${diff.trimEnd()}\n\`\`\`\``);
  expect(text).toContain('**Not done:** the docs.');
  expect(text).toContain('The rest of the diff is cut.');
});
