/** The places with the highest scores above 0, at most `count`; the earlier place where two are equal. */
export function topOf(scores: Float64Array, count: number): number[] {
  const top: number[] = [];
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at] ?? 0;
    if (score <= 0 || (top.length === count && score <= (scores[top.at(-1) ?? 0] ?? 0))) continue;
    top.splice(placeBehind(top, scores, score), 0, at);
    if (top.length > count) top.pop();
  }
  return top;
}

/** Behind all that score as much or more. */
function placeBehind(top: readonly number[], scores: Float64Array, score: number): number {
  let low = 0;
  let high = top.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((scores[top[middle] ?? 0] ?? 0) >= score) low = middle + 1;
    else high = middle;
  }
  return low;
}
