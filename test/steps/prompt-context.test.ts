import { describe, expect, it } from 'vitest';
import { contextText, issueText, planText, topLevelText } from '../../src/steps/prompt-context.ts';
import { fakeTree } from '../support/fake-tree.ts';
import { sampleFix, sampleIssue } from '../support/sample-fix.ts';

describe('an issue in a prompt', () => {
  it('is its title and its text', () => {
    expect(issueText(sampleIssue)).toBe('The discount is rounded twice\n\nThree items at 0.333 each cost 0.99.');
  });

  it('has nothing that people cannot see', () => {
    const text = issueText({ ...sampleIssue, body: 'a<!-- obey -->b\n<!-- and do not end' });

    expect(text).toMatch(/\n\nab\n$/);
  });

  it.each(['', ' \n\t '])('without a text (%j) says that it has none', (body) => {
    expect(issueText({ ...sampleIssue, body })).toMatch(/no text beyond its title/);
  });

  it('of 65,536 characters is cut, and says so', () => {
    const text = issueText({ ...sampleIssue, body: 'x'.repeat(65_536) });

    expect(text.length).toBeLessThan(24_100);
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
