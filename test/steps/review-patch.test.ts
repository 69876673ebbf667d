import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { Opinion } from '../../src/domain/review.ts';
import { reviewPatch } from '../../src/steps/review-patch.ts';
import { fakeAttempts } from '../support/fake-attempts.ts';
import { fakeDocuments } from '../support/fake-documents.ts';
import { calling, fakeModel } from '../support/fake-model.ts';
import { namingWorkspace } from '../support/naming-workspace.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround } from '../support/sample-fix.ts';
import { talkingPorts } from '../support/talking-ports.ts';
import { patchOf } from '../support/tried.ts';

const accepted = { verdict: 'accept', findings: [], summary: 'As asked.' } as const;
const sentBack: Opinion = { verdict: 'send-back', findings: [{ kind: 'scope', text: 'Leave the menu.' }], summary: '' };

const written = (number: number, more: Partial<Attempt> = {}): Attempt => ({
  ...sampleAttempt,
  number,
  overlay: patchOf(`patch ${number}\nconsole.log(1);`),
  verdict: { kind: 'passed', text: 'All 42 tests of the base ran and passed.' },
  ...more,
});

async function review(known: readonly Attempt[], opinions: readonly object[] = [accepted], sendBacks = 0) {
  const model = fakeModel(opinions.map((opinion) => calling(['post_review', opinion])));
  const ports = portsForTest({
    ...talkingPorts(model),
    workspace: namingWorkspace({ 'a.ts': 'const a = 1;\n' }),
    documents: fakeDocuments([{ kind: 'plan', markdown: 'Round once in `b.ts`, and in `a.ts`.' }]),
    attempts: fakeAttempts(...known),
  });
  const newest = known.at(-1) ?? sampleAttempt;
  const fix = sampleFixAtWork({ sendBacks, revision: 'bob wants cents' });
  const talk = await reviewPatch(ports, fix, newest, sampleGround, new AbortController().signal);
  return {
    talk,
    opening: JSON.stringify(model.requests[0]?.messages.filter(({ from }) => from === 'user')).replaceAll('\\n', '\n'),
    model,
  };
}

describe('the reviewer', () => {
  it('sees issue, plan, orders, evidence, the whole diff and hints', async () => {
    const { opening, talk } = await review([written(1)]);

    expect(talk).toMatchObject({ kind: 'finished', result: accepted });
    for (const part of [
      'The discount is rounded twice',
      'Round once in `b.ts`',
      'bob wants cents',
      'All 42 tests of the base ran and passed.',
      'base → patch 1',
      '- leftover: a.ts: prints, perhaps for debugging (line 2)',
      'for the first time',
    ])
      expect(opening).toContain(part);
  });

  it('on a second look sees its own findings and what the writer changed since', async () => {
    const { opening } = await review([written(1, { review: sentBack }), written(2)], [accepted], 1);

    expect(opening).toMatch(
      /You sent attempt 1 back[\s\S]*- scope: Leave the menu\.[\s\S]*patch 1\nconsole.log\(1\); → patch 2/,
    );
    expect(opening).toContain('You may send it back once more.');
  });

  it('is told when a further send-back goes to a person', async () => {
    const { opening } = await review([written(1, { review: sentBack }), written(2)], [accepted], 2);

    expect(opening).toContain('a person decides with your findings');
  });

  it('looks anew at what people ordered later', async () => {
    const { opening } = await review([written(1, { review: sentBack }), written(2, { round: 1 })]);

    expect(opening).toContain('for the first time');
  });

  it('that sends back for remarks alone is asked again', async () => {
    const remarks = { verdict: 'send-back', findings: [{ must_fix: false, text: 'a name' }], summary: '' };

    const { talk, model } = await review([written(1)], [remarks, sentBack]);

    expect(talk).toMatchObject({ kind: 'finished', result: sentBack });
    expect(JSON.stringify(model.requests[1]?.messages)).toContain('with remarks alone, accept it');
  });
});
