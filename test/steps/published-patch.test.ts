import { describe, expect, it } from 'vitest';
import { leavesAllAsIs, publishedPatch } from '../../src/steps/published-patch.ts';
import { sampleAttempt, sampleGround, sha } from '../support/sample-fix.ts';
import { patchOf } from '../support/tried.ts';

const published = { ...sampleAttempt, number: 1, overlay: patchOf('published') };
const edited = { ...sampleAttempt, number: 2, round: 1, overlay: patchOf('edited'), candidate: sha('d') };
const fix = { published: sampleAttempt.candidate };

describe('the patch that people have', () => {
  it('is the one whose candidate was published, whatever was written since', () => {
    expect(publishedPatch([published, edited], fix, sampleGround)).toEqual(patchOf('published'));
  });

  it('is no edit where others pushed upon it', () => {
    const ground = { ...sampleGround, base: sha('9'), isShared: true };

    expect(publishedPatch([published, edited], fix, ground)).toEqual({});
  });

  it('is unknown on another base, and before anything was published', () => {
    expect(publishedPatch([published], fix, { ...sampleGround, base: sha('9') })).toBeNull();
    expect(publishedPatch([published], { published: null }, sampleGround)).toBeNull();
  });
});

describe('a revision', () => {
  const isAsIs = (overlay: ReturnType<typeof patchOf>, feedback: string | null = null, isDone = false) =>
    leavesAllAsIs({ feedback }, publishedPatch([published, edited], fix, sampleGround), [{ isDone }], overlay);

  it('that changes nothing leaves the patch as it is', () => {
    expect(isAsIs(patchOf('published'))).toBe(true);
  });

  it('whose edits an earlier attempt made is a change, though the last one added none', () => {
    expect(isAsIs(patchOf('edited'))).toBe(false);
  });

  it('after a failure, or with a thread that was done, is a change', () => {
    expect(isAsIs(patchOf('published'), 'red')).toBe(false);
    expect(isAsIs(patchOf('published'), null, true)).toBe(false);
  });
});
