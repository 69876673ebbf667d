import { expect, it } from 'vitest';
import { beforeAttempts, makeCandidate } from '../../src/steps/make-candidate.ts';
import { deleteCandidateRefs } from '../../src/steps/tidy-up.ts';
import { fakeCommits } from '../support/fake-commits.ts';
import { fakeDocuments } from '../support/fake-documents.ts';
import { fakeEffects } from '../support/fake-effects.ts';
import { fakeWorkspace } from '../support/fake-workspace.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround, sampleRecipe } from '../support/sample-fix.ts';

it('the end of a fix leaves none of its unvalidated commits a name: of candidates, judges and tests', async () => {
  const commits = fakeCommits();
  const fix = sampleFixAtWork({ attempt: 2 });
  const ports = {
    commits,
    workspace: fakeWorkspace(commits),
    effects: fakeEffects(),
    documents: fakeDocuments(),
    redact: (text: string) => text,
  };
  const first = { ...sampleAttempt, number: beforeAttempts };
  await makeCandidate(ports, fix, first, sampleGround, 'tests');
  for (const which of ['candidate', 'judge', 'tests'] as const)
    await makeCandidate(ports, fix, sampleAttempt, sampleGround, which);
  await makeCandidate(ports, fix, { ...sampleAttempt, number: 2 }, sampleGround);
  const before = [...commits.refs.keys()].map((ref) => ref.split('/').at(-1));

  await deleteCandidateRefs(ports, fix);

  expect(before).toEqual(['0-tests', '1', '1-judge', '1-tests', '2']);
  expect([...commits.refs.keys()]).toEqual([]);
});

it('the end of a fix that fixers mended leaves their candidate no name either', async () => {
  const commits = fakeCommits();
  const fix = sampleFixAtWork({ attempt: 0, recipe: sampleRecipe });
  const ports = {
    commits,
    workspace: fakeWorkspace(commits),
    effects: fakeEffects(),
    documents: fakeDocuments(),
    redact: (text: string) => text,
  };
  for (const which of ['candidate', 'judge'] as const)
    await makeCandidate(ports, fix, { ...sampleAttempt, number: 0 }, sampleGround, which);
  expect(commits.refs.size).toBe(2);

  await deleteCandidateRefs(ports, fix);

  expect([...commits.refs.keys()]).toEqual([]);
});
