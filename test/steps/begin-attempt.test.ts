import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.ts';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { beginAttempt } from '../../src/steps/begin-attempt.ts';
import { fakeAttempts } from '../support/fake-attempts.ts';
import { fakeTurns } from '../support/fake-turns.ts';
import { sampleAttempt, sampleFixAtWork, sampleGround, sha } from '../support/sample-fix.ts';
import { failedAttempt, patchOf } from '../support/tried.ts';

const { base } = sampleGround;
const policy = { ...defaultPolicy, budget: { ...defaultPolicy.budget, attempts: 20 } };

async function begin(known: readonly Attempt[], facts: Parameters<typeof sampleFixAtWork>[0] = {}, at = base) {
  const attempts = fakeAttempts(...known);
  const begun = await beginAttempt(
    { attempts, turns: fakeTurns() },
    sampleFixAtWork({ policy, feedback: 'red', ...facts }),
    at,
  );
  return { begun, row: await attempts.newest(sampleFixAtWork().id), attempts };
}

describe('the next attempt', () => {
  it('goes on from the last one', async () => {
    const { row } = await begin([failedAttempt(1, ['test:a'])]);

    expect(row).toMatchObject({ number: 2, status: 'writing', overlay: patchOf('patch 1') });
    expect(row?.begunFrom).toBeUndefined();
  });

  it('after two without progress begins from the one that came furthest', async () => {
    const known = [['test:a', 'test:b'], ['test:a'], ['test:b'], ['test:c']].map((names, index) =>
      failedAttempt(index + 1, names),
    );

    const { row } = await begin(known);

    expect(row).toMatchObject({ number: 5, overlay: patchOf('patch 2'), begunFrom: { attempt: 2 } });
  });

  it('after chosen checks passed goes on from there, though the work began anew before', async () => {
    const stuck = [1, 2, 3].map((number) => failedAttempt(number, ['test:a']));
    const begunFrom = { attempt: null, why: 'stuck' };
    const partlyPassed = failedAttempt(4, [], { verdict: null, begunFrom });

    const { row } = await begin([...stuck, partlyPassed]);

    expect(row).toMatchObject({ number: 5, overlay: patchOf('patch 4') });
    expect(row?.begunFrom).toBeUndefined();
    expect((await begin([...stuck, partlyPassed, failedAttempt(5, ['test:a'])])).row).toMatchObject({
      overlay: patchOf('patch 5'),
    });
  });

  it('begins from nothing where none came further than another', async () => {
    const { row } = await begin([1, 2, 3].map((number) => failedAttempt(number, ['test:a'])));

    expect(row).toMatchObject({ overlay: emptyOverlay, begunFrom: { attempt: null } });
  });

  it('never takes back what passed before the reviewer sent it back', async () => {
    const passed: Attempt = { ...sampleAttempt, overlay: patchOf('passed'), verdict: { kind: 'passed', text: '' } };

    const { row } = await begin([passed, ...[2, 3, 4].map((number) => failedAttempt(number, ['test:a']))]);

    expect(row).toMatchObject({ overlay: patchOf('passed'), begunFrom: { attempt: null } });
  });

  it('never goes back behind what the first one stood on', async () => {
    const first = { base, overlay: patchOf('the failing test') };
    const fix = sampleFixAtWork({ policy, feedback: 'red' });
    const begun = async (...known: readonly Attempt[]) => {
      const attempts = fakeAttempts(...known);
      await beginAttempt({ attempts, turns: fakeTurns() }, fix, base, first);
      return (await attempts.newest(fix.id))?.overlay;
    };

    expect(await begun()).toEqual(first.overlay);
    expect(await begun(failedAttempt(1, ['test:a']))).toEqual(patchOf('patch 1'));
    expect(await begun(...[1, 2, 3].map((number) => failedAttempt(number, ['test:a'])))).toEqual(first.overlay);
  });

  it('on another base begins with the failing test, where that was carried over', async () => {
    const first = { base: sha('9'), overlay: patchOf('the failing test') };
    const fix = sampleFixAtWork({ policy, feedback: 'the branch moved on' });
    const attempts = fakeAttempts(failedAttempt(1, ['test:a']));

    await beginAttempt({ attempts, turns: fakeTurns() }, fix, sha('9'), first);

    expect((await attempts.newest(fix.id))?.overlay).toEqual(first.overlay);
  });

  it('of a new round goes on from what people already have', async () => {
    const published = failedAttempt(1, [], { verdict: { kind: 'passed', text: '' } });
    const revised = [2, 3, 4].map((number) => failedAttempt(number, ['test:a'], { round: 1 }));

    expect((await begin([published, ...revised], { round: 1 })).row?.overlay).toEqual(patchOf('patch 1'));
    expect((await begin([published], { round: 1 })).row?.overlay).toEqual(patchOf('patch 1'));
  });

  it('on another base starts from nothing', async () => {
    expect((await begin([failedAttempt(1, ['test:a'])], {}, sha('9'))).row?.overlay).toEqual(emptyOverlay);
  });

  it('is begun once, however often it is asked for', async () => {
    const { attempts, begun } = await begin([failedAttempt(1, ['test:a'])]);

    const again = await beginAttempt({ attempts, turns: fakeTurns() }, sampleFixAtWork({ policy }), base);

    expect(again).toEqual(begun);
    expect(await attempts.all(sampleFixAtWork().id)).toHaveLength(2);
  });

  it('is not begun in circles, and is again once a person resumed the fix', async () => {
    const known = ['a', 'b', 'a', 'b', 'a'].map((name, index) => failedAttempt(index + 1, [`test:${name}`]));

    const { begun, row } = await begin(known);

    expect(begun).toEqual({ kind: 'hopeless', reason: expect.stringContaining('attempts 1, 3 and 5') });
    expect(row?.number).toBe(5);
    expect((await begin(known, { lives: 1 })).begun).toEqual({ kind: 'begun', number: 6 });
  });

  it('beyond the budget is not begun', async () => {
    const { begun } = await begin([failedAttempt(1, ['test:a'])], {
      policy: { ...policy, budget: { ...policy.budget, attempts: 1 } },
    });

    expect(begun).toEqual({ kind: 'budget', limit: 'attempts' });
  });
});
