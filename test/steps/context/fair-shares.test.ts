import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fairShares } from '../../../src/steps/context/fair-shares.ts';

it('room is shared evenly, and what one does not need is left to the others', () => {
  expect(fairShares([100, 10, 100], 90)).toEqual([40, 10, 40]);
});

it('nobody gets more than asked for, all of it is used where it is needed, and the shorter never gets more', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { maxLength: 8 }), fc.nat(3_000), (lengths, room) => {
      const shares = fairShares(lengths, room);

      const wanted = lengths.reduce((sum, length) => sum + length, 0);
      const given = shares.reduce((sum, share) => sum + share, 0);
      expect(given).toBeLessThanOrEqual(room);
      expect(given).toBeGreaterThanOrEqual(Math.min(wanted, room - lengths.length));
      for (const [index, length] of lengths.entries()) expect(shares[index]).toBeLessThanOrEqual(length);
    }),
  );
});
