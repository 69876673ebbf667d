const longest = 100;

/**
 * Values of a label that somebody outside chooses: the first ones by their name, all after them together as `other`, so
 * that nobody can make a time series of every word he thinks of.
 */
export function boundedLabels(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    const name = value.replaceAll(/[^\w./:@+-]/g, '_').slice(0, longest) || 'none';
    if (known.has(name)) return name;
    if (known.size >= most) return 'other';
    known.add(name);
    return name;
  };
}
