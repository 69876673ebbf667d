/** Works on all items, so many at a time, in their order. The first fault is thrown once those under way have ended. */
export async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  let fault: { readonly error: unknown } | null = null;
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined && fault === null; item = left.shift()) {
      try {
        await work(item);
      } catch (error) {
        fault ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  const met = fault as { readonly error: unknown } | null;
  if (met !== null) throw met.error;
}
