import { describe, expect, it } from 'vitest';
import { judgesOverlay } from '../../src/domain/judge-tree.ts';
import { changedPaths } from '../../src/domain/overlay.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import { committedDocuments } from '../../src/steps/committed-documents.ts';
import { fakeCommits } from '../support/fake-commits.ts';
import { fakeDocuments } from '../support/fake-documents.ts';
import type { FakeFiles } from '../support/fake-tree.ts';
import { fakeWorkspace } from '../support/fake-workspace.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround, sampleIssue } from '../support/sample-fix.ts';

const policy: Policy = {
  ...defaultPolicy,
  documents: { ...defaultPolicy.documents, where: 'committed' },
  externalKeys: { prefixes: ['AEC'], link: 'https://tracker.test/browse/{key}' },
};
const plan = { kind: 'plan', markdown: 'Round once.\n\nping @everyone ![x](https://evil.test/x.png)' } as const;
const keyed = { ...sampleIssue, title: 'Rounded twice (AEC-456)' };

function made(files: FakeFiles = {}, facts: Parameters<typeof sampleFixAtWork>[0] = {}, attempt = sampleAttempt) {
  const ports = {
    workspace: fakeWorkspace(fakeCommits(), { [sampleGround.base]: files }),
    documents: fakeDocuments([plan]),
    redact: (text: string) => text.replaceAll('hunter2hunter2', '***'),
  };
  return committedDocuments(ports, sampleFixAtWork({ policy, issue: keyed, ...facts }), attempt, sampleGround);
}

const textAt = ({ overlay }: Awaited<ReturnType<typeof made>>, path: string): string => {
  const entry = overlay[path];
  return entry?.kind === 'write' ? entry.text : '';
};

describe('the documents of a commit', () => {
  it('are the plan documents that there are, the summary and the index, in a folder of the key', async () => {
    const documents = await made();

    expect(documents).toMatchObject({ folder: '.ai/workflow/AEC-456', whyNot: null });
    expect(Object.keys(documents.overlay).sort()).toEqual([
      '.ai/workflow/AEC-456/plan.md',
      '.ai/workflow/AEC-456/summary.md',
      '.ai/workflow/index.md',
    ]);
  });

  it('say what they belong to, with the link of the key, and ping nobody', async () => {
    const documents = await made();

    const texts = ['AEC-456/plan.md', 'AEC-456/summary.md'].map((path) => textAt(documents, `.ai/workflow/${path}`));
    for (const text of texts) {
      expect(text).toContain('[AEC-456](<https://tracker.test/browse/AEC-456>)');
      expect(text).toContain(`[#12](<${sampleIssue.url}>)`);
      expect(text).not.toMatch(/@everyone|evil\.test\/x\.png\)/);
    }
    expect(texts[1]).toContain('The discount is rounded once, at the end.');
    expect(texts[1]).toContain('- `rounds once`');
  });

  it('are none where the repository keeps them in comments', async () => {
    expect(await made({}, { policy: defaultPolicy })).toEqual({ overlay: {}, folder: null, whyNot: null });
  });

  it('hold no secret, though no gate of the API sees them; what people wrote in the index stays', async () => {
    const summary = { summary: 'The key is hunter2hunter2 now.', testsAdded: [], notDone: null };
    const theirs = '# Ours\n\nhunter2hunter2\n';

    const documents = await made({ '.ai/workflow/index.md': theirs }, {}, { ...sampleAttempt, summary });

    expect(textAt(documents, '.ai/workflow/AEC-456/summary.md')).toContain('The key is *** now.');
    expect(textAt(documents, '.ai/workflow/index.md')).toContain(theirs);
  });

  it('on a base that moved on have the lines that came there, and are no part of what the patch can conflict with', async () => {
    const theirs = '- [9](9/summary.md) · [#9](https://github.test/acme/shop/issues/9) · fix: another';

    const [before, after] = [await made(), await made({ '.ai/workflow/index.md': `# Fixes by ai-fix\n\n${theirs}\n` })];

    const lines = textAt(after, '.ai/workflow/index.md').split('\n');
    expect(lines).toEqual(expect.arrayContaining([theirs, expect.stringMatching(/^- \[AEC-456\]/)]));
    expect(textAt(after, '.ai/workflow/AEC-456/plan.md')).toBe(textAt(before, '.ai/workflow/AEC-456/plan.md'));
    expect(changedPaths(sampleAttempt.overlay)).toEqual(['src/price.ts']);
  });

  it('take the place of what an earlier fix of the same issue left, and of nothing else', async () => {
    const documents = await made({
      '.ai/workflow/AEC-456/design.md': 'old',
      '.ai/workflow/AEC-456/notes.md': "somebody's",
      '.ai/workflow/AEC-456/summary.md': 'old',
    });

    expect(documents.overlay['.ai/workflow/AEC-456/design.md']).toEqual({ kind: 'delete' });
    expect(documents.overlay['.ai/workflow/AEC-456/notes.md']).toBeUndefined();
    expect(textAt(documents, '.ai/workflow/AEC-456/summary.md')).not.toBe('old');
  });

  it.each<[string, FakeFiles, RegExp]>([
    ['a file has the name of the folder', { '.ai': 'mine' }, /would collide/],
    ['a folder differs in letter case only', { '.AI/workflow/x.md': 'mine' }, /would collide/],
    [
      'the index is a symlink',
      { '.ai/workflow/index.md': { mode: '120000', bytes: '/etc/passwd' } },
      /no UTF-8 text file/,
    ],
    ['the index is no text', { '.ai/workflow/index.md': Buffer.from([0xff, 0xfe, 0]) }, /no UTF-8 text file/],
    ['the index is a book', { '.ai/workflow/index.md': 'x'.repeat(500_001) }, /longer than/],
    ['the plan is a symlink', { '.ai/workflow/AEC-456/plan.md': { mode: '120000', bytes: 'x' } }, /no text file/],
  ])('are left out, with the reason, where %s', async (_what, files, reason) => {
    expect(await made(files)).toEqual({ overlay: {}, folder: null, whyNot: expect.stringMatching(reason) });
  });

  it("are the same in the judge's tree, and nothing in them is a test or a script", async () => {
    const { overlay } = await made();

    expect(judgesOverlay(overlay, new Map(Object.keys(overlay).map((path) => [path, null])))).toEqual({
      overlay,
      restored: [],
    });
  });
});
