import { beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { type HarvestedRecipe, readRecipe } from '../../src/steps/read-recipe.ts';
import { fakeCommits } from '../support/fake-commits.ts';
import { type FakeSandbox, fakeArtifact, fakeSandbox } from '../support/fake-sandbox.ts';
import type { FakeFiles } from '../support/fake-tree.ts';
import { fakeWorkspace } from '../support/fake-workspace.ts';
import { sampleFixAtWork, sampleGround } from '../support/sample-fix.ts';

const base: FakeFiles = {
  'a.js': 'a \n',
  'run.sh': { mode: '100755', bytes: '#!/bin/sh \n' },
  link: { mode: '120000', bytes: 'a.js' },
  'logo.png': Buffer.from([1, 0, 2]),
  'latin.c': Buffer.from('// Größe\n', 'latin1'),
  'package-lock.json': '{}\n',
  '.github/workflows/ci.yml': 'on:  push\n',
};

let sandbox: FakeSandbox;
beforeEach(() => {
  sandbox = fakeSandbox();
});

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const file = (path: string, text: string): string => `file 100644 ${encoded(path)} ${encoded(text)}`;

function harvest(
  lines: readonly string[],
  fixers: Partial<typeof defaultPolicy.fixers> = {},
): Promise<HarvestedRecipe> {
  const text = ['ai-fix-recipe 1', 'fixer 0 1 format', ...lines, ''].join('\n');
  sandbox.artifactsOf.set(55, [fakeArtifact('ai-fix-recipe', text, 'ai-fix-recipe.txt')]);
  return take(fixers);
}

function take(fixers: Partial<typeof defaultPolicy.fixers> = {}): Promise<HarvestedRecipe> {
  const workspace = fakeWorkspace(fakeCommits(), { [sampleGround.base]: base });
  const policy = { ...defaultPolicy, fixers: { ...defaultPolicy.fixers, ...fixers } };
  const run = { runId: 55, fixers: ['format'] };
  return readRecipe({ sandbox, workspace }, sampleFixAtWork({ policy }), sampleGround, run);
}

describe('what fixers changed', () => {
  it("is a patch of what differs, with the base's own modes", async () => {
    const harvested = await harvest([
      file('a.js', 'a\n'),
      file('run.sh', '#!/bin/sh\n'),
      file('package-lock.json', '{}\n'),
    ]);

    expect(harvested).toEqual({
      kind: 'patch',
      overlay: {
        'a.js': { kind: 'write', text: 'a\n', mode: '100644' },
        'run.sh': { kind: 'write', text: '#!/bin/sh\n', mode: '100755' },
      },
      asks: [expect.objectContaining({ path: 'run.sh' })],
      records: [{ name: 'format', exitCode: 0, changedFiles: 1 }],
    });
  });

  it('keeps the encoding of a file, and asks a person where a fixer changed it', async () => {
    const written = (bytes: Buffer) => `file 100644 ${encoded('latin.c')} ${bytes.toString('base64')}`;

    expect(await harvest([written(Buffer.from('// Maß\n', 'latin1'))])).toMatchObject({
      kind: 'patch',
      overlay: { 'latin.c': { text: '// Maß\n', encoding: 'windows-1252' } },
      asks: [],
    });
    expect(await harvest([written(Buffer.from('// Größe\n'))])).toMatchObject({
      overlay: { 'latin.c': { kind: 'write', text: '// Größe\n', mode: '100644' } },
      asks: [{ path: 'latin.c', why: 'it is windows-1252 text and becomes utf-8' }],
    });
  });

  it('asks a person for what a model would have to ask for', async () => {
    const harvested = await harvest([file('package-lock.json', '{"a": 1}\n')]);

    expect(harvested).toMatchObject({ kind: 'patch', asks: [{ path: 'package-lock.json' }] });
  });

  it.each([
    [
      'a workflow',
      [file('.github/workflows/ci.yml', 'on: push\n')],
      '.github/workflows/ci.yml: workflows and settings',
    ],
    ['a new file', [file('new.js', 'x\n')], 'they made a new file: new.js'],
    ['a link of the base', [file('link', 'b.js')], 'link: a symlink is not made'],
    ['a binary file of the base', [file('logo.png', 'text')], 'logo.png: only text'],
    ['a secret', [file('a.js', `const key = 'ghp_${'a1B2'.repeat(9)}';\n`)], 'looks like a secret'],
    ['a path above the repository', [file('../a.js', 'x')], 'a path that no patch may have'],
    ['nothing', [], 'they changed nothing'],
    ['a file as it is', [file('a.js', 'a \n')], 'they changed nothing'],
  ])('is not taken where it is %s', async (_what, lines, reason) => {
    expect(await harvest(lines)).toEqual({ kind: 'none', reason: expect.stringContaining(reason) });
  });

  it('is not taken where it is more than the repository wants', async () => {
    const harvested = await harvest([file('a.js', 'a\n'), file('run.sh', '#!/bin/sh\n')], { maxFiles: 1 });

    expect(harvested).toEqual({ kind: 'none', reason: 'they changed 2 files, and `fixers.max_files` allows 1' });
  });

  it('is not taken from an artifact that is missing or that was not read', async () => {
    expect(await take()).toEqual({ kind: 'none', reason: 'their run left no report' });
    sandbox.artifactsOf.set(55, [{ name: 'ai-fix-recipe', files: [], fault: 'larger than 20 MB' }]);
    expect(await take()).toEqual({ kind: 'none', reason: 'their report could not be read: larger than 20 MB' });
    sandbox.artifactsOf.set(55, [{ name: 'ai-fix-recipe', files: [], fault: null }]);
    expect(await take()).toMatchObject({ kind: 'none', reason: expect.stringContaining('their report was refused') });
  });

  it('says which of the fixers failed where that is why nothing changed', async () => {
    const text = 'ai-fix-recipe 1\nfixer 127 0 format\n';
    sandbox.artifactsOf.set(55, [fakeArtifact('ai-fix-recipe', text, 'ai-fix-recipe.txt')]);

    expect(await take()).toEqual({
      kind: 'none',
      reason: 'they changed nothing; `format` failed with exit code 127',
    });
  });
});
