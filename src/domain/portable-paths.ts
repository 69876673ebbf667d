import type { Finding } from './finding.ts';
import { hasHiddenCharacters } from './hidden-characters.ts';

/**
 * A path as the most forgiving file system reads it: letter case, composed or decomposed letters and look-alikes of
 * compatibility (`ﬁ`, full width) make no difference. NTFS, APFS and HFS+ each fold a part of this.
 */
export function foldPath(path: string): string {
  if (/^[\x20-\x7e]*$/.test(path)) return path.toLowerCase();
  // By way of upper case: it makes one of ß and ss, of ſ and s, of the two small sigmas. (Capital ẞ has to be ß first.)
  return path.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

/** Why not everybody could check out a new file of this name, or null. */
export function unportableName(path: string): Pick<Finding, 'rule' | 'why'> | null {
  if (hasHiddenCharacters(path))
    return { rule: 'hidden-characters', why: 'the name of the new file holds characters that nobody sees' };
  const isReserved = path.split('/').some((segment) => reservedOnWindows.test(segment));
  return isReserved ? { rule: 'unportable-path', why: 'Windows cannot hold a file of this name' } : null;
}

/**
 * Devices, with any extension; characters that cannot stand in names; names that Windows would cut at the end:
 * https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
const reservedOnWindows = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)|[<>:"|?*]|[. ]$/i;

interface PlacedPath {
  readonly path: string;
  /** Whether the base tree has this very file. */
  readonly isInBase: boolean;
  readonly isDeleted: boolean;
}

/**
 * The written paths that could not be checked out everywhere: another path of the patch or of the base tree differs
 * from them, or from a folder on their way, only in what `foldPath` drops, or is a folder where they are a file.
 *
 * Linear in the base tree. A file of the base tree is not at fault, nor is one in a folder of it.
 */
export function collidingPaths(patch: readonly PlacedPath[], basePaths: Iterable<string>): string[] {
  const written = patch.filter(({ isDeleted }) => !isDeleted).map(({ path }) => path);
  const known = new Set(patch.filter(({ isInBase }) => isInBase).map(({ path }) => path));
  if (written.every((path) => known.has(path))) return [...new Set(repeated(written))];
  const folds = new Map<string, Spellings>();
  for (const path of written)
    for (const name of namesOn(path)) {
      const fold = foldPath(bare(name));
      const spellings = folds.get(fold) ?? { all: new Set(), base: new Set() };
      folds.set(fold, spellings);
      spellings.all.add(name);
      if (known.has(path)) spellings.base.add(name);
    }
  noteBase(folds, basePaths, new Set(patch.map(({ path }) => path)));
  const isAtFault = (path: string) =>
    !known.has(path) &&
    namesOn(path).some((name) => {
      const spellings = folds.get(foldPath(bare(name)));
      return spellings !== undefined && spellings.all.size > 1 && !spellings.base.has(name);
    });
  return [...new Set([...repeated(written), ...written.filter(isAtFault)])];
}

/** How one name is spelled, folders with a `/` at the end. */
interface Spellings {
  readonly all: Set<string>;
  readonly base: Set<string>;
}

/** Notes what the base tree keeps at the names that the patch uses. */
function noteBase(folds: ReadonlyMap<string, Spellings>, basePaths: Iterable<string>, patched: ReadonlySet<string>) {
  for (const path of basePaths) {
    if (patched.has(path)) continue;
    const fold = foldPath(path);
    const isSameLength = fold.length === path.length;
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const prefix = end === -1 ? path : path.slice(0, end);
      const spellings = folds.get(isSameLength ? fold.slice(0, prefix.length) : foldPath(prefix));
      const name = end === -1 ? path : `${prefix}/`;
      spellings?.all.add(name);
      spellings?.base.add(name);
      if (end === -1) break;
    }
  }
}

/** The path and every folder on its way. */
function namesOn(path: string): string[] {
  const names = [path];
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) names.push(path.slice(0, end + 1));
  return names;
}

const bare = (name: string): string => (name.endsWith('/') ? name.slice(0, -1) : name);

function repeated(paths: readonly string[]): string[] {
  const seen = new Set<string>();
  return paths.filter((path) => seen.has(path) || !seen.add(path));
}
