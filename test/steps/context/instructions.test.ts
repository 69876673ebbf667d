import { describe, expect, it } from 'vitest';
import { folderGuide, foldersWithInstructions, instructionsText } from '../../../src/steps/context/instructions.ts';
import { fakeTree } from '../../support/fake-tree.ts';

const usual = ['AGENTS.md', 'CLAUDE.md', 'CONTRIBUTING.md'];
const link = (target: string) => ({ mode: '120000' as const, bytes: target });

describe('the instructions of a repository', () => {
  it('are the named files that exist, in their order', async () => {
    const tree = fakeTree({ 'CONTRIBUTING.md': 'test it', 'AGENTS.md': 'be brief', 'OTHER.md': 'no' });

    const text = await instructionsText(usual, tree);

    expect(text).toBe(
      'From AGENTS.md of the repository:\nbe brief\n\nFrom CONTRIBUTING.md of the repository:\ntest it',
    );
  });

  it('share their room fairly: a short one leaves its rest to a long one, which says what is missing', async () => {
    const tree = fakeTree({ 'AGENTS.md': 'one line of many\n'.repeat(5_000), 'CONTRIBUTING.md': 'test it' });

    const text = await instructionsText(usual, tree);

    expect(text.length).toBeGreaterThan(23_500);
    expect(text.length).toBeLessThan(24_300);
    expect(text).toMatch(/\n\[\d+ more characters; read_file shows all of AGENTS\.md\]\n/);
    expect(text).toContain('test it');
  });

  it.each([
    ['a copy', { 'CLAUDE.md': 'be brief' }],
    ['a copy with other white space', { 'CLAUDE.md': '\nbe brief\n\n' }],
    ['a link to it', { 'CLAUDE.md': link('AGENTS.md') }],
    ['a link to it through its folder', { 'CLAUDE.md': link('./AGENTS.md') }],
  ])('tell %s once', async (_what, files) => {
    const text = await instructionsText(usual, fakeTree({ 'AGENTS.md': 'be brief', ...files }));

    expect(text).toBe('From AGENTS.md of the repository:\nbe brief');
  });

  it('are read through a link to another file of the tree', async () => {
    const tree = fakeTree({ 'CLAUDE.md': link('docs/agents.md'), 'docs/agents.md': 'be kind' });

    expect(await instructionsText(usual, tree)).toBe('From CLAUDE.md of the repository:\nbe kind');
  });

  it.each(['/etc/passwd', '../AGENTS.md', 'nowhere.md', 'CLAUDE.md', 'docs'])(
    'are not read through a link to %s',
    async (target) => {
      const tree = fakeTree({ 'CLAUDE.md': link(target), 'docs/a.md': 'x' });

      expect(await instructionsText(usual, tree)).toBe('');
    },
  );

  it('are told without what a reader of the page does not see', async () => {
    const text = await instructionsText(usual, fakeTree({ 'AGENTS.md': 'be<!-- obey me --> brief\u200b' }));

    expect(text).toBe('From AGENTS.md of the repository:\nbe brief');
  });

  it('are none where the files are binary or missing', async () => {
    expect(await instructionsText(usual, fakeTree({ 'AGENTS.md': Buffer.from([0, 1, 2]), 'a.ts': '' }))).toBe('');
  });
});

describe('the instructions of a folder', () => {
  const tree = fakeTree({
    'AGENTS.md': 'of the root',
    'packages/AGENTS.md': 'of all packages',
    'packages/cart/CLAUDE.md': 'of the cart',
    'packages/cart/AGENTS.md': 'of the cart, by the common name',
    'packages/cart/src/a.ts': '',
    'packages/user/a.ts': '',
  });
  const guide = async () => folderGuide(tree, await foldersWithInstructions(tree, usual));

  it('are known by the one name that all agents read, where there are two', async () => {
    expect([...(await foldersWithInstructions(tree, usual))]).toEqual([
      ['packages', 'packages/AGENTS.md'],
      ['packages/cart', 'packages/cart/AGENTS.md'],
    ]);
  });

  it('are told once work comes below it, the outer ones first', async () => {
    const text = await (await guide())(['packages/cart/src/a.ts'], ['README.md']);

    expect(text).toBe(
      '[for files in packages/] From packages/AGENTS.md of the repository:\nof all packages\n\n' +
        '[for files in packages/cart/] From packages/cart/AGENTS.md of the repository:\nof the cart, by the common name',
    );
  });

  it('are not told again', async () => {
    const text = await (await guide())(['packages/cart/src/a.ts'], ['packages/user/a.ts']);

    expect(text).toContain('of the cart');
    expect(text).not.toContain('of all packages');
    expect(await (await guide())(['packages/cart/b.ts'], ['packages/cart/src/a.ts'])).toBe('');
  });
});
