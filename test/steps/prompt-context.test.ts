import { describe, expect, it } from 'vitest';
import type { FrozenInput } from '../../src/domain/frozen-input.ts';
import type { IssueSnapshot } from '../../src/domain/ticket.ts';
import { contextText, issueText, planText, topLevelText } from '../../src/steps/prompt-context.ts';
import { fakeTree } from '../support/fake-tree.ts';
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

describe('the instructions of a repository', () => {
  it('are the configured files that exist, in their order', async () => {
    const tree = fakeTree({ 'CONTRIBUTING.md': 'test it', 'AGENTS.md': 'be brief', 'OTHER.md': 'no' });

    const text = await contextText(sampleFix(), tree);

    expect(text).toBe(
      'From AGENTS.md of the repository:\nbe brief\n\nFrom CONTRIBUTING.md of the repository:\ntest it',
    );
  });

  it('are cut, each for itself', async () => {
    const tree = fakeTree({ 'AGENTS.md': 'a'.repeat(100_000), 'CONTRIBUTING.md': 'test it' });

    const text = await contextText(sampleFix(), tree);

    expect(text.length).toBeLessThan(8_200);
    expect(text).toContain('test it');
  });

  it('of a repository without any are nothing', async () => {
    expect(await contextText(sampleFix(), fakeTree({ 'a.ts': '' }))).toBe('');
  });
});

describe('the top of a repository', () => {
  it('is its files, and its folders with the number of files below', async () => {
    const tree = fakeTree({ 'README.md': '', 'src/a.ts': '', 'src/deep/b.ts': '', 'test/a.ts': '' });

    expect(await topLevelText(tree)).toBe('README.md\nsrc/ (2 files)\ntest/ (1 files)');
  });

  it('is cut where it is endless', async () => {
    const tree = fakeTree(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`file-${index}`, ''])));

    expect((await topLevelText(tree)).split('\n')).toHaveLength(200);
  });
});

it('a plan in a prompt has each document under its name', () => {
  const text = planText([
    { kind: 'requirements', markdown: 'what' },
    { kind: 'plan', markdown: 'how' },
  ]);

  expect(text).toBe('# requirements\nwhat\n\n# plan\nhow');
});
