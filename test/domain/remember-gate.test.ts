import { describe, expect, it } from 'vitest';
import { advance } from '../../src/domain/fix.ts';
import { lived, sampleFix, sampleFixAtWork } from '../support/sample-fix.ts';

describe('the gate of a fix', () => {
  it('an approval of something else than what the gate shows opens nothing and is not kept', () => {
    const gate = { kind: 'patch', digest: 'shown', reasons: [], words: null } as const;
    const waiting = sampleFixAtWork({ state: 'awaiting-approval', gate });

    const wrong = advance(waiting, { type: 'approved', by: 'bob', digest: 'another' }, 2_000);
    const right = lived(waiting, { type: 'approved', by: 'bob', digest: 'shown' });

    expect(wrong).toBeNull();
    expect(right).toMatchObject({ gate: null, approvals: [{ gate: 'patch', digest: 'shown', by: 'bob' }] });
  });

  it('an approval confirms the words of the issue that stood there when it was asked for', () => {
    const gate = { kind: 'input', digest: 'd', reasons: [], words: 'words of now' } as const;

    const fix = lived(sampleFix({ state: 'awaiting-approval', gate }), { type: 'approved', by: 'bob', digest: 'd' });

    expect(fix).toMatchObject({ state: 'created', confirmedWords: 'words of now' });
  });
});
