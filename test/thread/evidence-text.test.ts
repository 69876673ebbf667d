import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/domain/evidence.ts';
import { evidenceText } from '../../src/thread/evidence-text.ts';
import { sampleFailing, sampleFixAtWork, sampleTicket } from '../support/sample-fix.ts';

const fix = sampleFixAtWork();
const seen = (name: string, message: string, facts: Partial<Evidence> = {}): Evidence =>
  ({
    kind: 'seen',
    tests: [{ check: 'test', name, message }],
    passing: [],
    failedIn: 'https://x.test/1',
    ...facts,
  }) as Evidence;
const rowsOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('| `'));

describe('what a patch shows', () => {
  it.each([
    ['`; @everyone', '<img src=x> #1'],
    ['a | b', '| passed |\n| `forged` | failed | passed |'],
    ['\u202ereversed', 'first\u2028second'],
    ['x'.repeat(5_000), '😀'.repeat(5_000)],
    ['', ''],
  ])('is one row of three cells, whatever the test is called: %j', (name, message) => {
    const rows = rowsOf(evidenceText(fix, { evidence: seen(name, message) }).replaceAll('| –', '| `–`'));

    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(/^\| `[^`|\n]+` \| failed(?:: `[^`|\n]+`)? \| passed \|$/);
    expect(rows[0]?.length).toBeLessThan(450);
  });

  it('stays that for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, message) => {
        const text = evidenceText(fix, { evidence: seen(`n${name}`, `m${message}`) });

        expect(text.isWellFormed()).toBe(true);
        expect(rowsOf(text)).toEqual([expect.stringMatching(/^\| `[^`|\n]+` \| failed: `[^`|\n]+` \| passed \|$/)]);
      }),
    );
  });

  it('shows ten tests and how many more there are', () => {
    const tests = Array.from({ length: 14 }, (_, index) => ({ check: 'test', name: `adds ${index}`, message: '' }));

    const text = evidenceText(fix, { evidence: seen('', '', { tests } as Partial<Evidence>) });

    expect(rowsOf(text)).toHaveLength(10);
    expect(text).toContain('And 4 more.');
  });

  it('links the run in which they failed and the one in which they passed', () => {
    const text = evidenceText(fix, { evidence: seen('adds', 'no') });

    expect(text).toContain(`| Test | [On the base](https://x.test/1) | [With the patch](${fix.candidate?.runUrl}) |`);
  });

  it('says of a test that failed on the base in one run alone that this is all', () => {
    const tests = [{ check: 'test', name: 'adds', message: '' }];

    const linked = evidenceText(fix, { evidence: { kind: 'mended', tests, failedIn: 'https://x.test/1' } });
    const earlier = evidenceText(fix, { evidence: { kind: 'mended', tests, failedIn: null } });

    expect(linked).toMatch(
      /^Failed in a run of the base,.*now and then.*\n\n\| Test \| \[On the base\]\(https:\/\/x\.test\/1\)/,
    );
    expect(earlier).toMatch(/^Failed in an earlier run of the base,.*\n\n\| Test \| On the base \|/);
    expect(rowsOf(earlier)).toEqual(['| `adds` | failed | passed |']);
  });

  it('claims no lack of proof for failing checks whose new tests pass on the base', () => {
    const checks = sampleFixAtWork({ origin: { kind: 'checks', failing: sampleFailing } });
    const evidence = { kind: 'unproven', passing: ['adds'], failedIn: null } as const;

    expect(evidenceText(fix, { evidence })).toMatch(/^\*\*No test proves this fix\.\*\*/);
    expect(evidenceText(checks, { evidence })).toMatch(/^The new tests pass without the change as well/);
  });

  it('is not asked of a feature without tests, nor of checks that failed before', () => {
    const feature = sampleFixAtWork({ ticket: { ...sampleTicket, kind: 'feature' } });
    const checks = sampleFixAtWork({ origin: { kind: 'checks', failing: sampleFailing } });

    expect(evidenceText(feature, { evidence: { kind: 'none', reason: 'r' } })).toBe('');
    expect(evidenceText(checks, { evidence: { kind: 'none', reason: 'r' } })).toBe('');
  });

  it('says the reason of whoever wrote first before that of the runs, as a sentence that pings nobody', () => {
    const reason = 'it needs a @printer.\n## Approved';
    const end = { kind: 'none', reason } as const;
    const first = sampleFixAtWork({ reproduction: { failures: 0, feedback: null, run: null, base: null, end } });

    const text = evidenceText(first, { evidence: { kind: 'none', reason: 'the patch adds no tests' } });

    expect(text).toMatch(/^\*\*No test proves this fix\*\*, because it needs a /);
    expect(text).not.toMatch(/(?:^|\s)@printer|\n|adds no tests/);
  });
});
