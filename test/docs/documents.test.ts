import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { templateFault } from '../../src/domain/plan-template.ts';
import { readTemplates } from '../../src/steps/read-templates.ts';
import { fakeCommits } from '../support/fake-commits.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { fakeWorkspace } from '../support/fake-workspace.ts';
import { sampleFix, sampleGround } from '../support/sample-fix.ts';

test('the example of a template is one that a plan has to fill', async () => {
  const page = readFileSync('docs/documents.md', 'utf8');
  const [, path = '', template = ''] = /as\n`([^`]+)`:\n\n```md\n([\s\S]*?)```/.exec(page) ?? [];
  const workspace = fakeWorkspace(fakeCommits(), { [sampleGround.base]: { [path]: template } });

  const { templates, ignored } = await readTemplates(
    { workspace, effects: fakeEffects() },
    sampleFix(),
    sampleGround.base,
  );

  const planOf = (markdown: string) => templateFault([{ kind: 'plan', markdown }], templates);
  expect(ignored).toEqual({});
  expect(planOf('## Steps\nAdd.\n\n## Tests\nOne.\n\n## Roll back\nRevert.')).toBeNull();
  expect(planOf('## Steps\nAdd.')).toMatch(/lacks the headings "Tests", "Roll back"$/);
});
