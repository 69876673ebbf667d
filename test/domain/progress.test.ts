import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.ts';
import { nextStart, overlayDigest, seenBefore, trailOf } from '../../src/domain/progress.ts';
import { sampleAttempt, sha } from '../support/sample-fix.ts';
import { failedAttempt, patchOf } from '../support/tried.ts';

/** One list of failures for each attempt. */
const trail = (...failures: readonly (readonly string[])[]): Attempt[] =>
  failures.map((names, index) => failedAttempt(index + 1, names));
const dropped = (number: number): Attempt => ({ ...sampleAttempt, number, status: 'dropped', overlay: patchOf('x') });

/** `go on`, `from 2`, `from nothing`, `give up`. */
function decided(attempts: readonly Attempt[], life = 0): string {
  const next = nextStart(attempts, life);
  switch (next.kind) {
    case 'go-on':
      return 'go on';
    case 'give-up':
      return 'give up';
    case 'begin-anew':
      return `from ${next.attempt ?? 'nothing'}`;
  }
}

describe('where the next attempt begins', () => {
  it.each<[string, Attempt[], string]>([
    ['before any attempt', [], 'go on'],
    ['after the first failure', trail(['test:a']), 'go on'],
    ['after one attempt without progress', trail(['test:a'], ['test:a']), 'go on'],
    ['after two without progress', trail(['test:a'], ['test:a'], ['test:a']), 'from nothing'],
    ['while the failures get fewer', trail(['test:a', 'test:b', 'test:c'], ['test:a', 'test:b'], ['test:a']), 'go on'],
    ['after other failures instead', trail(['test:a'], ['test:b'], ['test:c']), 'from nothing'],
    [
      'after two that fell back',
      trail(['test:a', 'test:b'], ['test:a'], ['test:a', 'test:b'], ['test:a', 'test:c']),
      'from 2',
    ],
    [
      'once it builds, whatever fails then',
      trail(['build:a'], ['test:a', 'test:b'], ['test:a', 'test:b', 'test:c']),
      'go on',
    ],
    ['after what broke the build again', trail(['test:a'], ['build:a'], ['build:b']), 'from 1'],
    ['when fewer checks fail', trail(['test:a', 'lint:a'], ['test:a', 'test:b'], ['test:a', 'test:c']), 'go on'],
    ['after attempts without a patch', [...trail(['test:a']), dropped(2), dropped(3)], 'from nothing'],
    [
      'after progress in between',
      trail(['test:a', 'test:b', 'test:c'], ['test:a', 'test:b', 'test:d'], ['test:a'], ['test:b']),
      'go on',
    ],
    ['when only what the base has is left', trail(['test:a', 'test:b*'], ['test:b*'], ['test:b*']), 'go on'],
    [
      'when all of the base stays broken',
      trail(['test:b*', 'test:c*'], ['test:b*', 'test:c*'], ['test:b*', 'test:c*', 'test:d']),
      'from nothing',
    ],
  ])('%s', (_when, attempts, expected) => {
    expect(decided(attempts)).toBe(expected);
  });

  it('anew counts from there', () => {
    const begunFrom = { attempt: null, why: '' };
    const stuck = trail(['test:a'], ['test:a'], ['test:a']);
    const anew = [...stuck, failedAttempt(4, ['test:a'], { begunFrom })];

    expect(decided(anew)).toBe('go on');
    expect(decided([...anew, failedAttempt(5, ['test:a'])])).toBe('from nothing');
  });

  it('is not told by what only chosen checks failed', () => {
    const partly = (number: number, names: readonly string[]): Attempt => {
      const attempt = failedAttempt(number, names);
      return { ...attempt, verdict: { kind: 'failed', text: '', ...attempt.verdict, chosen: ['lint'] } };
    };
    const stuck = trail(['test:a', 'test:b'], ['test:a', 'test:b'], ['test:a', 'test:b']);

    expect(decided([...stuck, partly(4, ['lint:a'])])).toBe('from nothing');
    expect(decided([failedAttempt(1, ['test:a']), partly(2, ['lint:a']), partly(3, ['lint:a'])])).toBe('go on');
    expect(decided([partly(1, ['lint:a']), ...stuck.map((one) => ({ ...one, number: one.number + 1 }))])).toBe(
      'from nothing',
    );
    const mixed = ['test:a', 'lint:a', 'test:a', 'lint:a', 'test:a'].map((name, index) =>
      name.startsWith('lint') ? partly(index + 1, [name]) : failedAttempt(index + 1, [name]),
    );
    expect(decided(mixed)).toBe('from nothing');
    expect(seenBefore(mixed)).toBeNull();
  });

  it('says which attempts made no progress', () => {
    expect(nextStart(trail(['test:a', 'test:b'], ['test:a'], ['test:b'], ['test:c']), 0)).toEqual({
      kind: 'begin-anew',
      attempt: 2,
      why: 'attempts 3 and 4 made no progress; attempt 2 came furthest',
    });
  });

  it('goes on where an older version did not keep what failed', () => {
    const old = (number: number): Attempt => failedAttempt(number, [], { verdict: { kind: 'failed', text: 'log' } });

    expect(decided([old(1), old(2), old(3)])).toBe('go on');
  });

  it('takes failures that were too many to keep into account', () => {
    const many = (number: number, failed: number): Attempt =>
      failedAttempt(number, [], { verdict: { kind: 'failed', text: '', failures: [], failed } });

    expect(decided([many(1, 500), many(2, 400), many(3, 300)])).toBe('go on');
    expect(decided([many(1, 300), many(2, 400), many(3, 500)])).toBe('from 1');
  });
});

describe('circles', () => {
  const same = patchOf('same');

  it('are seen by the patch', () => {
    const attempts = [
      failedAttempt(1, ['test:a'], { overlay: same }),
      failedAttempt(2, ['test:b']),
      failedAttempt(3, ['test:c'], { overlay: same }),
    ];

    expect(seenBefore(attempts)).toEqual({ attempt: 1, what: 'patch' });
    expect(seenBefore(attempts.slice(0, 2))).toBeNull();
  });

  it('are seen by what failed, once something else failed in between', () => {
    expect(seenBefore(trail(['test:a'], ['test:b'], ['test:a']))).toEqual({ attempt: 1, what: 'failures' });
    expect(seenBefore(trail(['test:a'], ['test:a'], ['test:a']))).toBeNull();
  });

  it('end the work the third time, with the reason', () => {
    const round = trail(['test:a'], ['test:b'], ['test:a'], ['test:b'], ['test:a']);

    expect(nextStart(round, 0)).toEqual({
      kind: 'give-up',
      reason: 'the work goes in circles: attempts 1, 3 and 5 left the very same failures',
    });
    expect(decided(round.slice(0, 4))).not.toBe('give up');
  });

  it('are none where an attempt ended without a patch in between', () => {
    const attempts = [
      ...trail(['test:a']),
      dropped(2),
      failedAttempt(3, ['test:a']),
      dropped(4),
      failedAttempt(5, ['test:a']),
    ];

    expect(seenBefore(attempts)).toBeNull();
    expect(decided(attempts)).not.toBe('give up');
  });

  it('end the work when one patch was tried three times', () => {
    const thrice = [1, 2, 3].map((number) => failedAttempt(number, [`test:${number}`], { overlay: same }));

    expect(nextStart(thrice, 0)).toMatchObject({
      kind: 'give-up',
      reason: expect.stringContaining('the very same patch'),
    });
  });

  it('of before a person resumed it count no more', () => {
    const round = trail(['test:a'], ['test:b'], ['test:a'], ['test:b'], ['test:a']);

    expect(decided(round, 1)).not.toBe('give up');
  });
});

describe('the trail', () => {
  const where = { round: 0, base: sampleAttempt.base };

  it('begins behind the last attempt that passed', () => {
    const passed: Attempt = { ...sampleAttempt, number: 2, verdict: { kind: 'passed', text: '' } };

    expect(
      trailOf([failedAttempt(1, ['test:a']), passed, failedAttempt(3, ['test:b'])], where).map(({ number }) => number),
    ).toEqual([3]);
  });

  it('leaves out patches that no run has judged, and keeps attempts that ended without one', () => {
    const unjudged: Attempt = { ...sampleAttempt, number: 2 };

    expect(trailOf([failedAttempt(1, ['test:a']), unjudged, dropped(3)], where).map(({ number }) => number)).toEqual([
      1, 3,
    ]);
  });

  it('of an attempt that went on from an unjudged one keeps that it began anew', () => {
    const begunFrom = { attempt: null, why: 'stuck' };
    const unjudged: Attempt = { ...sampleAttempt, number: 4, begunFrom };
    const attempts = [...trail(['test:a'], ['test:a'], ['test:a']), unjudged, failedAttempt(5, ['test:a'])];

    const own = trailOf(attempts, where);

    expect(own.map(({ begunFrom: from }) => from)).toEqual([undefined, undefined, undefined, begunFrom]);
    expect(decided(own)).toBe('go on');
  });

  it('leaves out other rounds, other bases and what is still being written', () => {
    const attempts = [
      failedAttempt(1, ['test:a'], { round: 1 }),
      failedAttempt(2, ['test:a'], { base: sha('9') }),
      failedAttempt(3, ['test:a']),
      failedAttempt(4, [], { status: 'writing', verdict: null }),
    ];

    expect(trailOf(attempts, where).map(({ number }) => number)).toEqual([3]);
  });
});

it('a patch has one digest in whatever order its files were changed', () => {
  const a = { kind: 'write', text: 'a', mode: '100644' } as const;
  const b = { kind: 'delete' } as const;

  expect(overlayDigest({ a, b })).toBe(overlayDigest({ b, a }));
  expect(overlayDigest({ a, b })).not.toBe(overlayDigest({ a: b, b: a }));
});

it('whatever failed, the next attempt begins from one that there was, or from nothing', () => {
  const names = fc.constantFrom('test:a', 'test:b', 'build:a', 'lint:a', 'test:c*');
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(names), { maxLength: 8 }), (failures) => {
      const attempts = trail(...failures);

      const next = nextStart(attempts, 0);

      if (next.kind !== 'begin-anew' || next.attempt === null) return;
      expect(attempts.map(({ number }) => number)).toContain(next.attempt);
    }),
  );
});
