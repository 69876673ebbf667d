import { gitText } from './git.ts';
import type { JsonObject } from './json.ts';
import type { Repository } from './repository.ts';
import type { Site } from './site.ts';

const statuses: Readonly<Record<string, string>> = {
  A: 'added',
  C: 'copied',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
};
/** GitHub leaves larger patches out. */
const maxPatchLength = 200_000;

/** What differs between two trees, as GitHub lists the files of a commit, a comparison or a pull request. */
export async function changedFiles(
  site: Site,
  repository: Repository,
  from: string,
  to: string,
): Promise<readonly JsonObject[]> {
  const raw = await gitText(repository.folder, ['diff', '-M', '--raw', '--no-abbrev', '-z', from, to]);
  const numbers = await gitText(repository.folder, ['diff', '-M', '--numstat', '-z', from, to]);
  const patches = splitPatches(await gitText(repository.folder, ['diff', '-M', '--full-index', from, to]));
  const sizes = readSizes(numbers);
  return readRaw(raw).map((change, index) => {
    const [additions, deletions] = sizes[index] ?? [0, 0];
    const patch = patches[index];
    const encoded = change.path.split('/').map(encodeURIComponent).join('/');
    return {
      sha: change.sha,
      filename: change.path,
      status: change.status,
      additions,
      deletions,
      changes: additions + deletions,
      blob_url: `${site.url}/${repository.fullName}/blob/${to}/${encoded}`,
      raw_url: `${site.url}/${repository.fullName}/raw/${to}/${encoded}`,
      contents_url: `${site.url}/repos/${repository.fullName}/contents/${encoded}?ref=${to}`,
      ...(patch !== undefined && patch !== '' && patch.length <= maxPatchLength && { patch }),
      ...(change.previousPath !== null && { previous_filename: change.previousPath }),
    };
  });
}

interface RawChange {
  readonly sha: string;
  readonly status: string;
  readonly path: string;
  readonly previousPath: string | null;
}

function readRaw(text: string): RawChange[] {
  const fields = text.split('\0').filter((field) => field !== '');
  const changes: RawChange[] = [];
  while (fields.length > 0) {
    const [, , before = '', after = '', letter = ''] = (fields.shift() ?? '').split(' ');
    const isMove = letter.startsWith('R') || letter.startsWith('C');
    const first = fields.shift() ?? '';
    const path = isMove ? (fields.shift() ?? '') : first;
    const sha = /^0+$/.test(after) ? before : after;
    changes.push({ sha, status: statuses[letter[0] ?? ''] ?? 'changed', path, previousPath: isMove ? first : null });
  }
  return changes;
}

/** `-` stands for a binary file. A move has an empty name, and then both names. */
function readSizes(text: string): [number, number][] {
  const fields = text.split('\0').filter((field) => field !== '');
  const sizes: [number, number][] = [];
  while (fields.length > 0) {
    const [additions, deletions, name] = (fields.shift() ?? '').split('\t');
    if (name === '') fields.splice(0, 2);
    sizes.push([Number(additions) || 0, Number(deletions) || 0]);
  }
  return sizes;
}

/** The hunks of each file, in git's order, without the file headers. */
function splitPatches(text: string): string[] {
  const files = text.split(/^diff --git .*\n/m).slice(1);
  return files.map((file) => {
    const start = /^@@ /m.exec(file);
    return start === null ? '' : file.slice(start.index).trimEnd();
  });
}
