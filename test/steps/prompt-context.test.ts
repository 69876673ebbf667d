import { describe, expect, it } from 'vitest';
import type { FrozenInput } from '../../src/domain/frozen-input.ts';
import type { IssueSnapshot } from '../../src/domain/ticket.ts';
import { issueText, planText } from '../../src/steps/prompt-context.ts';
import { sampleFix, sampleIssue } from '../support/sample-fix.ts';

const textOf = (issue: Partial<IssueSnapshot>, frozen: FrozenInput | null = null) =>
  issueText(
    { inputs: { find: async () => frozen, put: async () => undefined } },
    sampleFix({ issue: { ...sampleIssue, ...issue } }),
  );

describe('an issue in a prompt', () => {
  it('is what was frozen, whatever stands in the issue', async () => {
    const frozen = { text: 'the frozen words', digest: 'd', leftOut: [] };

    expect(await textOf({ body: 'edited since' }, frozen)).toBe('the frozen words');
  });

  it('that an older version began is its visible title and text', async () => {
    const text = await textOf({ body: 'a<!-- obey -->b' });

    expect(text).toBe('The discount is rounded twice\n\nab');
  });

  it('of 65,536 characters is cut, and says so', async () => {
    const text = await textOf({ body: 'x'.repeat(65_536) });

    expect(text.length).toBeLessThan(24_400);
    expect(text).toMatch(/more characters/);
  });
});

it('a plan in a prompt has each document under its name', () => {
  const text = planText([
    { kind: 'requirements', markdown: 'what' },
    { kind: 'plan', markdown: 'how' },
  ]);

  expect(text).toBe('# requirements\nwhat\n\n# plan\nhow');
});
