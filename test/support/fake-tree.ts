import { createHash } from 'node:crypto';
import { asSha, type Sha } from '../../src/domain/ids.ts';
import type { SearchHit, Tree, TreeEntry } from '../../src/ports/workspace.ts';

export type FakeFiles = Readonly<Record<string, string | Buffer | FakeEntry>>;

/** A file with a mode of its own; a symlink's bytes are its target. */
export interface FakeEntry {
  readonly mode: TreeEntry['mode'];
  readonly bytes: string | Buffer;
}

/** A tree in memory. Searches as git does: POSIX extended, line by line, without binary files. */
export function fakeTree(files: FakeFiles, commit: Sha = asSha('1'.repeat(40))): Tree {
  const entries = new Map(Object.entries(files).map(([path, file]) => [path, entryOf(path, file)]));
  const paths = [...entries.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const within = (prefix = '') =>
    paths.flatMap((path) => {
      const isWithin =
        prefix === '' || path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
      const file = isWithin ? entries.get(path) : undefined;
      return file === undefined ? [] : [file];
    });
  return {
    commit,
    list: (prefix) => Promise.resolve(within(prefix).map(({ entry }) => entry)),
    submodules: () => Promise.resolve([]),
    read: (path) => Promise.resolve(entries.get(path)?.bytes ?? null),
    async readMany(wanted, { maxBytes, signal }, each) {
      for (const file of wanted.flatMap((path) => entries.get(path) ?? [])) {
        if (signal?.aborted) return;
        if (file.entry.mode !== '120000' && file.bytes.length <= maxBytes) await each(file.entry, file.bytes);
      }
    },
    search(pattern, { prefix, ignoreCase = false, limit }) {
      const expression = asExpression(pattern, ignoreCase);
      if (expression === null)
        return Promise.resolve({ kind: 'bad-pattern', reason: 'Invalid preceding regular expression' });
      const hits = within(prefix).flatMap(({ entry, bytes }) => hitsIn(entry, bytes, expression));
      return Promise.resolve({ kind: 'found', hits: hits.slice(0, limit), isCut: hits.length > limit });
    },
  };
}

/** A tree whose files are not read before a signal says that it is enough. */
export function slowTree(files: FakeFiles, commit?: Sha): Tree {
  const tree = fakeTree(files, commit);
  return {
    ...tree,
    async readMany(paths, options, each) {
      const { signal } = options;
      if (signal !== undefined && !signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await tree.readMany(paths, options, each);
    },
  };
}

function entryOf(path: string, file: FakeFiles[string]): { entry: TreeEntry; bytes: Buffer } {
  const { mode, bytes: content } =
    typeof file === 'string' || Buffer.isBuffer(file) ? { mode: '100644' as const, bytes: file } : file;
  const bytes = Buffer.from(content);
  const blob = asSha(createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'));
  return { entry: { path, mode, blob, sizeBytes: bytes.length }, bytes };
}

function hitsIn(entry: TreeEntry, bytes: Buffer, expression: RegExp): SearchHit[] {
  if (entry.mode === '120000' || bytes.includes(0)) return [];
  const lines = bytes.toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.flatMap((text, index) => (expression.test(text) ? [{ path: entry.path, line: index + 1, text }] : []));
}

/** POSIX knows no escapes in brackets; outside of them JavaScript reads what the app sends alike. */
function asExpression(pattern: string, ignoreCase: boolean): RegExp | null {
  const source = pattern.replace(
    /\\.|\[(\^?)(\]?[^\]]*)\]/gs,
    (whole, caret: string | undefined, inner: string | undefined) =>
      inner === undefined ? whole : `[${caret}${inner.replace(/[\\[\]]/g, '\\$&')}]`,
  );
  try {
    return new RegExp(source, ignoreCase ? 'i' : '');
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
