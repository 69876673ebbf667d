/** Every start, overlapping ones too, in linear time (Knuth, Morris and Pratt): repetitive texts cost no more. */
export function occurrences(text: ArrayLike<string>, wanted: ArrayLike<string>): number[] {
  const fallback = borders(wanted);
  const starts: number[] = [];
  for (let at = 0, matched = 0; at < text.length; at += 1) {
    while (matched > 0 && text[at] !== wanted[matched]) matched = fallback[matched - 1] ?? 0;
    if (text[at] === wanted[matched]) matched += 1;
    if (matched < wanted.length) continue;
    starts.push(at + 1 - matched);
    matched = fallback[matched - 1] ?? 0;
  }
  return starts;
}

/** For each prefix, the length of its longest proper prefix that is also its end. */
function borders(wanted: ArrayLike<string>): number[] {
  const lengths = [0];
  for (let at = 1, length = 0; at < wanted.length; at += 1) {
    while (length > 0 && wanted[at] !== wanted[length]) length = lengths[length - 1] ?? 0;
    if (wanted[at] === wanted[length]) length += 1;
    lengths.push(length);
  }
  return lengths;
}
