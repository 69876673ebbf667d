/**
 * Whether a path matches a glob: `*` and `?` within a segment, `**` across segments; all else is literal. A glob
 * without `/` is about the file's name, in whatever folder.
 *
 * Written out instead of compiled to a regular expression, because models and repositories choose both sides: the work
 * is at most glob length × path length, whatever they contain.
 */
export function matchesGlob(path: string, glob: string): boolean {
  const tokens = tokensOf(glob.includes('/') ? glob : `**/${glob}`);
  // reached[i]: the tokens before i match the part of the path read so far.
  let reached = withSkips(tokens, [true]);
  for (const character of path) {
    const next: boolean[] = [];
    for (const [index, token] of tokens.entries()) {
      if (!reached[index]) continue;
      if (token === '**' || token === insideFolders || (token === '*' && character !== '/')) next[index] = true;
      if (token === insideFolders ? character === '/' : isOne(token, character)) next[index + 1] = true;
    }
    if (next.length === 0) return false;
    reached = withSkips(tokens, next);
  }
  return reached[tokens.length] === true;
}

/** Stands behind each folder star: some folders are open, and only a `/` leads out. */
const insideFolders = 'inside folders';

const isOne = (token: string, character: string): boolean => (token === '?' ? character !== '/' : token === character);

/** Adds what is reached without reading: stars may match nothing, and a folder star no folder. */
function withSkips(tokens: readonly string[], reached: boolean[]): boolean[] {
  for (const [index, token] of tokens.entries()) {
    if (!reached[index]) continue;
    if (token === '*' || token === '**' || token === '**/') reached[index + 1] = true;
    if (token === '**/') reached[index + 2] = true;
  }
  return reached;
}

const tokensOf = (glob: string): string[] =>
  (glob.match(/\*\*\/|\*\*|./gsu) ?? []).flatMap((token) => (token === '**/' ? [token, insideFolders] : [token]));
