import { describe, expect, it } from 'vitest';
import { finishNamed } from '../../src/agent/finish.ts';
import type { Overlay } from '../../src/domain/overlay.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { reproductionFinishes } from '../../src/steps/write-reproduction.ts';
import { fakeTree } from '../support/fake-tree.ts';
import { sampleFixAtWork } from '../support/sample-fix.ts';

const tree = fakeTree({ 'sum.js': 'a - b\n', 'sum.test.js': 'test\n', 'tests/conftest.py': '' });
const write = (text = 'test') => ({ kind: 'write', text, mode: '100644' }) as const;
const named = { tests: ['adds'], why: 'Two and three come to minus one.' };

async function hand(name: string, args: unknown, overlay: Overlay, policy = defaultPolicy): Promise<string> {
  const finish = finishNamed(reproductionFinishes(sampleFixAtWork({ policy })), name);
  const parsed = await finish?.parse(JSON.stringify(args), { tree, overlay });
  return parsed?.ok === true ? 'accepted' : (parsed?.correction ?? 'no such tool');
}

describe('a test that comes first is handed over', () => {
  it('when only tests were written', async () => {
    expect(await hand('reproduce', named, { 'five.test.js': write(), 'sum.test.js': write('more') })).toBe('accepted');
  });

  it.each<[string, Overlay, string]>([
    ['nothing was written', {}, 'write it first'],
    ['code was changed', { 'five.test.js': write(), 'sum.js': write('a + b') }, 'undo: sum.js'],
    ['what steers tests was changed', { 'tests/conftest.py': write('raise') }, 'undo: tests/conftest.py'],
    ['a manifest was changed', { 'five.test.js': write(), 'package.json': write('{}') }, 'undo: package.json'],
    ['a test was taken out', { 'sum.test.js': { kind: 'delete' } }, 'none is taken out; undo: sum.test.js'],
  ])('but not when %s', async (_what, overlay, said) => {
    expect(await hand('reproduce', named, overlay)).toContain(said);
  });

  it('but not where no patch may change the path', async () => {
    const policy = { ...defaultPolicy, forbiddenPaths: ['e2e/**'] };

    expect(await hand('reproduce', named, { 'e2e/five.test.js': write() }, policy)).toContain('must not be in a patch');
  });

  it('but not without a name', async () => {
    expect(await hand('reproduce', { ...named, tests: [] }, { 'five.test.js': write() })).toContain('tests');
  });
});

it('that there can be no test takes a reason', async () => {
  expect(await hand('cannot_reproduce', { cannot: 'it needs a printer' }, {})).toBe('accepted');
  expect(await hand('cannot_reproduce', { cannot: 'no' }, {})).toContain('cannot');
});
