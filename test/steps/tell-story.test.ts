import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { Overlay } from '../../src/domain/overlay.ts';
import { tellStory } from '../../src/steps/tell-story.ts';
import { fakeAttempts } from '../support/fake-attempts.ts';
import { namingWorkspace } from '../support/naming-workspace.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround } from '../support/sample-fix.ts';
import { failedAttempt, patchOf } from '../support/tried.ts';

const story = (known: readonly Attempt[], overlay: Overlay, more: Partial<Attempt> = {}) => {
  const next: Attempt = {
    ...sampleAttempt,
    number: known.length + 1,
    status: 'writing',
    overlay,
    verdict: null,
    ...more,
  };
  const ports = { workspace: namingWorkspace(), attempts: fakeAttempts(...known, next) };
  return tellStory(ports, sampleFixAtWork({ feedback: 'the newest feedback' }), sampleGround, next);
};

describe('what the next writer is told', () => {
  it('after the first failure is the whole patch', async () => {
    const told = await story([failedAttempt(1, ['test:a'])], patchOf('patch 1'));

    expect(told).toEqual({
      tried: 'Attempt 1: Did the thing of attempt 1. It had 1 failure: a.',
      changed: 'What the last attempt changed:',
      diff: 'base → patch 1',
      feedback: 'the newest feedback',
    });
  });

  it('after further ones is only what changed since the one before, with what failed each time', async () => {
    const told = await story(
      [failedAttempt(1, ['test:a', 'test:b*']), failedAttempt(2, ['test:a'])],
      patchOf('patch 2'),
    );

    expect(told.diff).toBe('patch 1 → patch 2');
    expect(told.changed).toMatch(/^The whole patch changes a\.ts\./);
    expect(told.tried.split('\n')).toEqual([
      'Attempt 1: Did the thing of attempt 1. It had 2 failures (1 of them on the base as well): a.',
      'Attempt 2: Did the thing of attempt 2. It had 1 failure: a.',
    ]);
  });

  it('in a circle says so', async () => {
    const known = [failedAttempt(1, ['test:a']), failedAttempt(2, ['test:b']), failedAttempt(3, ['test:a'])];

    const told = await story(known, patchOf('patch 3'));

    expect(told.tried).toContain('You were here before: attempt 1 left exactly these failures.');
  });

  it('begun anew from the best attempt is that patch, and why it failed', async () => {
    const known = ['a', 'b', 'c'].map((name, index) => failedAttempt(index + 1, [`test:${name}`]));

    const told = await story(known, patchOf('patch 1'), { begunFrom: { attempt: 1, why: 'stuck' } });

    expect(told).toMatchObject({ diff: 'base → patch 1', feedback: 'log 1' });
    expect(told.changed).toContain('attempt 1 is in place');
  });

  it('begun anew from nothing is no patch, and what the last attempt ran into', async () => {
    const known = ['a', 'a', 'a'].map((name, index) => failedAttempt(index + 1, [`test:${name}`]));

    const told = await story(known, {}, { begunFrom: { attempt: null, why: 'stuck' } });

    expect(told).toMatchObject({ diff: '(nothing: it starts anew)', feedback: 'log 3' });
  });

  it('after that is what changed since it began anew', async () => {
    const known = [
      failedAttempt(1, ['test:a']),
      failedAttempt(2, ['test:b']),
      failedAttempt(3, ['test:c']),
      failedAttempt(4, ['test:d'], { begunFrom: { attempt: 1, why: 'stuck' } }),
    ];

    expect((await story(known, patchOf('patch 4'))).diff).toBe('patch 1 → patch 4');
  });

  it('after a review is the whole patch and what the reviewer said', async () => {
    const passed = failedAttempt(1, [], { verdict: { kind: 'passed', text: '' } });

    const told = await story([passed], patchOf('patch 1'));

    expect(told).toMatchObject({ diff: 'base → patch 1', feedback: 'the newest feedback' });
    expect(told.tried).toBe('Nothing yet.');
  });
});
