import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SealError } from '../../src/domain/faults.ts';
import { createSeal, isSealed } from '../../src/store/seal.ts';

const [old, fresh] = [randomBytes(32), randomBytes(32)] as const;
const place = 'turns.reply:f-1:coder:attempt-1:0';
/** As a row gives it back. */
const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a sealed text', () => {
  it('comes back as it was, whatever JSON it is', () => {
    const seal = createSeal([fresh]);

    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, where) => {
        const back = seal.open(stored(seal.close(value, where)), where);

        expect(back).toEqual(stored(value));
      }),
    );
  });

  it('shows nothing of what it holds, and never looks the same twice', () => {
    const seal = createSeal([fresh]);
    const first = JSON.stringify(seal.close({ text: 'the discount' }, place));
    const second = JSON.stringify(seal.close({ text: 'the discount' }, place));

    expect(first).not.toContain('discount');
    expect(first).not.toBe(second);
    expect(first).not.toContain(fresh.toString('base64'));
  });

  it('opens with every key that is set, and new ones are sealed with the first', () => {
    const before = createSeal([old]).close('said', place);
    const rotated = createSeal([fresh, old]);

    expect(rotated.open(before, place)).toBe('said');
    expect(createSeal([fresh]).open(rotated.close('said', place), place)).toBe('said');
  });

  it('whose key is gone says which one it was, which there are, and where keys belong', () => {
    const before = createSeal([old]).close('said', place);

    expect(() => createSeal([fresh]).open(before, place)).toThrow(SealError);
    expect(() => createSeal([fresh]).open(before, place)).toThrow(
      /^turns\.reply:f-1:.* the key [0-9a-f]{8}, and the keys that are set are [0-9a-f]{8}; add it to AI_FIX_TRACE_KEY/,
    );
    expect(() => createSeal([]).open(before, place)).toThrow(/no key is set/);
  });

  it('does not open at another place than it was sealed for', () => {
    const seal = createSeal([fresh]);
    const moved = seal.close('said', place);

    expect(() => seal.open(moved, 'turns.reply:f-2:coder:attempt-1:0')).toThrow(/was changed or moved/);
  });

  it.each(['nonce', 'text', 'key', 'sealed'])('of which the %s was changed does not open', (part) => {
    const seal = createSeal([fresh]);
    const envelope = seal.close({ n: 1 }, place) as Record<string, unknown>;
    const changed = { ...envelope, [part]: part === 'sealed' ? 2 : 'AAAAAAAAAAAAAAAAAAAAAAAA' };

    expect(() => seal.open(changed, place)).toThrow(SealError);
  });
});

describe('a plain text', () => {
  it('stays as it is without a key, and is still read once there is one', () => {
    expect(createSeal([]).close({ text: 'said' }, place)).toEqual({ text: 'said' });
    expect(createSeal([fresh]).open({ text: 'said' }, place)).toEqual({ text: 'said' });
  });

  it.each([[{ 'a.ts': { kind: 'delete' } }], [[]], ['sealed'], [null], [{ sealed: 'x', text: 'y' }]])(
    '%j is not taken for a sealed one',
    (value) => {
      expect(isSealed(value)).toBe(false);
    },
  );
});
