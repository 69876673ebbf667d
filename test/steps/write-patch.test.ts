import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { PlanDocument } from '../../src/domain/plan.ts';
import { writePatch } from '../../src/steps/write-patch.ts';
import { writeReproduction } from '../../src/steps/write-reproduction.ts';
import { fakeAttempts } from '../support/fake-attempts.ts';
import { fakeDocuments } from '../support/fake-documents.ts';
import { calling, fakeModel } from '../support/fake-model.ts';
import { namingWorkspace } from '../support/naming-workspace.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround } from '../support/sample-fix.ts';
import { talkingPorts } from '../support/talking-ports.ts';
import { failedAttempt, patchOf } from '../support/tried.ts';

const finished = calling(['finish', { summary: 'The discount is rounded once.', tests_added: [] }]);
const checks = ['unit', 'lint'];
const { signal } = new AbortController();

const plan = { kind: 'plan', markdown: 'Round once.' } as const;

function portsFor(known: readonly Attempt[], reply = finished, documents: readonly PlanDocument[] = [plan]) {
  const model = fakeModel([reply]);
  const roles: string[] = [];
  const ports = portsForTest({
    ...talkingPorts(model, (role) => void roles.push(role)),
    workspace: namingWorkspace({ 'a.ts': 'const a = 1;\n' }),
    documents: fakeDocuments(documents),
    attempts: fakeAttempts(...known),
    reproductions: { find: async () => null, put: async () => undefined },
    localizer: { localize: async () => ({ candidates: [], isComplete: true }) },
    pastIssues: { solved: async () => [] },
  });
  const opening = () =>
    JSON.stringify(model.requests[0]?.messages.filter(({ from }) => from === 'user')).replaceAll('\\n', '\n');
  return { ports, roles, opening };
}

async function write(facts: Partial<Fix>, known: readonly Attempt[] = [], documents?: readonly PlanDocument[]) {
  const { ports, roles, opening } = portsFor(known, finished, documents);
  const attempt: Attempt = {
    ...sampleAttempt,
    number: known.length + 1,
    status: 'writing',
    overlay: patchOf('edited'),
  };
  const talk = await writePatch(
    ports,
    sampleFixAtWork(facts),
    { ground: sampleGround, attempt, checks, published: null },
    signal,
  );
  return { talk, roles, opening: opening() };
}

describe('after chosen checks passed', () => {
  const soFar = 'This patch is in place, and `lint` passed with it.';

  it('whoever mends a failure is still told of it, and what passed since', async () => {
    const known = [failedAttempt(1, ['test:a']), failedAttempt(2, [], { verdict: null })];

    const { talk, roles, opening } = await write({ feedback: 'adds: expected 5', soFar }, known);

    expect(talk.kind).toBe('finished');
    expect(roles).toContain('debugger');
    expect(opening).toContain(`adds: expected 5\n\n${soFar}`);
    expect(opening).toContain('Attempt 1: Did the thing of attempt 1.');
  });

  it('whoever revises is told the order and what passed since', async () => {
    const { roles, opening } = await write({ revision: 'rename it', soFar });

    expect(roles).toContain('coder');
    expect(opening).toContain(`rename it\n\n${soFar}`);
  });
});

it('whoever changes a patch of fixers is told why there is no plan', async () => {
  const { opening } = await write({ revision: 'rename it' }, [], []);

  expect(opening).toContain("There is no plan: the repository's own fixers wrote the patch");
});

it('whoever writes the failing test reads what people said of the plan and ordered', async () => {
  const cannot = calling(['cannot_reproduce', { cannot: 'it needs a printer' }]);
  const { ports, opening } = portsFor([], cannot);
  const fix = sampleFixAtWork({ attempt: 0, planNotes: ['in the other file'], revision: 'rename it' });

  await writeReproduction(ports, fix, { ground: sampleGround, checks }, signal);

  expect(opening()).toContain('<orders>\nin the other file\n\nrename it\n</orders>');
});
