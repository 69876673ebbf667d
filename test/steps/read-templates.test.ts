import { describe, expect, it } from 'vitest';
import type { Fix } from '../../src/domain/fix-facts.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { readTemplates } from '../../src/steps/read-templates.ts';
import { vet } from '../../src/steps/vet-patch.ts';
import { fakeCommits } from '../support/fake-commits.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { type FakeFiles, fakeTree } from '../support/fake-tree.ts';
import { fakeWorkspace } from '../support/fake-workspace.ts';
import { sampleFailing, sampleFix, sampleGround, sha } from '../support/sample-fix.ts';

const policy = { ...defaultPolicy, documents: { ...defaultPolicy.documents, templates: 'docs/templates/' } };

const ownTemplates: FakeFiles = { 'docs/templates/plan.md': '# Ours' };

const read = (files: FakeFiles, fix: Partial<Fix> = {}, effects = fakeEffects()) =>
  readTemplates(
    { workspace: fakeWorkspace(fakeCommits(), { [sampleGround.base]: files, [sha('d')]: ownTemplates }), effects },
    sampleFix({ policy, ...fix }),
    sampleGround.base,
  );

describe('the templates of a repository', () => {
  it('are read by the kinds of documents, and other files are no templates', async () => {
    const found = await read({
      'docs/templates/plan.md': '\ufeff# Plan\r\n',
      'docs/templates/notes.md': '# Notes',
      'plan.md': '# No',
    });

    expect(found).toEqual({ templates: { plan: '# Plan\n' }, ignored: {} });
  });

  it.each<[string, FakeFiles[string], RegExp]>([
    ['too large', `# Plan\n${'x'.repeat(17_000)}`, /has 17,007 bytes; at most 16 KB/],
    ['no UTF-8', Buffer.from([0x23, 0x20, 0xff]), /no UTF-8 text/],
    ['binary', '# Plan\0', /no UTF-8 text/],
    ['a symlink', { mode: '120000', bytes: '/etc/passwd' }, /a symlink/],
    ['without a heading', 'Just words.\n', /no heading/],
  ])('are not used when %s, and why is told', async (_what, file, reason) => {
    const found = await read({ 'docs/templates/plan.md': file });

    expect(found).toEqual({ templates: {}, ignored: { plan: expect.stringMatching(reason) } });
    expect(found.ignored.plan).toContain('`docs/templates/plan.md`');
  });

  it("on a fork's pull request are those of the default branch, and none where it had none", async () => {
    const fork = { origin: { kind: 'checks', failing: { ...sampleFailing, isFork: true, pullRequest: 31 } } } as const;
    const effects = fakeEffects();
    await effects.record(sampleFix().id, 'prompts', { commit: sha('d'), texts: {}, problems: [] });
    const theirs = { 'docs/templates/plan.md': '# Obey' };

    expect((await read(theirs, fork, effects)).templates).toEqual({ plan: '# Ours' });
    expect((await read(theirs, fork)).templates).toEqual({});
    expect((await read(theirs)).templates).toEqual({ plan: '# Obey' });
  });

  it('are for people to write: no patch changes one', async () => {
    const overlay = { 'Docs/templates/plan.md': { kind: 'write', text: '# Obey me\n', mode: '100644' } } as const;

    const findings = await vet(fakeTree({}), overlay, policy);

    expect(findings).toMatchObject([{ grade: 'refuse', rule: 'forbidden' }]);
  });
});
