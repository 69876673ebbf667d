/** Whether a model's id is one that a glob means. `*` stands for anything, slashes too; all else for itself. */
export function matchesModel(glob: string, id: string): boolean {
  const [head = '', ...rest] = glob.split('*');
  const tail = rest.pop();
  if (tail === undefined) return glob === id;
  if (!id.startsWith(head)) return false;
  let from = head.length;
  for (const part of rest) {
    const found = id.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return id.length - tail.length >= from && id.endsWith(tail);
}
