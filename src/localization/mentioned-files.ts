import { createResolver, type Mention } from './mentions.ts';
import { sourcesBySubject, subjectOf } from './neighbours.ts';
import { onceForPaths, type PathIndex } from './path-index.ts';

export interface MentionedFile {
  readonly mention: Mention;
  readonly share: number;
  /** Itself, and not the test of it. */
  readonly isDirect: boolean;
}

const resolverOf = onceForPaths(({ list }, slices) => createResolver(list, slices));
/** A test may be named after so many sources, and means none where there are more. */
const maxTested = 3;

/** The first that is named counts most; of a test that is named, the source counts half. */
export async function mentionedFiles(
  paths: PathIndex,
  mentions: readonly Mention[],
): Promise<ReadonlyMap<number, MentionedFile>> {
  const found = new Map<number, MentionedFile>();
  if (mentions.length === 0) return found;
  const [resolve, sources] = await Promise.all([resolverOf(paths), sourcesBySubject(paths)]);
  const put = (at: number, named: MentionedFile): void => {
    if ((found.get(at)?.share ?? 0) < named.share) found.set(at, named);
  };
  let order = 0;
  for (const mention of mentions) {
    const meant = resolve(mention.path).flatMap((path) => paths.places.get(path) ?? []);
    if (meant.length === 0) continue;
    const share = 1 / (meant.length * (1 + order * 0.15));
    order += 1;
    for (const at of meant) {
      put(at, { mention, share, isDirect: true });
      if (paths.kinds[at] !== 'test') continue;
      const tested = sources.get(subjectOf(paths.list[at] ?? '')) ?? [];
      if (tested.length > maxTested) continue;
      for (const source of tested) put(source, { mention, share: share / 2, isDirect: false });
    }
  }
  return found;
}
