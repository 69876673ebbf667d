/** Divides room among texts: who needs less than an equal part leaves the rest to the others. In the order of `lengths`. */
export function fairShares(lengths: readonly number[], room: number): readonly number[] {
  const shares = lengths.map(() => 0);
  let left = room;
  const byLength = [...lengths.keys()].toSorted((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  for (const [done, index] of byLength.entries()) {
    const share = Math.min(lengths[index] ?? 0, Math.floor(left / (byLength.length - done)));
    shares[index] = share;
    left -= share;
  }
  return shares;
}
