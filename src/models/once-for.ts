/** What is made for a name is made once; of more than are kept, the one that was made first is made anew. */
export function onceFor<Key, Made>(
  name: (key: Key) => string,
  make: (key: Key) => Made,
  mostKept = Number.POSITIVE_INFINITY,
): (key: Key) => Made {
  const made = new Map<string, Made>();
  return (key) => {
    const called = name(key);
    const known = made.get(called) ?? make(key);
    const [oldest] = made.keys();
    if (oldest !== undefined && made.size >= mostKept && !made.has(called)) made.delete(oldest);
    made.set(called, known);
    return known;
  };
}
