import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { FileMode, Overlay } from '../domain/overlay.ts';

/**
 * Repositories as object stores. There is no checkout: no file of a repository ever becomes a file of this host,
 * so no smudge filter, hook, symlink or repository config can act here.
 */
export interface Workspace {
  /**
   * Makes one commit readable. Fetches it shallowly by SHA unless the mirror holds it already; safe to call twice and
   * from several bursts at once.
   *
   * @throws {ForgeError} when the remote refuses or does not answer.
   */
  open(repository: RepositoryRef, commit: Sha): Promise<Tree>;

  /** Writes base + overlay as a tree and an unsigned carrier commit on `parent` that holds it. Same input, same SHAs. */
  build(repository: RepositoryRef, base: Sha, overlay: Overlay, parent: Sha): Promise<{ tree: Sha; carrier: Sha }>;

  /** Unified diff from one commit or tree to another, at most `maxBytes`. Binary files are named, not shown. */
  diff(repository: RepositoryRef, from: Sha, to: Sha, maxBytes: number): Promise<Diff>;

  /** Pushes a commit to a full ref name, replacing what is there. Idempotent. */
  push(repository: RepositoryRef, commit: Sha, ref: string): Promise<void>;
}

/** A readable snapshot. Paths are relative, `/`-separated and exact. */
export interface Tree {
  readonly commit: Sha;
  /** Every file below `prefix` (default: all), sorted by path. Submodules are left out. */
  list(prefix?: string): Promise<readonly TreeEntry[]>;
  /** Paths of the submodules. */
  submodules(): Promise<readonly string[]>;
  /** The bytes, or null when there is no such file. A symlink's bytes are its target: it is never followed. */
  read(path: string): Promise<Buffer | null>;
  /**
   * Reads many files in one go and hands each over in turn; names that are no file, links, and files beyond `maxBytes`
   * are passed over. `each` may hear of a file twice, where the repository had to be fetched anew in between. Once the
   * signal aborts, it ends early and without an error.
   */
  readMany(
    paths: readonly string[],
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
    each: (entry: TreeEntry, bytes: Buffer) => Promise<void> | void,
  ): Promise<void>;
  /** Lines that match a regular expression (POSIX extended), in path order, at most `limit`. Binary files are skipped. */
  search(pattern: string, options: { prefix?: string; ignoreCase?: boolean; limit: number }): Promise<SearchResult>;
}

export interface TreeEntry {
  readonly path: string;
  readonly mode: FileMode | '120000';
  readonly blob: Sha;
  readonly sizeBytes: number;
}

export type SearchResult =
  | { readonly kind: 'found'; readonly hits: readonly SearchHit[]; readonly isCut: boolean }
  | { readonly kind: 'bad-pattern'; readonly reason: string };

export interface SearchHit {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export interface Diff {
  readonly text: string;
  readonly isCut: boolean;
  readonly files: readonly {
    readonly path: string;
    readonly added: number;
    readonly removed: number;
    readonly isBinary: boolean;
  }[];
}
