/** The name that somebody probably meant, or null where none is near: at most a third of its letters may differ. */
function nearest(asked: string, names: readonly string[]): string | null {
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(asked.slice(0, 40).toLowerCase(), name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return best?.name ?? null;
}

export function withSuggestion(problem: string, asked: string, names: readonly string[]): string {
  const near = nearest(asked, names);
  return near === null ? `${problem}; there are: ${names.join(', ')}` : `${problem}; did you mean ${near}?`;
}

/** Letters to add, drop, replace or swap with their neighbour. */
function distanceOf(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const steps = [at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + (isSame ? 0 : 1)];
      line[column] = Math.min(...steps, ...(isSwap ? [at(row - 2, column - 2) + 1] : []));
    }
  }
  return at(one.length, other.length);
}
